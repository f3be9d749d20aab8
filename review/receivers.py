"""What review does when the texts it decided on are replaced."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from common import clock
from corpus.signals import versions_replaced
from flagging.signals import verdicts_wanted
from review.actions import open_undecided
from review.verdicts import AT_ONCE, collect_settlements


@receiver(versions_replaced)
def open_what_is_no_longer_decided(benchmark_id: int, **_: Any) -> None:
    """This function will give out again the slots that a decision had closed and whose texts were replaced."""
    open_undecided(benchmark_id=benchmark_id)


@receiver(verdicts_wanted)
def tell_settlements(workspace_id: int, **_: Any) -> None:
    """This function will write down all that was settled in a workspace, before it is learned from."""
    while collect_settlements(now=clock.now(), workspace=workspace_id) == AT_ONCE:
        pass
