"""Celery tasks of the room: ids in, one call; each is safe to run twice and at once."""

from __future__ import annotations

from celery import shared_task

from common import clock, leftovers
from corpus.actions import imports, upload_work, uploads

# An import of a million rows takes minutes. The broker delivers a task again long before that: the second
# delivery finds the first at work and ends at once.
LONGEST_IMPORT = 3600


@shared_task(name="corpus.import_upload", soft_time_limit=LONGEST_IMPORT, time_limit=LONGEST_IMPORT + 60)
def import_upload(job_id: int) -> None:
    """This function will import the files of one job."""
    upload_work.work_on_upload(job_id, clock=clock.now)


@shared_task(name="corpus.sweep_imports")
def sweep_imports() -> None:
    """This function will clear away what killed imports left: staged rows, files that nobody needs, drafts."""
    imports.clear_dead_imports(now=clock.now())
    uploads.remove_leftovers(now=clock.now())
    leftovers.sweep(now=clock.now())
