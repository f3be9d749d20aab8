"""Celery tasks of the room: ids in, one call; each is safe to run twice."""

from __future__ import annotations

from celery import shared_task

from annotation.actions import claims, ordering, stale
from common import clock


@shared_task(name="annotation.free_expired_leases")
def free_expired_leases() -> None:
    """This function will free the slots whose lease ran out."""
    claims.free_expired_leases(now=clock.now())


@shared_task(name="annotation.reopen_stale_slots")
def reopen_stale_slots() -> None:
    """This function will open the slots again whose text was replaced."""
    stale.reopen_stale_slots(now=clock.now())


@shared_task(name="annotation.order_queue")
def order_queue(line_id: int) -> None:
    """This function will order the queue of one language of a campaign."""
    ordering.order_line(line_id)


@shared_task(name="annotation.order_late_queues")
def order_late_queues() -> None:
    """This function will order the queues whose latest pass was never told of."""
    ordering.order_late_queues()
