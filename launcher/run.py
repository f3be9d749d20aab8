"""`make run`: servers, tables, sample, workers, web; everything stops in order on Ctrl-C."""

import contextlib
import errno
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from launcher.console import Console
from launcher.environment import PROJECT_ROOT
from launcher.errors import LauncherError, StopRequested
from launcher.hosting import DATABASE, SERVERS, Servers, ensure
from launcher.locks import FileLock
from launcher.places import Places
from launcher.processes import Process, Program, end_strays, processes_marked, wait_for
from launcher.programs import STOP_ORDER, programs
from launcher.static_files import Collecting
from launcher.supervisor import Member, Supervisor

HOST = "127.0.0.1"
INSTANCE = "ISOGLOSS_INSTANCE"
FIRST_PAGE_SECONDS = 60
LARGEST_LOG = 10_000_000
# What load_sample ends with outside debug.
SAMPLE_LEFT_OUT = 69
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def request_stop(number: int, _frame: FrameType | None) -> None:
    """Raise StopRequested out of whatever is being waited for."""
    raise StopRequested(signal.Signals(number).name)


def listen_to_stop_signals() -> None:
    """Turn Ctrl-C, SIGTERM and SIGHUP into StopRequested."""
    for number in STOP_SIGNALS:
        signal.signal(number, request_stop)


def port_number(text: str) -> int:
    """Return the port a person chose.

    Raises LauncherError when the text is no port number.
    """
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise LauncherError(f"PORT={text} is no port: choose a number from 1024 to 65535.")
    return int(text)


