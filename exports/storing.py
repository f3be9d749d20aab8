"""Files of releases in the storage that web and workers share.

A file's key is its release and its hash: a file is whole or not there, one that is there is never replaced, and
saving it again changes nothing. What is saved is seen once `ReleaseFile` names it.
"""

from __future__ import annotations

from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from exports.models import Release


def _storage() -> Storage:
    return storages["releases"]


def key_of(release: Release, sha256: str) -> str:
    """This function will return where a file of a release lies."""
    return f"{release.public_id}/{sha256}"


def keep(release: Release, sha256: str, file: Path) -> None:
    """This function will save a file with that hash, unless it is there; OSError where the disk is full."""
    key = key_of(release, sha256)
    if _storage().exists(key):
        return
    with file.open("rb") as stream:
        saved = _storage().save(key, File(stream))
    if saved != key:
        # A twin saved the same bytes meanwhile.
        _storage().delete(saved)


def open_kept(release: Release, sha256: str) -> File:
    """This function will open a file of that hash for reading; FileNotFoundError where it is gone."""
    return _storage().open(key_of(release, sha256))
