"""What annotation does when the rooms before it have news."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from annotation.actions.ordering import order_queue
from annotation.actions.stale import reopen_stale_slots
from annotation.actions.verdicts import AT_ONCE, collect_verdicts
from annotation.models import Campaign, Kind
from common import clock
from corpus.signals import versions_replaced
from flagging.signals import pass_finished, verdicts_wanted


@receiver(pass_finished)
def reorder_queues(benchmark_id: int, language: str, **_: Any) -> None:
    """This function will put the queues that a finished pass is about in their new order."""
    for campaign in Campaign.objects.filter(
        benchmark=benchmark_id, languages__language=language, closed_at=None
    ):
        order_queue(campaign=campaign, kind=Kind.VERIFICATION, language=language)


@receiver(versions_replaced)
def reopen_slots(benchmark_id: int, **_: Any) -> None:
    """This function will open the slots again whose text was just replaced."""
    reopen_stale_slots(now=clock.now(), benchmark_id=benchmark_id)


@receiver(verdicts_wanted)
def tell_verdicts(workspace_id: int, **_: Any) -> None:
    """This function will write down all that was judged in a workspace, before it is learned from."""
    while collect_verdicts(now=clock.now(), workspace=workspace_id) == AT_ONCE:
        pass
