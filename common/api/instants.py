"""Instants as the API tells them."""

from __future__ import annotations

from datetime import datetime


def instant(at: datetime | None) -> str | None:
    """This function will return an instant in UTC as `2026-11-02T09:00:00Z`; None where there is none."""
    return None if at is None else at.isoformat().replace("+00:00", "Z")
