"""Celery tasks of the room: each is safe to run twice and at once."""

from __future__ import annotations

from celery import shared_task

from common import clock
from exports import publishing

# A release of every item in 42 languages takes minutes; a twin sent meanwhile finds the job locked.
LONGEST = 3600


@shared_task(name="exports.make_release", time_limit=LONGEST, soft_time_limit=LONGEST - 60)
def make_release(job_id: int) -> None:
    """This function will make a release and keep its files."""
    publishing.publish_release(job_id, now=clock.now())


@shared_task(name="exports.render_files", time_limit=LONGEST, soft_time_limit=LONGEST - 60)
def render_files(job_id: int) -> None:
    """This function will keep files of a release."""
    publishing.publish_files(job_id, now=clock.now())
