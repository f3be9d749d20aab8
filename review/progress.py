"""How far campaigns are, by language and stage; equal to counting the rows, because it is that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from annotation.models import Campaign, Kind, Slot, Task
from annotation.queries import Progress
from annotation.queries import progress as work_progress
from people.models import Contributor, Role
from review.permissions import SEEING
from review.standing import Outcome, excluded_everywhere, settlements_in_force
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
    """A campaign in the list, and how many of its wanted judgements are in."""

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
        .annotate(wanted=Count("pk"), submitted=Count("pk", filter=Q(submitted_at__isnull=False)))
    }
    nothing = {"wanted": 0, "submitted": 0}
    return [
        CampaignLine(one, found["wanted"], found["submitted"])
        for one in campaigns
        for found in [totals.get(one.pk, nothing)]
    ]


def campaign_progress(campaign: Campaign) -> CampaignProgress:
    """This function will return how far every language of a campaign is. Six statements."""
    work = work_progress(campaign)
    tasks = Task.objects.filter(campaign=campaign, kind=Kind.VERIFICATION)
    languages = campaign.languages.values_list("language", flat=True)
    waiting = waiting_by_language((campaign.pk, tag) for tag in languages)
    settled = _by_language(tasks.filter(_settled(Outcome.PICK, Outcome.WRITE) & ~Q(excluded_everywhere())))
    excluded = _by_language(tasks.filter(_settled(Outcome.EXCLUDE_LANGUAGE) | Q(excluded_everywhere())))
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


def _settled(*outcomes: str) -> Q:
    return Q(Exists(settlements_in_force().filter(task=OuterRef("pk"), outcome__in=outcomes)))


def _by_language(tasks: QuerySet[Task]) -> Mapping[str, int]:
    return dict(tasks.values_list("language").annotate(Count("pk")).order_by())
