"""How far campaigns are, by language and stage; equal to counting the rows, because it is that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from annotation.models import Campaign, Kind, Slot, Task
from annotation.queries import Progress
from annotation.queries import progress as work_progress
from people.models import Contributor, Role
from review.models import Settlement
from review.permissions import SEEING
from review.standing import Outcome, settlements_in_force
from review.waiting import waiting_by_language


@dataclass(frozen=True, slots=True)
class StageProgress:
    """One language of one kind of work. `waiting`, `settled` and `excluded` are None for sensitivity, which
    nobody settles; a task is in one of the three at most."""

    work: Progress
    waiting: int | None = None
    settled: int | None = None
    excluded: int | None = None


@dataclass(frozen=True, slots=True)
class CampaignProgress:
    """A campaign, and how far each of its languages is at each stage."""

    campaign: Campaign
    verification: tuple[StageProgress, ...]
    sensitivity: tuple[StageProgress, ...]


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A campaign in the list, and how many of its wanted judgements are in; closed slots want none."""

    campaign: Campaign
    wanted: int
    submitted: int


def seen_campaigns(contributor: Contributor) -> QuerySet[Campaign]:
    """This function will return the campaigns of the workspaces that `contributor` manages or reviews in, newest
    first."""
    roles = Role.objects.filter(
        workspace=OuterRef("workspace"), contributor=contributor, name__in=SEEING, withdrawn_at=None
    )
    return (
        Campaign.objects.filter(Exists(roles))
        .select_related("benchmark", "workspace")
        .order_by("-opened_at", "-pk")
    )


def campaign_lines(contributor: Contributor) -> list[CampaignLine]:
    """This function will return the list of campaigns with their totals. Three statements."""
    campaigns = list(seen_campaigns(contributor).prefetch_related("languages"))
    totals = {
        row["campaign"]: row
        for row in Slot.objects.filter(campaign__in=campaigns)
        .values("campaign")
        .annotate(
            wanted=Count("pk", filter=Q(closed_at=None) | Q(submitted_at__isnull=False)),
            submitted=Count("pk", filter=Q(submitted_at__isnull=False)),
        )
    }
    nothing = {"wanted": 0, "submitted": 0}
    return [
        CampaignLine(one, found["wanted"], found["submitted"])
        for one in campaigns
        for found in [totals.get(one.pk, nothing)]
    ]


def campaign_progress(campaign: Campaign) -> CampaignProgress:
    """This function will return how far every language of a campaign is. Six statements.

    A slot that was closed before anybody handed in is no wanted judgement any more: it is in no figure, and
    its task is complete once the others are in.
    """
    work = work_progress(campaign)
    tasks = Task.objects.filter(campaign=campaign, kind=Kind.VERIFICATION)
    languages = campaign.languages.values_list("language", flat=True)
    waiting = waiting_by_language((campaign.pk, tag) for tag in languages)
    # Sets, not conditions asked of every task: decisions are few, tasks are many.
    standing = settlements_in_force().filter(task__campaign=campaign)
    left_out = Q(item__in=standing.filter(outcome=Outcome.EXCLUDE_ALL).values("task__item"))
    settled = _by_language(tasks.filter(_among(standing, Outcome.PICK, Outcome.WRITE) & ~left_out))
    excluded = _by_language(tasks.filter(_among(standing, Outcome.EXCLUDE_LANGUAGE) | left_out))
    return CampaignProgress(
        campaign,
        verification=tuple(
            StageProgress(
                line,
                waiting.get(line.language, 0),
                settled.get(line.language, 0),
                excluded.get(line.language, 0),
            )
            for line in work
            if line.kind == Kind.VERIFICATION
        ),
        sensitivity=tuple(StageProgress(line) for line in work if line.kind == Kind.SENSITIVITY),
    )


def _among(standing: QuerySet[Settlement], *outcomes: str) -> Q:
    return Q(pk__in=standing.filter(outcome__in=outcomes).values("task"))


def _by_language(tasks: QuerySet[Task]) -> Mapping[str, int]:
    return dict(tasks.values_list("language").annotate(Count("pk")).order_by())
