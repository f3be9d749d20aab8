"""Restoring a backup: everything is checked before anything is changed, and rows come back in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import storages
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from common.backups import manifest as manifests
from common.backups import postgres
from common.backups.making import STORAGES, TABLES, names_in
from common.backups.manifest import DATABASE, BackupError, Kept, Manifest

ANEW = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def restore_backup(source: Path, *, replace: bool, say: Callable[[str], None]) -> Manifest:
    """This function will put a backup into an empty site, or with `replace` in the place of what is there.

    Raises BackupError for a backup that is not whole or of a newer version, a site that is not empty, or one that
    is in use, with nothing changed; where the rows cannot be loaded, with nothing changed but files added that
    were not there; and where the rows that came back are not as many as went.
    """
    manifest = manifests.read(source)
    say("Checking the backup.")
    manifests.check_files(source, manifest)
    _check_version(manifest)
    _check_target(replace=replace)
    say("Restoring the files.")
    others = [kept for kept in manifest.files if kept.path != DATABASE and not _add(source, kept)]
    say("Restoring the rows.")
    connection.close()
    postgres.load(source / DATABASE, first=ANEW if replace else "")
    # Not before the rows are in: until then what was there stays as it was.
    for kept in others:
        _write_over(source, kept)
    _check_counts(manifest)
    return manifest


def _check_version(manifest: Manifest) -> None:
    known = {
        f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    }
    newer = sorted(set(manifest.migrations) - known)
    if newer:
        raise BackupError(
            f"The backup was made by a newer version ({manifest.code}): it has {', '.join(newer[:3])}"
            f"{' and more' if newer[3:] else ''}, which this version does not know. Install that version or a "
            "later one, then restore."
        )
    with postgres.connect() as session:
        here = session.info.server_version // 10_000
    if manifest.postgres > here:
        raise BackupError(
            f"The backup comes from PostgreSQL {manifest.postgres}, and this is {here}, which may not read it. "
            f"Restore into PostgreSQL {manifest.postgres} or later."
        )


def _check_target(*, replace: bool) -> None:
    connection.close()
    with postgres.connect() as session:
        tables = session.execute(TABLES).fetchall()
        others = session.execute(OTHERS).fetchone()
    if others and others[0]:
        raise BackupError(
            f"{others[0]} other sessions use this database. Stop web, workers and beat, then restore."
        )
    if replace:
        return
    if tables:
        raise BackupError(
            f"The database holds {len(tables)} tables already. Restore into an empty one, or say that what is "
            "there may go: --replace (make restore FROM=… REPLACE=1)."
        )
    for name in STORAGES:
        if next(names_in(storages[name]), None) is not None:
            raise BackupError(
                f"There are files under {name} already. Restore into an empty place, or say that what is there "
                "may go: --replace (make restore FROM=… REPLACE=1)."
            )


def _add(source: Path, kept: Kept) -> bool:
    """Save a file where none of its name is; return whether what is there now is the file."""
    storage, name = _place(kept)
    if storage.exists(name):
        with storage.open(name) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == kept.sha256
    _write_over(source, kept)
    return True


def _write_over(source: Path, kept: Kept) -> None:
    """Save a file under the very name it had: rows name it, so that a storage may not choose another."""
    storage, name = _place(kept)
    with (source / kept.path).open("rb") as file:
        storage.write_over(name, File(file))


def _place(kept: Kept) -> tuple[Any, str]:
    _files, storage_name, name = kept.path.split("/", 2)
    return storages[storage_name], name


def _check_counts(manifest: Manifest) -> None:
    with postgres.connect() as session:
        for table, rows in manifest.tables.items():
            found = session.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            ).fetchone()
            if found is None or found[0] != rows:
                raise BackupError(
                    f"{table} has {found[0] if found else 0} rows, and the backup was made with {rows}. Do not go "
                    "to work with this; restore another backup."
                )
