"""A whole installation in a temporary folder, whose parts can be killed one by one and started again.

Servers, web, workers and beat are started the way the launcher starts them, from the same programs and
settings; only the waiting between a death and the next start is left out.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

import redis

from launcher import Places
from launcher.hosting import BROKER, DATABASE, Servers
from launcher.processes import Process, end_strays, processes_in, processes_marked, wait_for
from launcher.programs import STOP_ORDER, programs
from launcher.run import INSTANCE

PROJECT_ROOT = Path(__file__).resolve().parents[2]
SERVERS = {"broker": BROKER, "PostgreSQL": DATABASE}
# As generous as a machine with other work to do may need; nothing here waits for longer than it must.
LIMIT_SECONDS = 180


class StackError(Exception):
    """A part did not start, or could not be found to be killed."""


class Stack:
    """One installation: servers, web, two workers and beat, all of them children of this process.

    Started and restarted from the main thread alone: the kernel ends a child with the thread that made it.
    """

    def __init__(self) -> None:
        """Make the folder and name everything; nothing is started."""
        self.root = Path(tempfile.mkdtemp(prefix="isogloss-faults-"))
        self.places = Places(self.root)
        self.servers = Servers(self.places, [DATABASE, BROKER])
        self.port = free_port()
        self.environment: Mapping[str, str] = {
            "DATA_DIR": str(self.root),
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "DEBUG": "false",
            INSTANCE: str(self.root),
            **self.servers.addresses,
        }
        self._programs = {one.name: one for one in programs(PROJECT_ROOT, self.places, self.environment)}
        self._running: dict[str, Process] = {}
        self._killed = ""
        self.ended_unasked: Counter[str] = Counter()

    def start(self) -> None:
        """This function will start everything and wait until the first page is there."""
        self.servers.enter_as_host()
        self.manage("migrate", "--noinput", "--skip-checks")
        self._name_static_files()
        for program in self._programs.values():
            self._running[program.name] = Process(program)
        self.wait_for(self.web_answers, "the site to answer")

    def _name_static_files(self) -> None:
        """Write the manifest that pages look static files up in; hashing and compressing them takes a minute."""
        static = PROJECT_ROOT / "static"
        names = [path.relative_to(static).as_posix() for path in static.rglob("*") if path.is_file()]
        manifest = {"paths": {name: name for name in names}, "version": "1.1", "hash": ""}
        (self.root / "static").mkdir()
        (self.root / "static" / "staticfiles.json").write_text(json.dumps(manifest))

    def manage(self, *arguments: str) -> None:
        """This function will run a management command on the installation; `StackError` with what it said."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT_ROOT,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise StackError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")

    def wait_for(self, answers: Callable[[], bool], what: str) -> None:
        """This function will wait until something is true and start again what ended meanwhile.

        Raises `StackError`, with the end of every log, when it never is.
        """

        def look_after() -> bool:
            self.look_after()
            return True

        if not wait_for(answers, alive=look_after, seconds=LIMIT_SECONDS):
            raise StackError(f"Waited {LIMIT_SECONDS} s for {what}.\n{self.last_words()}")

    def look_after(self) -> None:
        """This function will start the programs again that ended without being killed here, and note which."""
        for name, process in self._running.items():
            if (code := process.exit_code()) is not None:
                self.ended_unasked[f"{name} ended with code {code}"] += 1
                process.kill()
                self._running[name] = Process(self._programs[name])

    def web_answers(self) -> bool:
        """This function will say whether something listens on the site's port."""
        with socket.socket() as probe:
            probe.settimeout(5)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def last_words(self) -> str:
        """This function will return the last lines of every log."""
        ends = []
        for log in sorted(self.places.logs.glob("*.log")):
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
            ends.append("\n".join([f"--- {log.name}", *lines]))
        return "\n".join(ends)

    def kill(self, part: str, chance: Random) -> None:
        """This function will kill one process of a part with SIGKILL, chosen where there are several."""
        if part == FLUSHED:
            self._killed = ""
            self.flush_the_broker()
            return
        name, which = PARTS[part]
        if name == "workers":
            name = chance.choice(("imports", "checks"))
        process = self.servers.running[SERVERS[name]] if name in SERVERS else self._running[name]
        self._killed = name if which == "main" else ""
        os.kill(process.pid if which == "main" else self._child(name, part, chance), signal.SIGKILL)

    def _child(self, name: str, part: str, chance: Random) -> int:
        found: list[int] = []

        def there_is_one() -> bool:
            # Looked up each time: a program that ended by itself has been started again.
            found[:] = (
                backends(self.servers.running[DATABASE].pid)
                if part == BACKEND
                else children(self._running[name].pid)
            )
            return bool(found)

        self.wait_for(there_is_one, f"a {part}")
        return chance.choice(found)

    def flush_the_broker(self) -> None:
        """This function will empty the broker, as somebody with the wrong address in hand does."""
        with redis.Redis(unix_socket_path=str(self.places.broker_socket)) as client:
            client.flushall()

    def restart(self) -> None:
        """This function will start again what the last kill has ended; what comes back by itself is left alone."""
        name = self._killed
        if name in SERVERS:
            self.servers.running[SERVERS[name]].kill()
            self.servers.start_one(SERVERS[name])
        elif name:
            self._running[name].kill()
            self._running[name] = Process(self._programs[name])

    def stop(self) -> None:
        """This function will end every process and remove every file of the installation."""
        for names in STOP_ORDER:
            for name in names:
                if name in self._running:
                    self._running.pop(name).kill()
        self.servers.leave()
        end_strays(lambda: processes_marked(INSTANCE, str(self.root)), signal.SIGKILL, patience=10)
        end_strays(lambda: processes_in(self.places.postgres), signal.SIGKILL, patience=10)
        for folder in (self.places.postgres.resolve().parent, self.places.sockets, self.root):
            shutil.rmtree(folder, ignore_errors=True)


BACKEND = "PostgreSQL backend"
# Nothing dies of it; all that waits is gone.
FLUSHED = "broker flushed"
# Which server or program a part belongs to, and whether its first process or one of its children is killed.
PARTS = {
    "gunicorn master": ("web", "main"),
    "gunicorn worker": ("web", "child"),
    "celery worker": ("workers", "main"),
    "celery pool process": ("workers", "child"),
    "beat": ("beat", "main"),
    "broker": ("broker", "main"),
    FLUSHED: ("broker", ""),
    "PostgreSQL": ("PostgreSQL", "main"),
    BACKEND: ("PostgreSQL", "child"),
}


def children(parent: int) -> list[int]:
    """This function will return the processes whose parent is `parent`."""
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                facts = Path(entry.path, "stat").read_text().rsplit(")", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(facts[1]) == parent and facts[0] != "Z":
                found.append(int(entry.name))
    return found


def backends(postmaster: int) -> list[int]:
    """This function will return the processes of PostgreSQL that serve a connection; those at work, if any are."""
    titles = {pid: _title(pid) for pid in children(postmaster)}
    serving = {pid: title for pid, title in titles.items() if "[local]" in title}
    return [pid for pid, title in serving.items() if not title.endswith("idle")] or list(serving)


def _title(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").decode("utf-8", "replace").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def free_port() -> int:
    """This function will return a port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
