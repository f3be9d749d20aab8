"""Making a backup while the site goes on working."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import psycopg
from django.core.files.storage import Storage, storages
from psycopg import sql

from common.backups import postgres
from common.backups.manifest import BLOCK, DATABASE, BackupError, Manifest, kept

STORAGES = ("uploads", "releases")
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


def make_backup(target: Path, *, code: str, now: datetime, say: Callable[[str], None]) -> Manifest:
    """This function will write a backup into the folder `target`, which must not be there, and return its manifest.

    All rows are of one instant (one snapshot). Files are copied right after it and are never changed, so that
    every file the rows name is there, but for those that the site deleted in between: the upload of an import
    that ended just then. They stand in the manifest as `missing`. The folder gets its name once it is whole and
    on the disk. Raises BackupError.
    """
    if target.exists():
        raise BackupError(
            f"{target} is there already. Name a folder that is not: a backup writes over nothing."
        )
    draft = target.with_name(f"{target.name}.unfinished")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    before = {name: set(names_in(storages[name])) for name in STORAGES}
    with postgres.connect() as session:
        session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        session.read_only = True
        manifest = _write(session, draft, before, code=code, now=now, say=say)
    manifest.write(draft)
    os.sync()
    draft.rename(target)
    return manifest


def _write(
    session: psycopg.Connection[tuple[object, ...]], draft: Path, before: Mapping[str, set[str]], *, code: str,
    now: datetime, say: Callable[[str], None],
) -> Manifest:  # fmt: skip
    (snapshot,) = _row(session, "SELECT pg_export_snapshot()")
    say("Writing the files.")
    missing = [gone for name in STORAGES for gone in _copy_files(storages[name], before[name], draft, name)]
    say("Writing the rows.")
    postgres.dump(draft / DATABASE, snapshot=str(snapshot))
    tables = {str(name): _count(session, str(name)) for (name,) in session.execute(TABLES).fetchall()}
    applied = session.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2").fetchall()
    (version,) = _row(session, "SELECT current_setting('server_version_num')")
    files = [draft / DATABASE, *sorted(path for path in (draft / "files").rglob("*") if path.is_file())]
    return Manifest(
        made_at=now.isoformat(),
        code=code,
        postgres=int(str(version)) // 10_000,
        migrations=tuple(f"{app}.{name}" for app, name in applied),
        tables=tables,
        files=tuple(kept(draft, path) for path in files),
        missing=tuple(missing),
    )


def _row(session: psycopg.Connection[tuple[object, ...]], statement: str) -> tuple[object, ...]:
    row = session.execute(statement).fetchone()
    if row is None:
        raise BackupError(f"PostgreSQL answered {statement!r} with nothing.")
    return row


def _count(session: psycopg.Connection[tuple[object, ...]], table: str) -> int:
    row = session.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    return int(str(row[0])) if row else 0


def _copy_files(storage: Storage, before: set[str], draft: Path, folder: str) -> Iterator[str]:
    """Copy the files there are and those there were before; yield those that are gone."""
    for name in sorted(before | set(names_in(storage))):
        target = draft / "files" / folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with storage.open(name) as source, target.open("xb") as copy:
                shutil.copyfileobj(source, copy, BLOCK)
        except FileNotFoundError:
            # The site goes on working.
            yield f"{folder}/{name}"


def names_in(storage: Storage, folder: str = "") -> Iterator[str]:
    """This function will yield the names of all files of a storage, without drafts and probes (`.…`)."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}{name}"
    for name in sorted(folders):
        if not name.startswith("."):
            yield from names_in(storage, f"{folder}{name}/")
