"""Files sent to be imported: kept until a worker has read them, then removed, whatever came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import transaction

from common import jobs
from common.models import Job, Workspace
from corpus import queries
from corpus.actions.requests import ImportRequest
from corpus.bounds import MOST_UNFINISHED
from corpus.models import Import
from people.models import Contributor

FOLDER = "imports"
# A file that nobody asks for any more after this long was left by a process that was killed.
LEFT_OVER_AFTER = timedelta(hours=6)
GIVEN_UP_KEPT = timedelta(days=1)


class TooManyImportsError(Exception):
    """The workspace has as many unfinished imports as it may have."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it was sent: what its sender calls it, its content, and what that comes to."""

    name: str
    content: File
    size: int
    sha256: str

    def described(self) -> dict[str, object]:
        """This function will return what is told of the file: `name`, `bytes`, `sha256`."""
        return {"name": self.name, "bytes": self.size, "sha256": self.sha256}


def storage() -> Storage:
    """This function will return where uploads are kept."""
    return storages["uploads"]


def sent_file(name: str, content: File) -> SentFile:
    """This function will read a file once, for its sha256, holding no more than a piece of it."""
    found = hashlib.sha256()
    for piece in content.chunks():
        found.update(piece)
    return SentFile(name, content, content.size, found.hexdigest())


@transaction.atomic
def request_import(
    *,
    options: Mapping[str, Any],
    files: Sequence[SentFile],
    workspace: Workspace,
    by: Contributor,
    now: datetime,
) -> Job:
    """This function will keep the files and ask a worker to import them; `options` are those of `ImportRequest`.

    Raises `TooManyImportsError`. Where it fails, the files are removed again.
    """
    # Requests that come at once are counted one after the other.
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
    if queries.unfinished_uploads(workspace) >= MOST_UNFINISHED:
        raise TooManyImportsError
    stored: list[str] = []
    try:
        for file in files:
            stored.append(storage().save(f"{FOLDER}/upload{Path(file.name).suffix}", file.content))
        described = [{**file.described(), "stored": name} for file, name in zip(files, stored, strict=True)]
        arguments = {**options, "files": described}
        return jobs.request(task=queries.TASK, workspace=workspace, arguments=arguments, by=by, now=now)
    except BaseException:
        _delete(stored)
        raise


def request_of(job: Job, folder: Path) -> ImportRequest:
    """This function will return what a job asks for, with its files expected in `folder`, numbered."""
    given = dict(job.arguments)
    files = given.pop("files")
    names = tuple(file["name"] for file in files)
    return ImportRequest(
        **{**given, "kind": Import.Kind(given["kind"])},
        workspace=job.workspace.slug,
        names=names,
        files=tuple(folder / f"{number}-{ending_of(name)}" for number, name in enumerate(names)),
    )


def ending_of(name: str) -> str:
    """This function will return a harmless name with the endings of `name`, by which its format is known."""
    lower = name.lower()
    suffix = Path(lower.removesuffix(".gz")).suffix
    return f"rows{suffix if suffix[1:].isalnum() else ''}{'.gz' if lower.endswith('.gz') else ''}"


def remove_uploads(job: Job) -> None:
    """This function will remove the files of a job; those that are gone already are no error."""
    _delete(file["stored"] for file in job.arguments["files"])


def remove_leftovers(*, now: datetime) -> int:
    """This function will remove old uploads that no import needs, and return how many."""
    try:
        _, names = storage().listdir(FOLDER)
    except FileNotFoundError:
        return 0
    old = [
        name for name in (f"{FOLDER}/{name}" for name in names)
        if storage().get_modified_time(name) < now - LEFT_OVER_AFTER
    ]  # fmt: skip
    leftovers = set(old) - queries.files_in_use(given_up_after=now - GIVEN_UP_KEPT)
    _delete(leftovers)
    return len(leftovers)


def _delete(names: Iterable[str]) -> None:
    for name in names:
        storage().delete(name)
