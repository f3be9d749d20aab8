"""Files that killed processes leave: gone after hours, and nobody else's with them."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from common import leftovers


def leave(path: Path, at: datetime) -> Path:
    """Write a file last written to at an instant."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half")
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


@pytest.fixture
def places(settings, tmp_path: Path) -> Path:
    """Storages in folders of this test's own, as the settings make them."""
    settings.DATA_DIR = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "uploads": {
            "BACKEND": "config.storages.UploadsFolder",
            "OPTIONS": {"location": tmp_path / "uploads"},
        },
        "releases": {"BACKEND": "config.storages.Folder", "OPTIONS": {"location": tmp_path / "releases"}},
    }
    return tmp_path


def test_old_drafts_of_both_storages_go_and_new_ones_and_files_stay(places: Path, now: datetime) -> None:
    old = [
        leave(places / name / ".drafts" / "killed", now - timedelta(hours=7)) for name in leftovers.STORAGES
    ]
    new = [
        leave(places / name / ".drafts" / "going on", now - timedelta(hours=5)) for name in leftovers.STORAGES
    ]
    whole = Path(storages["releases"].path(storages["releases"].save("lab/card.md", ContentFile(b"A card."))))
    os.utime(whole, (0, 0))
    assert leftovers.sweep(now=now) == 2
    assert [path.exists() for path in (*old, *new, whole)] == [False, False, True, True, True]


def test_a_storage_that_was_never_written_to_has_nothing_to_sweep(places: Path, now: datetime) -> None:
    assert leftovers.sweep(now=now) == 0


def test_old_temporary_files_go_where_the_folder_is_ours(
    places: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(places / "tmp"))
    spooled = leave(places / "tmp" / "killed.upload", now - timedelta(hours=7))
    unpacked = leave(places / "tmp" / "isogloss-import-1" / "rows.jsonl", now)
    os.utime(unpacked.parent, (0, 0))
    new = leave(places / "tmp" / "going-on.upload", now)
    assert leftovers.sweep(now=now) == 2
    assert [path.exists() for path in (spooled, unpacked, new)] == [False, False, True]


def test_temporary_files_elsewhere_are_left_alone(
    places: Path, now: datetime, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = places / "data"
    monkeypatch.setattr(tempfile, "tempdir", str(places / "tmp"))
    others = leave(places / "tmp" / "others", now - timedelta(days=7))
    leftovers.sweep(now=now)
    assert others.exists()
