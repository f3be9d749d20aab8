"""What review does when the texts it decided on are replaced."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from corpus.signals import versions_replaced
from review.actions import open_undecided


@receiver(versions_replaced)
def open_what_is_no_longer_decided(benchmark_id: int, **_: Any) -> None:
    """This function will give out again the slots that a decision had closed and whose texts were replaced."""
    open_undecided(benchmark_id=benchmark_id)