def check_port(port: int) -> None:
    """Raise LauncherError when the port cannot be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            reason = "is taken by another program" if error.errno == errno.EADDRINUSE else error.strerror
            raise LauncherError(
                f"Port {port} {reason}. Choose another: PORT={port + 1 if port < 65535 else 8001} make run"
            ) from error


class Installation:
    """One data directory with all its processes, from start to stop."""

    def __init__(self, data_dir: Path, port: int, console: Console, root: Path = PROJECT_ROOT) -> None:
        """Name the place and the port; nothing is started."""
        self.places = Places(data_dir.resolve())
        self.port = port
        self.root = root
        self.console = console
        self.supervisor = Supervisor(console.say)
        self.servers: Servers | None = None
        self.collecting: Collecting | None = None
        self._lock = FileLock(self.places.locks / "run")

    @property
    def address(self) -> str:
        """Where the site is."""
        return f"http://{HOST}:{self.port}/"

    def run(self) -> None:
        """Start everything, look after it until a person stops it, and stop it in order.

        Raises LauncherError when something cannot be started or a server keeps dying.
        """
        self._claim()
        try:
            self._start()
            self.supervisor.watch()
        except StopRequested as request:
            self.console.plain("")
            self.console.say(f"Stopping ({request}). Ctrl-C again kills what it waits for.")
        finally:
            self.stop()
            self._lock.release()

    def stop(self) -> None:
        """Stop web, workers and beat, then the servers, waiting for each."""
        if self.collecting is not None:
            self.collecting.stop()
        self.supervisor.stop(STOP_ORDER)
        if self.servers is not None:
            if self.servers.running:
                self.console.say("Stopping broker and PostgreSQL.")
            try:
                self.servers.leave()
            except StopRequested:
                self.servers.stop()
        self.console.say("Stopped; everything is kept.")

    def _claim(self) -> None:
        self.places.create()
        if not self._lock.take(wait=False):
            raise LauncherError(self._already_running())
        self._lock.sign(json.dumps({"pid": os.getpid(), "address": self.address}))
        strays = end_strays(self._strays, signal.SIGTERM, patience=10)
        if strays:
            self.console.say(f"Ended {strays} processes that a killed run had left behind.")
        check_port(self.port)

    def _strays(self) -> list[int]:
        return processes_marked(INSTANCE, str(self.places.root))

    def _already_running(self) -> str:
        facts: dict[str, object] = {}
        with contextlib.suppress(ValueError):
            facts = json.loads(self._lock.signature())
        return (
            f"Isogloss already runs on {self.places.root}: {facts.get('address', '')} (process "
            f"{facts.get('pid', 'unknown')}). Stop that one with Ctrl-C, or start a second one beside it: "
            f"PORT={self.port + 1} DATA_DIR=.data-2 make run"
        )

    def _start(self) -> None:
        self.collecting = Collecting(self.root, self.places, self.environment())
        if self.collecting.process is not None:
            self.console.say("Collecting style sheets, scripts and fonts, beside what follows.")
        self._start_servers()
        self._manage("Bringing the tables up to date.", "migrate", "--noinput", "--skip-checks")
        self._load_sample()
        if self.collecting.process is not None:
            self.console.say("Waiting for the style sheets, scripts and fonts to be packed.")
        self.collecting.finish()
        web, *workers = programs(self.root, self.places, self.environment())
        self._supervise(web)
        self._wait_for_first_page()
        for program in workers:
            self._supervise(program)
        self._greet()

    def _load_sample(self) -> None:
        """Load the sample at the first start; a database elsewhere is asked at every start."""
        stamp = self.places.root / "sample.stamp"
        embedded = self.servers is not None and DATABASE in self.servers.wanted
        if embedded and stamp.exists():
            return
        code, _ = self._run_command(
            "Loading the sample campaign, unless it is there.", "load_sample", show=True,
            accepted=(0, SAMPLE_LEFT_OUT),
        )  # fmt: skip
        if embedded and code == 0:
            stamp.touch()

    def _start_servers(self) -> None:
        self.servers = ensure(self.places.root, say=self.console.say)
        for log in self.places.logs.glob("*.log"):
            if log.stat().st_size > LARGEST_LOG:
                log.replace(log.with_suffix(".log.1"))
        self.servers.enter_as_host()
        for name, process in self.servers.running.items():
            self.supervisor.add(self._server_member(name, self.servers, process))

    def _server_member(self, name: str, servers: Servers, process: Process) -> Member:
        title = SERVERS[name].title
        return Member(title, lambda: servers.start_one(name), essential=True, process=process)

    def _supervise(self, program: Program) -> None:
        self.console.say(f"Starting {program.name}.")
        member = Member(program.name, lambda: Process(program))
        self.supervisor.add(member)
        member.launch()

    def environment(self) -> Mapping[str, str]:
        """Return what every process of the installation finds in its environment."""
        return {
            "DATA_DIR": str(self.places.root),
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            INSTANCE: str(self.places.root),
            **(self.servers.addresses if self.servers else {}),
        }

    def _manage(self, title: str, *arguments: str) -> str:
        """Run a management command and return what it printed."""
        return self._run_command(title, *arguments)[1]

    def _run_command(
        self, title: str, *arguments: str, show: bool = False, accepted: tuple[int, ...] = (0,)
    ) -> tuple[int, str]:
        """Run a management command; return exit code and what it printed, and print it as it comes if `show`.

        Raises LauncherError for any code but those accepted.
        """
        self.console.say(title)
        lines: list[str] = []
        with (
            subprocess.Popen(
                [sys.executable, "manage.py", *arguments],
                cwd=self.root,
                env={**os.environ, **self.environment()},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            ) as process,
            (self.places.logs / "setup.log").open("a", encoding="utf-8") as log,
        ):
            try:
                for line in process.stdout or ():
                    lines.append(line)
                    log.write(line)
                    if show:
                        self.console.plain(f"             {line.rstrip()}")
            except StopRequested:
                process.terminate()
                raise
        if process.returncode not in accepted:
            raise LauncherError(f"manage.py {arguments[0]} failed:\n{''.join(lines[-20:])}")
        return process.returncode, "".join(lines)

    def _wait_for_first_page(self) -> None:
        def running() -> bool:
            self.supervisor.look()
            return True

        if not wait_for(self._answers, alive=running, seconds=FIRST_PAGE_SECONDS):
            raise LauncherError(f"{self.address} does not answer. See {self.places.logs / 'web.log'}.")

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=10)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()

    def _greet(self) -> None:
        who = self._manage("Ready.", "load_sample", "--show")
        self.console.plain(
            f"\n  Isogloss is at {self.address}\n\n{indent(who)}\n"
            f"  Logs: {self.places.logs}\n  Ctrl-C stops everything; the data stay in {self.places.root}.\n"
        )


def indent(text: str) -> str:
    """Return the text with two spaces before each line."""
    return "".join(f"  {line}\n" for line in text.splitlines())
