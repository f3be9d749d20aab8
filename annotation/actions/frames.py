"""Telling flagging what verdicts are drawn from: how many tasks each stratum of a queue holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Count, F

from annotation.models import Campaign, Kind, Slot
from flagging.actions.verdicts import Frame, record_frames


def tell_frames(campaign: Campaign, *, languages: Sequence[str]) -> None:
    """This function will keep how many tasks each stratum of these queues holds now. Three statements."""
    record_frames(benchmark=campaign.benchmark_id, frames=list(_frames(campaign, languages)))


def _frames(campaign: Campaign, languages: Sequence[str]) -> Iterator[Frame]:
    counted = (
        Slot.objects.filter(campaign=campaign, kind=Kind.VERIFICATION, language__in=languages, number=1)
        .values(tag=F("language"), drawn_as=F("stratum"))
        .annotate(tasks=Count("task"))
        .order_by()
    )
    for row in counted:
        yield Frame(campaign.benchmark_id, row["tag"], campaign.slug, row["drawn_as"], row["tasks"])
