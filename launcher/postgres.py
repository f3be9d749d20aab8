"""The embedded PostgreSQL: made once, started as a direct child, reached by Unix socket alone."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg

from launcher.errors import LauncherError
from launcher.places import DATABASE_NAME, DATABASE_USER, Places, database_url
from launcher.postgres_binaries import Installation, give_to, install
from launcher.processes import Process, Program, end_strays, processes_in, start_and_wait

# A start after a crash replays the log first, which takes as long as it takes.
START_SECONDS = 600

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_lock_waits": "on",
    "logging_collector": "off",
}


def start(places: Places) -> Process:
    """Start PostgreSQL, make its data folder and database if there are none, and wait until it answers.

    Raises LauncherError, with the end of its log, when it does not.
    """
    installation, data = install(places.postgres)
    places.create()
    end_strays(lambda: processes_in(data), signal.SIGINT, patience=60)
    if not (data / "PG_VERSION").exists():
        _make(installation, data, places)
    _check_version(data)
    give_to(data, installation.owner)
    if installation.owner is not None:
        os.chown(places.sockets, installation.owner, installation.owner)
    _forget_the_dead(data, places.sockets)
    process = start_and_wait(
        program(places, installation, data), lambda: answers(places), seconds=START_SECONDS
    )
    _make_database(places)
    return process


def program(places: Places, installation: Installation, data: Path) -> Program:
    """Return the server as a program; SIGINT is its fast shutdown: sessions end, everything is written."""
    options = [f"--{name}={value}" for name, value in SETTINGS.items()]
    options.append(f"--unix_socket_directories={places.sockets}")
    return Program(
        name="database",
        command=installation.command("postgres", "-D", str(data), *options),
        log=places.logs / "database.log",
        environment=installation.environment,
        stop_signal=signal.SIGINT,
        orphan_signal=signal.SIGINT,
        patience=120,
    )


def answers(places: Places) -> bool:
    """Return whether the PostgreSQL of a data directory takes connections."""
    try:
        _connect(places).close()
    except psycopg.OperationalError:
        return False
    return True


def _connect(places: Places) -> psycopg.Connection[tuple[object, ...]]:
    # `postgres` is there from the first moment, the project's own database is not.
    address = database_url(places.root).replace(f"/{DATABASE_NAME}?", "/postgres?")
    return psycopg.connect(address, autocommit=True, connect_timeout=5)


def _make_database(places: Places) -> None:
    with _connect(places) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME])
        if found.fetchone() is None:
            connection.execute(f'CREATE DATABASE "{DATABASE_NAME}"')


def _make(installation: Installation, data: Path, places: Places) -> None:
    """Run initdb: UTF-8, the built-in C.UTF-8 locale, page checksums.

    It writes PG_VERSION early, so a killed initdb would look finished: it works in a folder beside the
    files' place, and they move in at the end, PG_VERSION last.
    """
    _empty(data)
    draft = data / "draft"
    draft.mkdir(mode=0o700)
    give_to(data, installation.owner)
    command = installation.command(
        "initdb",
        f"--pgdata={draft}",
        f"--username={DATABASE_USER}",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
    )
    with (places.logs / "database.log").open("ab") as log:
        done = subprocess.run(
            command,
            stdout=log,
            stderr=log,
            check=False,
            cwd=data,
            env={**os.environ, **installation.environment},
        )
    if done.returncode != 0:
        raise LauncherError(
            f"initdb failed (exit code {done.returncode}): see {places.logs / 'database.log'}"
        )
    _move_in(draft, data)


def _move_in(draft: Path, data: Path) -> None:
    for path in sorted(draft.iterdir(), key=lambda path: path.name == "PG_VERSION"):
        path.rename(data / path.name)
    draft.rmdir()


def _empty(data: Path) -> None:
    """Make the folder and remove what a killed initdb left; refuse a folder that holds anything else."""
    data.mkdir(mode=0o700, exist_ok=True)
    names = {path.name for path in data.iterdir()}
    if names and "draft" not in names:
        raise LauncherError(
            f"{data} holds files but no PG_VERSION, so it is no PostgreSQL data folder. "
            "Move it away, or choose another place with DATA_DIR=/some/folder."
        )
    for path in data.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _check_version(data: Path) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != "18":
        raise LauncherError(
            f"{data} was made by PostgreSQL {found}, and this is 18. Dump it with the old version and load "
            "the dump here, or choose another place with DATA_DIR=/some/folder."
        )


def _forget_the_dead(data: Path, sockets: Path) -> None:
    """Remove postmaster.pid and the socket's lock once no process works in the folder.

    After kill -9 they name a process that may live on as a zombie, or whose number went to a stranger;
    PostgreSQL would take either for a running server. Backends that outlived their postmaster
    have the folder as working directory and are ended before this.
    """
    if processes_in(data):
        raise LauncherError(
            f"A PostgreSQL still runs in {data} (process {processes_in(data)[0]}). Stop it first."
        )
    for path in (data / "postmaster.pid", *sockets.glob(".s.PGSQL.*")):
        path.unlink(missing_ok=True)
