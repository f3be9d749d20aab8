"""The cast and a small benchmark, for every test that needs people and texts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real benchmark data, where this checkout has it beside it."""
    default = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
    folder = Path(os.environ.get("ISOGLOSS_DATA", default))
    if not (folder / "mmlu-en").is_dir():
        pytest.skip(f"the real data is not at {folder}; set ISOGLOSS_DATA to where it is")
    return folder


@dataclass
class Cast:
    """Ana and Ben annotate, Rui reviews, Mia manages, Oz is an outsider."""

    workspace: object
    ana: object
    ben: object
    rui: object
    mia: object
    oz: object


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    from common.models import Workspace
    from people.actions import create_account, grant_role

    workspace = Workspace.objects.create(slug="lab", name="Lab", created_at=now)
    people = {
        name.lower(): create_account(email=f"{name.lower()}@example.org", name=name, password=None, now=now)
        for name in ("Ana", "Ben", "Rui", "Mia", "Oz")
    }
    grant_role(contributor=people["mia"], workspace=workspace, name="manager", by=None, now=now)
    grant_role(contributor=people["rui"], workspace=workspace, name="reviewer", by=None, now=now)
    return Cast(workspace=workspace, **people)
