"""Celery tasks of the room: ids in, one call; each is safe to run twice."""

from __future__ import annotations

import time

from celery import shared_task

from review import actions, counting

# Below the time after which a task is ended; the next one goes on.
SECONDS = 40


@shared_task(name="review.fold_counts")
def fold_counts() -> None:
    """This function will bring what is kept of touched tasks up to date, a few thousand a transaction."""
    end = time.monotonic() + SECONDS
    while counting.fold() and time.monotonic() < end:
        pass


@shared_task(name="review.open_undecided")
def open_undecided() -> None:
    """This function will give out again what a decision closed that stands no more."""
    actions.open_undecided()
