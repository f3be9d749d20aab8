"""Watching a pass from a command: help with its chunks until it is done, then say what it found."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db.models import Q

from common import clock
from flagging import progress_queries
from flagging.actions.chunks import begun_or_can_be, run_one
from flagging.actions.passes import finish_if_done
from flagging.models import MOST_ATTEMPTS, Chunk, ModelPass
from flagging.queries import PassProgress, pass_progress, summary_lines

Write = Callable[[str], object]
WAIT_SECONDS = 0.3

logger = logging.getLogger("isogloss.pass")


def see_through(model_pass: ModelPass, write: Write, *, scoring: bool = True) -> bool:
    """This function will work on the pass beside whatever workers there are, until nothing waits, and write how
    far it is and what it found. False when chunks failed for good, or somebody stopped it.

    Without `scoring` the models' chunks are left to the model workers.
    """
    which = Q(model_pass=model_pass, attempts__lt=MOST_ATTEMPTS)
    if not scoring:
        which &= ~Q(kind=Chunk.Kind.SCORES)
    write(f"Checking {model_pass.language_id}: {pass_progress(model_pass).chunks} chunks")
    told = _Told(write)
    while (progress := pass_progress(model_pass)).waiting:
        told.progress(progress)
        if _work(which):
            continue
        if _is_at_an_end(model_pass):
            break
        told.reason(_reason(model_pass))
        time.sleep(WAIT_SECONDS)
    finish_if_done(model_pass.pk, now=clock.now())
    for line in (*_failure_lines(model_pass), *summary_lines(model_pass)):
        write(line)
    return not progress.failed and not progress.waiting


class _Told:
    """What a command said already: each tenth and each reason to wait is written once."""

    def __init__(self, write: Write) -> None:
        self.write, self.tenths, self.waiting_for = write, 0, ""

    def progress(self, progress: PassProgress) -> None:
        if progress.tenths > self.tenths:
            self.tenths = progress.tenths
            self.write(f"  {progress.done} of {progress.chunks} chunks done")

    def reason(self, reason: str) -> None:
        if reason and reason != self.waiting_for:
            self.write(f"  {reason}")
        self.waiting_for = reason


def _work(which: Q) -> bool:
    try:
        return run_one(which, now=clock.now()) is not None
    except Exception:
        # The reason is on the chunk; its tries are counted, so that this ends.
        logger.exception("A chunk of a pass failed.")
        return True


def _is_at_an_end(model_pass: ModelPass) -> bool:
    """Somebody stopped it, or all that is left waits for what failed for good."""
    if ModelPass.objects.filter(pk=model_pass.pk, cancelled_at__isnull=False).exists():
        return True
    if ModelPass.objects.filter(pk=model_pass.pk, paused_at__isnull=False).exists():
        return False
    return not begun_or_can_be().filter(model_pass=model_pass, attempts__lt=MOST_ATTEMPTS).exists()


def _reason(model_pass: ModelPass) -> str:
    now = clock.now()
    model_pass.refresh_from_db(fields=["paused_at"])
    workers = progress_queries.living_workers(now=now)
    return progress_queries.waiting_reason(
        model_pass, progress_queries.parts_of(model_pass, now=now), workers, now=now
    )


def _failure_lines(model_pass: ModelPass) -> list[str]:
    failures = progress_queries.failures_of(model_pass)
    return [f"  {one.chunks} chunks failed: {one.message}" for one in failures]
