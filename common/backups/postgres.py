"""PostgreSQL's own programs over the site's database: `pg_dump` out, `pg_restore` and `psql` in."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import IO

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo

from common.backups.manifest import BLOCK, BackupError
from launcher.errors import LauncherError
from launcher.postgres_binaries import unpack

# By the environment, since everybody on the machine can read the words of a command.
VARIABLES = {
    "dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD", "host": "PGHOST", "port": "PGPORT",
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    "options": "PGOPTIONS", "passfile": "PGPASSFILE", "service": "PGSERVICE",
}  # fmt: skip


def address() -> dict[str, str]:
    """This function will return where the database is, in libpq's words; Django adds classes and a pool."""
    parameters = connection.get_connection_params()
    return {name: str(parameters[name]) for name in VARIABLES if parameters.get(name) not in (None, "")}


def connect() -> psycopg.Connection[tuple[object, ...]]:
    """This function will open a connection of its own, outside Django's."""
    return psycopg.connect(make_conninfo("", **address()))


def _programs() -> Path:
    try:
        return unpack()
    except LauncherError as error:
        raise BackupError(str(error)) from error


def _environment(programs: Path) -> dict[str, str]:
    named = {VARIABLES[name]: value for name, value in address().items()}
    return {**os.environ, **named, "LD_LIBRARY_PATH": str(programs / "lib"), "LC_ALL": "C"}


def dump(target: Path, *, snapshot: str) -> None:
    """This function will write the rows of a snapshot, with all that holds them, in pg_dump's custom format.

    Raises BackupError with what pg_dump said.
    """
    programs = _programs()
    command = [
        str(programs / "bin" / "pg_dump"), "--format=custom", f"--snapshot={snapshot}", "--no-owner",
        "--no-privileges", f"--file={target}",
    ]  # fmt: skip
    done = subprocess.run(command, env=_environment(programs), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise BackupError(f"pg_dump ended with code {done.returncode}: {done.stderr.strip()}")


def load(source: Path, *, first: str = "") -> None:
    """This function will load a dump in one transaction, after the statements `first`.

    Whatever breaks off on the way, this process too, leaves the database as it was: COMMIT is the last word
    and is sent only after pg_restore has ended well. Raises BackupError with what the programs said.
    """
    programs = _programs()
    environment = _environment(programs)
    out = [str(programs / "bin" / "pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(source)]
    into = [str(programs / "bin" / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-f", "-"]
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(out, env=environment, stdout=subprocess.PIPE, stderr=said) as reader,  # noqa: S603
        subprocess.Popen(into, env=environment, stdin=subprocess.PIPE, stderr=said) as writer,  # noqa: S603
    ):
        complete = _copy(reader, writer, f"BEGIN;\n{first}\n")
        _finish(writer, complete=complete)
        if not complete or writer.returncode != 0:
            said.seek(0)
            raise BackupError(
                f"The rows were not loaded, and what was there is as it was: {said.read(2000).strip()}"
            )


def _copy(reader: subprocess.Popen[bytes], writer: subprocess.Popen[bytes], first: str) -> bool:
    """Hand the script on; return whether all of it came and was taken."""
    source, target = _pipe(reader.stdout), _pipe(writer.stdin)
    try:
        target.write(first.encode())
        while block := source.read(BLOCK):
            target.write(block)
        target.flush()
    except BrokenPipeError:
        reader.kill()
    return reader.wait() == 0


def _finish(writer: subprocess.Popen[bytes], *, complete: bool) -> None:
    target = _pipe(writer.stdin)
    try:
        if complete:
            target.write(b"\nCOMMIT;\n")
        target.close()
    except BrokenPipeError:
        pass
    writer.wait()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RuntimeError("the program was started without a pipe")
    return pipe
