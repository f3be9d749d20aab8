"""Long work asked for by a person: a row is its truth, the broker only carries its id.

A worker holds an advisory lock named by the job while it works; what has no worker is sent again by the
sweeper, so neither a flushed broker nor a killed worker loses a job.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, models, transaction

from common import audit
from common.models import Job, Workspace
from common.queue import enqueue

logger = logging.getLogger("isogloss.jobs")

# The first half of the advisory lock's key: tells jobs from other users of such locks.
LOCK_CLASS = 0x15061
# A job that kills its worker must not do so for ever.
MOST_ATTEMPTS = 5
# What ends with an exception is tried for a day: the disk or the bucket may be away for that long.
MOST_FAULTS = 28
SENT_AGAIN_AFTER = timedelta(minutes=2)
# Each attempt doubles the wait, up to this.
LONGEST_WAIT = timedelta(hours=1)
GAVE_UP = "gave_up"


class JobRefusedError(Exception):
    """The work cannot be done as asked: kept with the job in the API's error shape."""

    def __init__(self, code: str, message: str, *, cure: str, field: str | None = None) -> None:
        super().__init__(message)
        self.told = {"code": code, "message": message, "field": field, "cure": cure}


@transaction.atomic
def request(
    *,
    task: str,
    workspace: Workspace | int,
    arguments: dict[str, Any],
    by: models.Model | None,
    now: datetime,
) -> Job:
    """This function will write a job down and send it to a worker on commit; `task` is a Celery task's name."""
    workspace_id = workspace if isinstance(workspace, int) else workspace.pk
    job = Job.objects.create(
        workspace_id=workspace_id, task=task, arguments=arguments, actor_id=by.pk if by else None,
        requested_at=now, sent_at=now,
    )  # fmt: skip
    audit.record("job.requested", job, workspace=workspace_id, by=by, now=now, task=task)
    enqueue(task, [job.pk])
    return job


@contextmanager
def work_on(job_id: int, *, task: str, now: datetime) -> Iterator[Job | None]:
    """This function will hold a job for the time of the block; None where it has ended, is held or is another task's.

    `JobRefusedError` raised in the block is kept as the job's error, and so is a time limit that ran out. Any
    other exception leaves the job to be sent again, later each time; it is given up after `MOST_FAULTS` of them,
    or where its worker died `MOST_ATTEMPTS` times. The block calls `finish` in the transaction of its effect.
    """
    if not _call("pg_try_advisory_lock", job_id):
        yield None
        return
    try:
        job = _begin(job_id, task, now)
        try:
            yield job
        except JobRefusedError as refusal:
            fail(job_id, refusal, now=now)
        except SoftTimeLimitExceeded:
            # It would take as long the next time.
            told = "The work took longer than it may. Nothing of it was kept."
            fail(job_id, JobRefusedError("too_slow", told, cure="Ask for less at once."), now=now)
        except BaseException:
            _note_fault(job_id)
            raise
    finally:
        _unlock(job_id)


def _begin(job_id: int, task: str, now: datetime) -> Job | None:
    job = Job.objects.filter(pk=job_id, finished_at=None, failed_at=None).first()
    if job is None:
        return None
    if job.task != task:
        logger.warning("job %s is a %s, and was sent to %s", job_id, job.task, task)
        return None
    if job.attempts - job.faults >= MOST_ATTEMPTS or job.faults >= MOST_FAULTS:
        told = f"The work was begun {job.attempts} times and never ended; {job.faults} times it met a fault."
        fail(job_id, JobRefusedError(GAVE_UP, told, cure="Look into the worker's log, or ask for less at once."),
             now=now)  # fmt: skip
        return None
    job.attempts += 1
    job.started_at = now
    job.save(update_fields=["attempts", "started_at"])
    return job


def _note_fault(job_id: int) -> None:
    # Without a connection the try counts as one whose worker died.
    if _is_connected():
        Job.objects.filter(pk=job_id).update(faults=models.F("faults") + 1)


def tell(job: Job, done: int, total: int | None) -> None:
    """This function will note how far a job is; `total` None where that is not known yet."""
    Job.objects.filter(pk=job.pk).update(done=done, total=total)


def finish(job: Job, *, result: dict[str, Any], now: datetime) -> None:
    """This function will end a job with what came of it; call it in the transaction of the effect."""
    Job.objects.filter(pk=job.pk, failed_at=None).update(finished_at=now, result=result)


def fail(job_id: int, refusal: JobRefusedError, *, now: datetime) -> None:
    """This function will end a job that cannot be done, with the reason."""
    Job.objects.filter(pk=job_id, finished_at=None).update(failed_at=now, error=refusal.told)


_LOST = """
SELECT j.id, j.task FROM common_job j
WHERE j.finished_at IS NULL AND j.failed_at IS NULL
    AND j.sent_at < %(now)s - LEAST(%(after)s * power(2, LEAST(j.attempts, 10)), %(longest)s)
    AND NOT EXISTS (SELECT 1 FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = %(class)s
        AND l.objid = (j.id %% 2147483648)::oid
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
ORDER BY j.id FOR UPDATE SKIP LOCKED
"""


@transaction.atomic
def resend_lost(*, now: datetime) -> int:
    """This function will send again the jobs that nobody works on, and return how many.

    One that was never begun is sent again after two minutes; every attempt at it doubles that, up to an hour.
    """
    waits = {"after": SENT_AGAIN_AFTER, "longest": LONGEST_WAIT}
    told: dict[str, Any] = {"now": now, "class": LOCK_CLASS, **waits}
    with connection.cursor() as cursor:
        cursor.execute(_LOST, told)
        lost = cursor.fetchall()
    Job.objects.filter(pk__in=[job for job, _ in lost]).update(sent_at=now)
    for job, task in lost:
        enqueue(task, [job])
    return len(lost)


def _call(function: str, job_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [LOCK_CLASS, job_id % 2**31])
        return bool(cursor.fetchone()[0])


def _unlock(job_id: int) -> None:
    # Where the session is gone its locks went with it.
    if _is_connected():
        _call("pg_advisory_unlock", job_id)


def _is_connected() -> bool:
    return connection.connection is not None and not connection.connection.closed
