"""Child processes that are stopped with patience and never outlive the process that started them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from launcher.errors import LauncherError

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Program:
    """What is run, and how it wants to be stopped.

    `orphan_signal` is what the kernel sends when the parent dies without having stopped it;
    `patience` is the time in seconds it gets to stop before it is killed.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGTERM
    patience: float = 30.0


class Process:
    """One running program, a direct child in a session of its own.

    In a session of its own, Ctrl-C on the terminal reaches the launcher alone, which keeps the order.
    """

    def __init__(self, program: Program) -> None:
        """Start the program; what it prints is added to its log."""
        self.program = program
        self.started_at = time.monotonic()
        self.log_start = program.log.stat().st_size if program.log.exists() else 0
        with program.log.open("ab") as log:
            self._popen = subprocess.Popen(
                list(program.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=program.folder,
                env={**os.environ, **program.environment},
                start_new_session=True,
                preexec_fn=die_with_parent(program.orphan_signal),
            )

    @property
    def pid(self) -> int:
        """The process id, which is also its session and group."""
        return self._popen.pid

    def exit_code(self) -> int | None:
        """Return the exit code, minus the signal when one ended it, None while it runs."""
        return self._popen.poll()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process alone."""
        self._popen.send_signal(number)

    def wait(self) -> int:
        """Wait until it ends by itself; return the exit code."""
        return self._popen.wait()

    def stop(self) -> bool:
        """Ask it to stop, wait as long as it wants, kill what is left; return whether it stopped itself."""
        if self.exit_code() is None:
            self.send(self.program.stop_signal)
        return self.wait_until_gone(self.program.patience)

    def wait_until_gone(self, patience: float) -> bool:
        """Wait for a stopping process, kill it and its children after `patience` seconds."""
        try:
            self._popen.wait(patience)
            stopped_itself = True
        except subprocess.TimeoutExpired:
            stopped_itself = False
        self.kill()
        return stopped_itself

    def kill(self) -> None:
        """Kill the process and everything in its group; nothing happens when all of it is gone."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        finally:
            self._popen.wait()

    def new_log_lines(self, count: int) -> list[str]:
        """Return the last lines this process wrote to its log, at most `count`."""
        with self.program.log.open("rb") as log:
            log.seek(self.log_start)
            return log.read().decode("utf-8", "replace").splitlines()[-count:]


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """Return what a new child runs so that the kernel signals it when its parent dies; None outside Linux."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def in_child() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        # The parent may have died between the fork and the line above.
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return in_child


def start_and_wait(program: Program, answers: Callable[[], bool], *, seconds: float) -> Process:
    """Start a server and return it once it answers.

    Raises LauncherError, with the end of its log, when it ends before or stays silent for `seconds`.
    """
    process = Process(program)
    try:
        if wait_for(answers, alive=lambda: process.exit_code() is None, seconds=seconds):
            return process
    except BaseException:
        process.stop()
        raise
    process.stop()
    log = "\n".join(process.new_log_lines(10))
    raise LauncherError(f"The {program.name} did not start (exit code {process.exit_code()}):\n{log}")


def wait_for(answers: Callable[[], bool], *, alive: Callable[[], bool], seconds: float) -> bool:
    """Ask until the answer is yes, the process is no longer alive or the time is over."""
    deadline = time.monotonic() + seconds
    while alive() and time.monotonic() < deadline:
        if answers():
            return True
        time.sleep(POLL_SECONDS)
    return False


def processes_in(folder: Path) -> list[int]:
    """Return the ids of processes that have the folder as working directory (Linux; else none)."""
    wanted = os.path.realpath(folder)
    return [pid for pid in _own_processes() if _link(pid, "cwd") == wanted]


def processes_marked(variable: str, value: str) -> list[int]:
    """Return the ids of processes started with this variable, except this one (Linux; else none)."""
    mark = f"{variable}={value}".encode()
    return [pid for pid in _own_processes() if pid != os.getpid() and mark in _environ(pid).split(b"\0")]


def end_strays(find: Callable[[], list[int]], number: signal.Signals, *, patience: float) -> int:
    """Signal the processes that `find` returns and wait; kill what stays; return how many there were."""
    strays = find()
    for pid in strays:
        _signal(pid, number)
    if strays and not wait_for(lambda: not find(), alive=lambda: True, seconds=patience):
        for pid in find():
            _signal(pid, signal.SIGKILL)
        wait_for(lambda: not find(), alive=lambda: True, seconds=5)
    return len(strays)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _own_processes() -> Iterator[int]:
    if not sys.platform.startswith("linux"):
        return
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            yield int(entry.name)


def _link(pid: int, name: str) -> str:
    try:
        return str(Path(f"/proc/{pid}/{name}").readlink())
    except OSError:
        return ""


def _environ(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""
