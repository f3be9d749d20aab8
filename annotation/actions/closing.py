"""Which slots are still given out. A task may want fewer judgements than it has slots: once it is settled, or its
item left out, nobody is to spend an hour on it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from annotation.models import Slot, Task


@transaction.atomic(savepoint=False)
def close_slots(*, tasks: Iterable[int], now: datetime) -> int:
    """This function will stop giving out the slots of some tasks, named by their ids, and return how many.

    All of them: whoever is at work may still hand in, but what they give back, let run out or take back goes to
    nobody else.
    """
    return _locked(Slot.objects.filter(task__in=list(tasks), closed_at=None)).update(closed_at=now)


@transaction.atomic(savepoint=False)
def open_slots(*, tasks: Iterable[int]) -> int:
    """This function will give out the closed slots of some tasks, named by their ids, again; returns how many.

    Extra slots stay closed: they are outside the overlap.
    """
    closed = Slot.objects.filter(task__in=list(tasks), closed_at__isnull=False, number__isnull=False)
    return _locked(closed).update(closed_at=None)


def _locked(slots: QuerySet[Slot]) -> QuerySet[Slot]:
    """In the order of their ids, as everybody locks several: an update alone takes them as the plan finds them."""
    return Slot.objects.filter(
        pk__in=list(slots.select_for_update().order_by("pk").values_list("pk", flat=True))
    )


def set_aside(*, task: Task, now: datetime) -> int:
    """This function will let the judgements that a task has count no more, and return how many.

    They stay as they are, and so do their slots: who gave one is not asked again.
    """
    submitted = Slot.objects.filter(task=task, submitted_at__isnull=False, set_aside_at=None)
    return submitted.update(set_aside_at=now)
