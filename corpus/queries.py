"""Reads of the corpus room that people ask for: what was sent to be imported, and what came of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from common.jobs import GAVE_UP
from common.models import Job, Workspace
from corpus.models import ReportedRow
from people.models import Contributor
from people.queries import managed_workspaces

# The Celery task that imports what was sent; the jobs that name it are the imports of the API.
TASK = "corpus.import_upload"


def managed_workspace(contributor: Contributor, slug: str) -> Workspace | None:
    """This function will return the workspace of that name, or the only one for "", where `contributor` manages it.

    None for any other. One statement.
    """
    managed = managed_workspaces(contributor)
    found = list((managed.filter(slug=slug) if slug else managed)[:2])
    return found[0] if len(found) == 1 else None


def manages_any(contributor: Contributor) -> bool:
    """This function will say whether `contributor` manages any workspace. One statement."""
    return managed_workspaces(contributor).exists()


def uploads(contributor: Contributor) -> QuerySet[Job]:
    """This function will return the uploaded imports of the workspaces that `contributor` manages. One statement."""
    managed = managed_workspaces(contributor).values("pk")
    return Job.objects.filter(task=TASK, workspace__in=managed).select_related("workspace")


def upload(contributor: Contributor, public_id: UUID) -> Job | None:
    """This function will return one of them, None where there is none that they may see. One statement."""
    return uploads(contributor).filter(public_id=public_id).first()


def unfinished_uploads(workspace: Workspace) -> int:
    """This function will return how many uploads of a workspace wait or are worked on. One statement."""
    return Job.objects.filter(task=TASK, workspace=workspace, finished_at=None, failed_at=None).count()


def files_in_use(*, given_up_after: datetime) -> set[str]:
    """This function will return the names, in the storage of uploads, that are needed. One statement.

    They are those of unfinished imports, and of imports given up after that instant.
    """
    waiting = Q(finished_at=None, failed_at=None)
    given_up = Q(error__code=GAVE_UP, failed_at__gt=given_up_after)
    return {
        file["stored"]
        for arguments in Job.objects.filter(waiting | given_up, task=TASK).values_list("arguments", flat=True)
        for file in arguments["files"]
    }


def reported_rows(job: Job, what: str = "") -> QuerySet[ReportedRow]:
    """This function will return the refused and changed rows of an upload, in the order of the files. One statement."""
    rows = ReportedRow.objects.filter(job=job).order_by("pk")
    return rows.filter(what=what) if what else rows
