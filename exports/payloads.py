"""What the API says of releases and of the work on them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from rest_framework.request import Request

from common.api.instants import instant
from common.models import Job
from exports.models import Release, ReleaseFile

Asked = HttpRequest | Request


def job(asked: Asked, row: Job) -> dict[str, Any]:
    """This function will tell how far a job is, as plain JSON. No statement."""
    return {
        "id": str(row.public_id),
        "state": row.state,
        "done": row.done,
        "total": row.total,
        "requested_at": instant(row.requested_at),
        "finished_at": instant(row.finished_at),
        "error": row.error,
        "release": (row.result or {}).get("release"),
        "url": asked.build_absolute_uri(reverse("api-release-job", args=[row.public_id])),
    }


def release(asked: Asked, row: Release) -> dict[str, Any]:
    """This function will tell of a release in a list. No statement."""
    return {
        "id": row.public_id,
        "campaign": row.options["campaign"],
        "version": row.version,
        "name": row.options["name"],
        "benchmark": row.options["benchmark"],
        "licence": row.licence,
        "made_at": row.made_at,
        "url": asked.build_absolute_uri(reverse("api-release", args=[row.public_id])),
    }


def release_detail(asked: Asked, row: Release) -> dict[str, Any]:
    """This function will tell all of a release. One statement."""
    return {
        **release(asked, row),
        "source_language": row.options["source_language"],
        "languages": row.options["languages"],
        "counts": row.counts,
        "labels": row.options["labels"],
        "left_out": len(row.options["left_out"]),
        "rules": {
            "text": row.text_rule,
            "label": row.label_rule,
            "guidelines": None if row.guideline is None else row.guideline.number,
            "code": row.code_version,
        },
        "files": [_file(asked, row, file) for file in row.files.all()],
    }


def _file(asked: Asked, row: Release, file: ReleaseFile) -> dict[str, Any]:
    address = reverse("api-release-file", args=[row.public_id, file.path])
    return {
        "path": file.path,
        "size": file.size,
        "rows": file.rows,
        "sha256": file.sha256,
        "url": asked.build_absolute_uri(address),
    }
