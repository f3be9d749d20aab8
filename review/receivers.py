"""What review does when the texts it decided on are replaced."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.dispatch import receiver

from annotation.actions.closing import open_slots
from annotation.models import Slot, Task
from corpus.signals import versions_replaced
from review.standing import excluded_everywhere, settlements_in_force


@receiver(versions_replaced)
def open_what_is_no_longer_decided(benchmark_id: int, **_: Any) -> None:
    """This function will give out again the slots that a decision had closed and whose texts were replaced."""
    decided = settlements_in_force().filter(task=OuterRef("pk"))
    closed = Slot.objects.filter(task=OuterRef("pk"), closed_at__isnull=False)
    tasks = Task.objects.filter(
        ~Exists(decided), ~excluded_everywhere(), Exists(closed), campaign__benchmark=benchmark_id
    )
    open_slots(tasks=list(tasks.values_list("pk", flat=True)))
