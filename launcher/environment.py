"""What `manage.py` asks before Django starts: that the servers its command needs are there."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from launcher.errors import LauncherError
from launcher.hosting import ensure, say_on_stderr

PROJECT_ROOT = Path(__file__).resolve().parents[1]

NEED_NO_SERVERS = frozenset(
    {
        "check",
        "collectstatic",
        "compilemessages",
        "diffsettings",
        "evaluate_scorer",
        "findstatic",
        "help",
        "makemessages",
        "makemigrations",
        "startapp",
        "startproject",
        "testserver",
        "version",
    }
)


def data_dir() -> Path:
    """Return the data directory: DATA_DIR, read from the project's root when relative, else `.data`."""
    return PROJECT_ROOT / (os.environ.get("DATA_DIR") or ".data")


def needs_servers(arguments: Sequence[str]) -> bool:
    """Return whether `manage.py` with these arguments (program name first) talks to the servers."""
    if len(arguments) < 2 or arguments[1].startswith("-"):
        return False
    return arguments[1] not in NEED_NO_SERVERS and not {"--help", "-h"} & set(arguments)


@contextmanager
def ensure_environment(arguments: Sequence[str]) -> Iterator[None]:
    """Set DATABASE_URL and BROKER_URL to embedded servers for the block: those that run there, or new ones.

    Touches nothing when the command needs no servers or the person set both variables. Ends the process
    with code 1 and a message when the servers cannot be had.
    """
    # Absolute from here on, so that the settings and every child process mean the same folder.
    os.environ["DATA_DIR"] = str(data_dir())
    if not needs_servers(arguments):
        yield
        return
    servers = ensure(data_dir(), say=say_on_stderr)
    if not servers.wanted:
        yield
        return
    try:
        servers.enter()
    except LauncherError as error:
        raise SystemExit(str(error)) from error
    os.environ.update(servers.addresses)
    try:
        yield
    finally:
        servers.leave()
