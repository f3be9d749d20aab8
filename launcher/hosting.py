"""Who runs the servers of a data directory: the first that needs them, for as long as anyone does.

Three locks. `door` is held while servers start, are joined or stop; `host` by the process whose children
the servers are; `guests`, shared, by every other process that uses them. The host stops them when it has the
door and all guests are gone. The kernel lets go of the locks of a killed process, and of its servers
(see `processes.die_with_parent`).
"""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from launcher import postgres, valkey
from launcher.errors import LauncherError
from launcher.locks import FileLock
from launcher.places import Places, broker_url, database_url
from launcher.processes import Process, wait_for

DATABASE, BROKER = "DATABASE_URL", "BROKER_URL"
JOIN_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """One kind of embedded server: the variable that names a real one instead, and how it is run."""

    title: str
    start: Callable[[Places], Process]
    answers: Callable[[Places], bool]
    address: Callable[[Path], str]


# In the order of starting; they stop the other way round.
SERVERS: Mapping[str, Server] = {
    DATABASE: Server("PostgreSQL", postgres.start, postgres.answers, database_url),
    BROKER: Server("the broker", valkey.start, valkey.answers, broker_url),
}


def _silence(message: str) -> None:
    """Say nothing: what callers that print nothing themselves pass."""


def say_on_stderr(message: str) -> None:
    """Print a line where it does not mix with what a command prints."""
    print(message, file=sys.stderr, flush=True)


@dataclass
class Servers:
    """The embedded servers of one data directory, as this process uses them.

    `wanted` are the variables not set by the person: the servers this process needs embedded.
    """

    places: Places
    wanted: Sequence[str]
    say: Callable[[str], None] = _silence
    running: dict[str, Process] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the folders and name the locks."""
        self.places.create()
        self._door = FileLock(self.places.locks / "door")
        self._host = FileLock(self.places.locks / "host")
        self._guests = FileLock(self.places.locks / "guests")
        self._owner = os.getpid()

    @property
    def addresses(self) -> dict[str, str]:
        """The environment variables that lead to the servers."""
        return {name: SERVERS[name].address(self.places.root) for name in self.wanted}

    @property
    def is_host(self) -> bool:
        """Whether the servers are children of this process."""
        return self._host.held

    def enter(self) -> None:
        """Use the servers: those that run there, or new ones.

        Raises LauncherError when they do not start or, run by another process, do not answer.
        """
        with self._door:
            if self._host.take(wait=False):
                self._start()
                return
            self._guests.take(shared=True)
        if not wait_for(self._all_answer, alive=lambda: True, seconds=JOIN_SECONDS):
            self._guests.release()
            raise LauncherError(
                f"{self.holder()} runs the servers of {self.places.root}, but not all of these answer: "
                f"{', '.join(SERVERS[name].title for name in self.wanted)}. Stop it and try again."
            )

    def enter_as_host(self) -> None:
        """Start the servers as children of this process, after waiting for any other that runs them."""
        told = False
        while True:
            with self._door:
                if self._host.take(wait=False):
                    self._start()
                    return
            if not told:
                self.say(f"{self.holder()} runs the servers of {self.places.root}; waiting for it to end.")
                told = True
            time.sleep(0.2)

    def leave(self) -> None:
        """Stop using the servers; the host waits for its guests and stops them, the broker first."""
        if os.getpid() != self._owner:
            return
        if not self.is_host:
            self._guests.release()
            return
        with self._door:
            if not self._guests.take(wait=False):
                self.say("Other commands still use the database; waiting for them to end.")
                self._guests.take()
            self.stop()
        self._guests.release()
        self._host.release()

    def stop(self) -> None:
        """Stop the servers that run under this process, in order, waiting for each."""
        for name in reversed(tuple(SERVERS)):
            if name in self.running:
                self.running[name].stop()
                del self.running[name]

    def start_one(self, name: str) -> Process:
        """Start one server; the caller is the host."""
        self.running[name] = SERVERS[name].start(self.places)
        return self.running[name]

    def holder(self) -> str:
        """Say who runs the servers, as far as is known."""
        try:
            facts = json.loads(self._host.signature())
        except ValueError:
            return "Another process"
        return f"Process {facts['pid']} ({facts['command']})"

    def _start(self) -> None:
        command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:120]
        self._host.sign(json.dumps({"pid": os.getpid(), "command": command}))
        try:
            for name in SERVERS:
                if name in self.wanted:
                    self.say(f"Starting {SERVERS[name].title}.")
                    self.start_one(name)
        except BaseException:
            self.stop()
            self._host.release()
            raise

    def _all_answer(self) -> bool:
        return all(SERVERS[name].answers(self.places) for name in self.wanted)

    def __enter__(self) -> "Servers":
        """Use the servers until the block ends."""
        self.enter()
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop using the servers."""
        self.leave()


def ensure(
    data_dir: Path, *, wanted: Sequence[str] | None = None, say: Callable[[str], None] = _silence
) -> Servers:
    """Return the servers of a data directory, ready to be entered (`with ensure(folder) as servers:`).

    Wanted are by default those for which no variable DATABASE_URL or BROKER_URL names a real one.
    """
    names = [name for name in SERVERS if not os.environ.get(name)] if wanted is None else list(wanted)
    return Servers(Places(data_dir.resolve()), names, say)
