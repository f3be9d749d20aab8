"""What killed processes leave on the disk: drafts of files, and temporary files in a folder of our own."""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, runtime_checkable

from django.conf import settings
from django.core.files.storage import storages

STORAGES = ("uploads", "releases")
# Longer than anything takes: an upload half an hour behind our proxy, an import or a release an hour.
LEFT_OVER_AFTER = timedelta(hours=6)


@runtime_checkable
class Sweepable(Protocol):
    """A storage that writes drafts. One that does not, such as a bucket, has nothing to sweep."""

    def sweep(self, *, older_than: datetime) -> int:
        """This function will remove drafts last written to before an instant, and return how many."""


def sweep(*, now: datetime) -> int:
    """This function will remove what was left over six hours ago or earlier, and return how many."""
    before = now - LEFT_OVER_AFTER
    kept = (storages[name] for name in STORAGES)
    drafts = sum(one.sweep(older_than=before) for one in kept if isinstance(one, Sweepable))
    temporary = Path(tempfile.gettempdir()).resolve()
    # Anywhere else they are other people's.
    if not temporary.is_relative_to(settings.DATA_DIR):
        return drafts
    return drafts + remove_old(temporary, older_than=before)


def remove_old(folder: Path, *, older_than: datetime) -> int:
    """This function will remove what lies in a folder and was last written to before an instant; returns how many.

    What another process removes at the same time is no error, nor is a folder that is not there.
    """
    if not folder.is_dir():
        return 0
    old = [path for path in folder.iterdir() if _written(path) < older_than.timestamp()]
    for path in old:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(old)


def _written(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:
        return float("inf")
