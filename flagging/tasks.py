"""Celery tasks of the room: ids in, one call; each is safe to run twice and at once."""

from __future__ import annotations

from celery import shared_task

from common import clock
from flagging.actions import chunks, learning, passes, serving


@shared_task(name="flagging.run_chunk")
def run_chunk(chunk_id: int) -> None:
    """This function will do one chunk of a pass."""
    chunks.run_chunk(chunk_id, now=clock.now())


# A whole language at once, or tens of them.
LONGEST = 3600


@shared_task(name="flagging.run_long_chunk", time_limit=LONGEST, soft_time_limit=LONGEST - 60)
def run_long_chunk(chunk_id: int) -> None:
    """This function will do one chunk that takes minutes; a twin sent meanwhile finds it locked."""
    chunks.run_chunk(chunk_id, now=clock.now())


@shared_task(name="flagging.serve_pass")
def serve_pass(pass_id: int) -> None:
    """This function will score texts of a pass for some while, chunk after chunk."""
    serving.serve_pass(pass_id)


@shared_task(name="flagging.requeue_waiting_chunks")
def requeue_waiting_chunks() -> None:
    """This function will send chunks again that were lost on the way."""
    chunks.resend_waiting_chunks(now=clock.now())


@shared_task(name="flagging.check_unchecked_imports")
def check_unchecked_imports() -> None:
    """This function will ask for the passes that an import was to be followed by and was not."""
    passes.check_unchecked_imports(now=clock.now())


@shared_task(name="flagging.learn", time_limit=LONGEST, soft_time_limit=LONGEST - 60)
def learn(job_id: int) -> None:
    """This function will learn from the verdicts of a workspace."""
    learning.learn(job_id, now=clock.now())


@shared_task(name="flagging.gather_verdicts")
def gather_verdicts() -> None:
    """This function will have the verdicts written down that nobody has asked for yet."""
    learning.gather_verdicts()
