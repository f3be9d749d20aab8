"""Watching the processes of one installation: what dies is reported and started again, with patience."""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from launcher.errors import LauncherError, StopRequested
from launcher.processes import Process

POLL_SECONDS = 0.2
BACKOFF_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)

# Deaths this far apart have nothing to do with each other.
FORGET_SECONDS = 120.0
DEATHS_OF_A_SERVER = 3

# EX_CONFIG, which `config.startup_checks` ends with: starting again would change nothing.
CONFIGURATION_REFUSED = 78

ERROR_LINE = re.compile(r"\b(ERROR|CRITICAL)\b")


@dataclass
class Member:
    """One supervised process: how it is started, and when it died lately.

    `essential` ones (the servers) take everything down when they die again and again; the others are
    started again for as long as the installation runs.
    """

    name: str
    start: Callable[[], Process]
    essential: bool = False
    process: Process | None = None
    deaths: list[float] = field(default_factory=list)
    start_at: float = 0.0
    log_position: int = 0

    def launch(self) -> Process:
        """Start the process and return it."""
        self.process = self.start()
        self.log_position = self.process.log_start
        return self.process

    def ask_to_stop(self) -> None:
        """Send the process its signal to stop, if it runs, without waiting."""
        if self.process is not None and self.process.exit_code() is None:
            self.process.send(self.process.program.stop_signal)

    def wait_until_stopped(self) -> bool:
        """Wait for the process that was asked to stop, if it runs; return whether it stopped itself in time."""
        if self.process is None:
            return True
        process, self.process = self.process, None
        try:
            return process.wait_until_gone(process.program.patience)
        except StopRequested:
            process.kill()
            return False


class Supervisor:
    """Keeps members running until a person asks to stop."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """Take the function that prints a line."""
        self.members: list[Member] = []
        self._say = say

    def add(self, member: Member) -> None:
        """Watch a member from now on."""
        self.members.append(member)

    def watch(self) -> None:
        """Look after the members for ever: StopRequested ends it.

        Raises LauncherError when a server dies repeatedly or a process refuses its configuration.
        """
        while True:
            self.look()
            time.sleep(POLL_SECONDS)

    def look(self) -> None:
        """Report and start again what died, once; show the errors written to the logs since the last look."""
        for member in self.members:
            if member.process is None:
                self._start_again(member)
                continue
            self._show_errors(member, member.process)
            code = member.process.exit_code()
            if code is not None:
                self._bury(member, member.process, code)

    def stop(self, order: Iterable[Sequence[str]]) -> None:
        """Stop groups of members in this order; those of a group are asked together and waited for."""
        for names in order:
            group = [member for member in self.members if member.name in names]
            if group:
                self._say(f"Stopping {' and '.join(names)}.")
            for member in group:
                member.ask_to_stop()
            for member in group:
                if not member.wait_until_stopped():
                    self._say(f"{member.name} was killed; what it was doing is done again at the next start.")

    def _bury(self, member: Member, process: Process, code: int) -> None:
        now = time.monotonic()
        process.kill()
        member.process = None
        member.deaths = [death for death in member.deaths if now - death < FORGET_SECONDS] + [now]
        last_words = "".join(f"\n    {line}" for line in process.new_log_lines(5))
        self._say(f"{member.name} ended with code {code}, see {process.program.log}:{last_words}")
        if code == CONFIGURATION_REFUSED:
            raise LauncherError(f"{member.name} refuses this configuration; see above for the cure.")
        if member.essential and len(member.deaths) >= DEATHS_OF_A_SERVER:
            raise LauncherError(
                f"{member.name} ended {len(member.deaths)} times within {FORGET_SECONDS:.0f} s; everything "
                f"stops. See {process.program.log}; is the disk full or the memory short?"
            )
        pause = BACKOFF_SECONDS[min(len(member.deaths), len(BACKOFF_SECONDS)) - 1]
        member.start_at = now + pause
        self._say(f"{member.name} starts again in {pause:.0f} s.")

    def _start_again(self, member: Member) -> None:
        if time.monotonic() < member.start_at:
            return
        member.launch()
        self._say(f"{member.name} runs again.")

    def _show_errors(self, member: Member, process: Process) -> None:
        log = process.program.log
        # PostgreSQL and Valkey log what their clients do wrong, which the clients log themselves.
        if member.essential or log.stat().st_size <= member.log_position:
            return
        with log.open("rb") as file:
            file.seek(member.log_position)
            new = file.read()
        complete = new[: new.rfind(b"\n") + 1]
        member.log_position += len(complete)
        for line in complete.decode("utf-8", "replace").splitlines():
            if ERROR_LINE.search(line):
                self._say(f"{member.name}: {line}")
