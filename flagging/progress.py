"""Watching a pass from a command: help with its chunks until it is done, then say what it found."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db.models import Q

from common import clock
from flagging.actions.chunks import run_one
from flagging.actions.passes import finish_if_done
from flagging.models import MOST_ATTEMPTS, ModelPass
from flagging.queries import pass_progress, summary_lines

Write = Callable[[str], object]
WAIT_SECONDS = 0.3


def see_through(model_pass: ModelPass, write: Write) -> bool:
    """This function will work on the pass beside whatever workers there are, until nothing waits, and write how
    far it is and what it found. False when chunks failed for good."""
    write(f"Checking {model_pass.language_id}: {pass_progress(model_pass).chunks} chunks")
    shown = 0
    while (progress := pass_progress(model_pass)).waiting:
        if progress.tenths > shown:
            shown = progress.tenths
            write(f"  {progress.done} of {progress.chunks} chunks done")
        if run_one(Q(model_pass=model_pass, attempts__lt=MOST_ATTEMPTS), now=clock.now()) is None:
            time.sleep(WAIT_SECONDS)
    finish_if_done(model_pass.pk, now=clock.now())
    for line in summary_lines(model_pass):
        write(line)
    return not progress.failed
