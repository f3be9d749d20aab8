"""Celery tasks of the room: ids in, one call; each is safe to run twice."""

from __future__ import annotations

import time

from celery import shared_task

from review import counting

# Below the time after which a task is ended; the next one goes on.
SECONDS = 40


@shared_task(name="review.fold_counts")
def fold_counts() -> None:
    """This function will bring what is kept of touched tasks up to date, a few thousand a transaction."""
    end = time.monotonic() + SECONDS
    while counting.fold() and time.monotonic() < end:
        pass
