"""Where the time comes from: asked once at the edge (view, command, task) and handed down as `now`."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """This function will return the present instant in UTC, aware."""
    return timezone.now()
