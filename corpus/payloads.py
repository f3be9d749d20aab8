"""What the API tells of imports, as plain JSON."""

from __future__ import annotations

from typing import Any, Protocol

from django.urls import reverse

from common.api.instants import instant
from common.models import Job
from corpus.models import ReportedRow
from corpus.queries import reported_rows

FIRST_ROWS = 20
_TOLD = ("kind", "benchmark", "language", "system", "origin", "replace", "dry_run")


class Asked(Protocol):
    """Who makes addresses whole: a request."""

    def build_absolute_uri(self, location: str | None = None) -> str:
        """This function will return the address with scheme and host."""


def upload(asked: Asked, job: Job) -> dict[str, Any]:
    """This function will tell of an import in a list. No statement where the workspace is there."""
    came = job.result or {}
    return {
        "id": str(job.public_id),
        "workspace": job.workspace.slug,
        "state": job.state,
        **{name: job.arguments[name] for name in _TOLD},
        "files": [
            {name: file[name] for name in ("name", "bytes", "sha256")} for file in job.arguments["files"]
        ],
        "requested_at": instant(job.requested_at),
        "started_at": instant(job.started_at),
        "ended_at": instant(job.finished_at or job.failed_at),
        "rows_done": job.done,
        "counts": came.get("counts", {}),
        "warnings": came.get("warnings", {}),
        "error": job.error,
        "url": asked.build_absolute_uri(reverse("api-import", args=[job.public_id])),
        "errors_url": asked.build_absolute_uri(reverse("api-import-errors", args=[job.public_id])),
    }


def upload_detail(asked: Asked, job: Job) -> dict[str, Any]:
    """This function will tell all of an import but the rows beyond the first. One statement."""
    came = job.result or {}
    report = {
        "first": [reported_row(row) for row in reported_rows(job)[:FIRST_ROWS]],
        "rows_kept": came.get("rows_kept", 0),
        "rows_left_out": came.get("rows_left_out", 0),
    }
    return {**upload(asked, job), "report": report}


def reported_row(row: ReportedRow) -> dict[str, Any]:
    """This function will tell of a row that was not taken. No statement."""
    return {name: getattr(row, name) for name in ("what", "file", "line", "field", "message", "cure")}
