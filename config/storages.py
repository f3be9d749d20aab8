"""Where uploads and the files of releases lie: a folder here, or a bucket (`config.buckets`).

Both keep what was saved under the name that `save` returns, never write over a file, and show no file before
it is whole. Rooms use `django.core.files.storage.storages["uploads"]` and `["releases"]`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage

from common.leftovers import remove_old

DRAFTS = ".drafts"


class RandomNames(Storage):
    """Names files itself: the folder and the last suffix asked for stay, the rest cannot be guessed."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """This function will return a fresh random name in the folder of `name`, with its suffix."""
        asked = PurePosixPath(name.replace("\\", "/"))
        suffix = asked.suffix if asked.suffix[1:].isalnum() and len(asked.suffix) <= 10 else ""
        return super().get_available_name(str(asked.parent / f"{secrets.token_hex(16)}{suffix}"), max_length)


class Folder(FileSystemStorage):
    """A folder whose files appear whole and on the disk, or not at all."""

    def _save(self, name: str, content: File) -> str:
        """Write beside the place and link it in: a killed or full machine leaves no half file by that name."""
        with self._draft(content) as draft:
            return self._link(draft, name)

    def write_over(self, name: str, content: File) -> None:
        """This function will save a file under exactly this name, at once in the place of what may be there."""
        place = Path(self.path(name))
        place.parent.mkdir(parents=True, exist_ok=True)
        with self._draft(content) as draft:
            draft.replace(place)
        _sync(place.parent)

    @contextmanager
    def _draft(self, content: File) -> Iterator[Path]:
        draft = Path(self.path(f"{DRAFTS}/{secrets.token_hex(16)}"))
        draft.parent.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("xb") as file:
                for chunk in content.chunks():
                    file.write(chunk.encode() if isinstance(chunk, str) else chunk)
                file.flush()
                os.fsync(file.fileno())
            if self.file_permissions_mode is not None:
                draft.chmod(self.file_permissions_mode)
            yield draft
        finally:
            draft.unlink(missing_ok=True)

    def sweep(self, *, older_than: datetime) -> int:
        """This function will remove the drafts of killed saves last written to before an instant; returns how many."""
        return remove_old(Path(self.path(DRAFTS)), older_than=older_than)

    def _link(self, draft: Path, name: str) -> str:
        while True:
            place = Path(self.path(name))
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                place.hardlink_to(draft)
            except FileExistsError:
                name = self.get_available_name(name)
                continue
            _sync(place.parent)
            return name


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class UploadsFolder(RandomNames, Folder):
    """Uploads in a folder."""
