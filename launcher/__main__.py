"""The commands: `python -m launcher run|exec|serve`."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from launcher.console import Console
from launcher.environment import data_dir
from launcher.errors import LauncherError, StopRequested
from launcher.hosting import ensure, say_on_stderr
from launcher.run import Installation, listen_to_stop_signals, port_number


def execute(folder: Path | None, command: Sequence[str]) -> int:
    """Run a command with the servers' addresses in its environment; return its exit code.

    Without a folder the servers are throwaway ones, with the same settings, in a folder removed afterwards.
    """
    place = Path(tempfile.mkdtemp(prefix="isogloss-")) if folder is None else folder
    try:
        with ensure(place, say=say_on_stderr) as servers:
            return run_command(command, {**os.environ, **servers.addresses})
    finally:
        if folder is None:
            shutil.rmtree(place)


def run_command(command: Sequence[str], environment: dict[str, str]) -> int:
    """Run a command in the foreground, pass on SIGTERM, and return its exit code as a shell would."""
    try:
        child = subprocess.Popen(command, env=environment)
    except FileNotFoundError as error:
        raise LauncherError(f"There is no command {command[0]!r}: {error}") from error
    # On Ctrl-C the terminal signals the command as well; it decides what to make of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, _frame: child.send_signal(number))
    code = child.wait()
    return code if code >= 0 else 128 - code


def serve(folder: Path) -> int:
    """Keep the servers of a data directory running until Ctrl-C; print how to reach them."""
    servers = ensure(folder, say=say_on_stderr)
    listen_to_stop_signals()
    try:
        servers.enter_as_host()
        for name, address in servers.addresses.items():
            print(f"export {name}='{address}'", flush=True)
        while True:
            signal.pause()
    except StopRequested:
        say_on_stderr("Stopping.")
        return 0
    finally:
        servers.leave()


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m launcher", description=__doc__)
    commands = top.add_subparsers(dest="name", required=True)
    commands.add_parser("run", help="start everything, until Ctrl-C")
    run_one = commands.add_parser("exec", help="run a command with the servers up")
    run_one.add_argument("--data-dir", type=Path, help="without it: throwaway servers")
    run_one.add_argument("command", nargs=argparse.REMAINDER)
    keep = commands.add_parser("serve", help="keep the servers running")
    keep.add_argument("--data-dir", type=Path, default=None)
    return top


def main(arguments: Sequence[str]) -> int:
    """Run one of the commands; return the exit code."""
    chosen = parser().parse_args(arguments)
    if chosen.name == "run":
        listen_to_stop_signals()
        Installation(data_dir(), port_number(os.environ.get("PORT") or "8000"), Console()).run()
        return 0
    if chosen.name == "exec":
        command = chosen.command[1:] if chosen.command[:1] == ["--"] else chosen.command
        return execute(chosen.data_dir, command)
    return serve(chosen.data_dir or data_dir())


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LauncherError as error:
        say_on_stderr(str(error))
        sys.exit(1)
