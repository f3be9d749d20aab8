"""Tasks run in processes of their own, which can be killed before any statement and before any message sent."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.db import connection, connections

from config.celery import app

Step = Callable[[], None]


class Doom:
    """Counts the steps of a process, and kills it before one of them."""

    def __init__(self, before: int | None) -> None:
        """Take the step, counted from 0, that is not to be done; None lets all be done."""
        self.before = before
        self.steps = 0

    def step(self) -> None:
        """This function will count a step, or end the process by SIGKILL."""
        if self.steps == self.before:
            os.kill(os.getpid(), signal.SIGKILL)
        self.steps += 1

    def statement(self, execute: Any, *arguments: Any) -> Any:
        """This function will count a statement and run it: a wrapper for `connection.execute_wrapper`."""
        self.step()
        return execute(*arguments)


class Broker:
    """What reached the broker, kept in a file, so that it outlives who sent it."""

    def __init__(self, path: Path) -> None:
        """Name the file."""
        self.path = path

    def messages(self) -> list[tuple[str, list[Any]]]:
        """This function will return (task, arguments) of every message."""
        if not self.path.exists():
            return []
        return [(name, args) for name, args in map(json.loads, self.path.read_text().splitlines())]

    def flush(self) -> None:
        """This function will lose every message."""
        self.path.unlink(missing_ok=True)

    @contextmanager
    def takes(self, step: Step) -> Iterator[None]:
        """This function will keep what is sent in the block; `step` is called before each message."""

        def send(name: str, args: Sequence[Any] = (), **_: Any) -> None:
            step()
            with self.path.open("a") as file:
                file.write(json.dumps([name, list(args)]) + "\n")

        with patch.object(app, "send_task", send):
            yield


def in_processes(
    do: Callable[[], object], *, broker: Broker, at: datetime, times: int = 1, kill_before: int | None = None
) -> int | None:
    """This function will do something in `times` processes at once, at the instant `at` of their clock, and return
    how many steps the longest took; None where one was killed.

    With `kill_before` each is killed before its step of that number, if it comes that far. Raises `AssertionError`
    where one ends in any other way.
    """
    before = _sessions()
    ready, go = os.pipe()
    done, told = os.pipe()
    children = [_fork(do, broker, at, kill_before, (ready, go, done, told)) for _ in range(times)]
    os.close(ready)
    os.close(told)
    # Nobody begins before all are there.
    os.close(go)
    with os.fdopen(done) as answers:
        steps = [int(line) for line in answers]
    codes = {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children}
    allowed = {0} if kill_before is None else {0, -signal.SIGKILL}
    assert codes <= allowed, f"processes ended with {codes}"
    _wait_until_the_server_knows(before)
    return None if -signal.SIGKILL in codes else max(steps)


def _sessions() -> set[int]:
    """The process ids of all sessions of the database but this one: a browser's loop, say, has one of its own."""
    others = """SELECT pid FROM pg_stat_activity WHERE datname = current_database()
        AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""
    with connection.cursor() as cursor:
        cursor.execute(others)
        return {pid for (pid,) in cursor.fetchall()}


def _wait_until_the_server_knows(before: set[int]) -> None:
    """PostgreSQL lets go of the locks of a process when it notices that it is gone, which takes a moment."""
    deadline = time.monotonic() + 60
    while _sessions() - before:
        assert time.monotonic() < deadline, "the server still has sessions of processes that are gone"
        time.sleep(0.01)


def _fork(
    do: Callable[[], object], broker: Broker, at: datetime, kill_before: int | None, pipes: tuple[int, ...]
) -> int:
    ready, go, done, told = pipes
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.close(go)
        os.close(done)
        os.read(ready, 1)
        doom = Doom(kill_before)
        _forget_connections()
        with (
            patch("common.clock.now", lambda: at),
            broker.takes(doom.step),
            connection.execute_wrapper(doom.statement),
        ):
            do()
        os.write(told, f"{doom.steps}\n".encode())
        code = 0
    finally:
        if code:
            traceback.print_exc(file=sys.stderr)
        os._exit(code)


def _forget_connections() -> None:
    """The parent's connections are the parent's: this process opens its own, and must not close those."""
    for one in connections.all(initialized_only=True):
        one.connection = None


def later(now: datetime) -> datetime:
    """This function will return the instant at which every sweeper takes what was lost at `now` for lost."""
    return now + timedelta(minutes=5)
