"""What a backup says of itself, and how its files are checked. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FORMAT = 1
NAME = "manifest.json"
DATABASE = "database.dump"
BLOCK = 1024 * 1024


class BackupError(Exception):
    """A backup cannot be made, or cannot be restored as it is; names the value and the cure."""


@dataclass(frozen=True)
class Kept:
    """One file of a backup, by its path in the folder."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """Everything a restore compares: `tables` are rows by table, `migrations` as `people.0001_initial`.

    `missing` are files that the site deleted while the backup was made, as `uploads/imports/….jsonl`.
    """

    made_at: str
    code: str
    postgres: int
    migrations: tuple[str, ...]
    tables: Mapping[str, int]
    files: tuple[Kept, ...]
    missing: tuple[str, ...] = ()
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """This function will write the manifest into the folder."""
        (folder / NAME).write_text(
            json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )


def read(folder: Path) -> Manifest:
    """This function will return the manifest of a backup.

    Raises BackupError where there is none, or one of a later form than this code knows.
    """
    try:
        told: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if told["format"] > FORMAT:
            raise BackupError(
                f"{folder} is a backup of form {told['format']}, and this version reads form {FORMAT}. Restore it "
                "with the version of Isogloss that made it, or a later one."
            )
        files = tuple(Kept(**one) for one in told.pop("files"))
        lists = {name: tuple(told.get(name, ())) for name in ("migrations", "missing")}
        return Manifest(**{**told, **lists, "files": files})
    except FileNotFoundError as error:
        raise BackupError(
            f"{folder} holds no {NAME}: it is no backup, or one whose making broke off. Name the folder that "
            "`backup` was given."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise BackupError(
            f"{folder / NAME} cannot be read ({type(error).__name__}). Take another backup."
        ) from error


def check_files(folder: Path, manifest: Manifest) -> None:
    """This function will read every file of a backup again; raises BackupError naming the first that differs."""
    for kept in manifest.files:
        path = folder / kept.path
        if not path.resolve().is_relative_to(folder.resolve()):
            raise BackupError(
                f"{kept.path} lies outside the backup: its manifest was not written by `backup`."
            )
        if not path.is_file():
            raise BackupError(f"{path} is missing: the backup is not whole. Take another one.")
        if (path.stat().st_size, sha256(path)) != (kept.size, kept.sha256):
            raise BackupError(f"{path} is not what was written: its sha256 differs. Take another backup.")


def kept(folder: Path, path: Path) -> Kept:
    """This function will describe a file in a backup's folder."""
    return Kept(str(path.relative_to(folder)), path.stat().st_size, sha256(path))


def sha256(path: Path) -> str:
    """This function will return the hexadecimal sha256 of a file, read piece by piece."""
    digest = hashlib.sha256()
    for block in blocks(path):
        digest.update(block)
    return digest.hexdigest()


def blocks(path: Path) -> Iterator[bytes]:
    """This function will yield a file in pieces of 1 MiB."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
