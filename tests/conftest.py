"""The cast and a small benchmark, for every test that needs people and texts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import pytest
from django.test import TransactionTestCase

from tests.emptied import tear_down

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


@pytest.fixture(autouse=True)
def _plain_static_files(settings, request: pytest.FixtureRequest, tmp_path_factory) -> None:
    """Tests serve the static folder as it lies there, and keep uploads and releases in a folder of their own."""
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    own = tmp_path_factory.getbasetemp() / "files" / sha256(request.node.nodeid.encode()).hexdigest()[:16]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": plain},
        "uploads": {
            "BACKEND": "config.storages.UploadsFolder",
            "OPTIONS": {"location": str(own / "uploads"), "file_permissions_mode": 0o600},
        },
        "releases": {
            "BACKEND": "config.storages.Folder",
            "OPTIONS": {"location": str(own / "releases")},
        },
    }


@pytest.fixture(scope="session", autouse=True)
def _emptied_quickly() -> Iterator[None]:
    """Tests that commit empty every table at their end: by our own statements, some ten times as fast as `flush`."""
    with patch.object(TransactionTestCase, "_fixture_teardown", tear_down):
        yield


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
