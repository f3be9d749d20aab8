"""How far campaigns are, by language and stage; equal to counting the rows (`review.counting` says why)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.db.models.functions import Now

from annotation.models import Campaign, Kind, Slot
from annotation.queries import Progress
from annotation.visible import overseen_campaigns
from people.models import Contributor
from review.counting import Counts, counts


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
    """This function will return the campaigns whose progress `contributor` may see, on its page and in the API,
    newest first: those they manage, and those with a language that they review."""
    found = overseen_campaigns(contributor)
    return found.select_related("benchmark", "workspace").order_by("-opened_at", "-pk")


def campaign_lines(contributor: Contributor) -> list[CampaignLine]:
    """This function will return the list of campaigns with their totals. Three statements."""
    campaigns = list(seen_campaigns(contributor).prefetch_related("languages"))
    wanted: Counter[int] = Counter()
    submitted: Counter[int] = Counter()
    for queue in counts(one.pk for one in campaigns):
        wanted[queue.campaign] += queue.wanted
        submitted[queue.campaign] += queue.submitted
    return [CampaignLine(one, wanted[one.pk], submitted[one.pk]) for one in campaigns]


def campaign_progress(campaign: Campaign) -> CampaignProgress:
    """This function will return how far every language of a campaign is. Two statements.

    A slot that was closed before anybody handed in is no wanted judgement any more: it is in no figure, and
    its task is complete once the others are in.
    """
    held = _held(campaign)
    queues = counts([campaign.pk])
    return CampaignProgress(
        campaign,
        verification=tuple(
            StageProgress(_work(queue, held), queue.waiting, queue.settled, queue.excluded)
            for queue in queues
            if queue.kind == Kind.VERIFICATION
        ),
        sensitivity=tuple(
            StageProgress(_work(queue, held)) for queue in queues if queue.kind == Kind.SENSITIVITY
        ),
    )


def _work(queue: Counts, held: dict[tuple[str, str], int]) -> Progress:
    return Progress(
        queue.kind, queue.language, queue.tasks, queue.wanted, queue.submitted,
        held.get((queue.kind, queue.language), 0), queue.complete,
    )  # fmt: skip


def _held(campaign: Campaign) -> dict[tuple[str, str], int]:
    """Slots under a lease that runs: a matter of the hour, and never more than there are people."""
    slots = Slot.objects.filter(
        campaign=campaign,
        contributor__isnull=False,
        submitted_at=None,
        number__isnull=False,
        lease_until__gte=Now(),
    )
    rows = slots.order_by().values_list("kind", "language").annotate(Count("pk"))
    return {(kind, language): held for kind, language, held in rows}
