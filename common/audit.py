"""The audit row that every action writes inside its own transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from common.models import AuditEvent, Workspace
from common.rows import insert


def record(
    verb: str,
    row: models.Model,
    *,
    workspace: Workspace | int,
    by: models.Model | None,
    now: datetime,
    **data: Any,
) -> AuditEvent:
    """This function will add one audit row about `row`; `by` is a contributor, None is the system.

    `data` must be JSON: ids, counts and settings, never item text or personal data.
    """
    event = AuditEvent(
        workspace_id=workspace if isinstance(workspace, int) else workspace.pk,
        actor_id=None if by is None else by.pk,
        verb=verb,
        object_type=row._meta.label_lower,
        object_id=row.pk,
        data=data,
        at=now,
    )
    insert(event)
    return event
