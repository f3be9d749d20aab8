"""Several commands on one data directory: the first runs the servers, as long as any needs them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from launcher import Places, broker_url, database_url, postgres
from launcher.environment import data_dir, ensure_environment, needs_servers
from launcher.hosting import DATABASE, Servers, ensure
from launcher.processes import processes_in
from tests.launcher.conftest import PROJECT_ROOT

COMMAND = """
import os, sys, time
from launcher import ensure_environment
with ensure_environment(["manage.py", "import_items"]):
    import psycopg
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        print("in", flush=True)
        sys.stdin.readline()
        connection.execute("SELECT 1")
print("out", flush=True)
"""


class Command:
    """A management command that works until it is told to finish."""

    def __init__(self, data: Path) -> None:
        left_out = {"DATABASE_URL", "BROKER_URL"}
        environment = {name: value for name, value in os.environ.items() if name not in left_out}
        self.process = subprocess.Popen(
            [sys.executable, "-c", COMMAND],
            env={**environment, "DATA_DIR": str(data)},
            cwd=PROJECT_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def wait_for(self, word: str) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == f"{word}\n"

    def finish(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()


def test_the_first_command_keeps_the_servers_up_until_the_second_is_done(places: Places) -> None:
    first = Command(places.root)
    first.wait_for("in")
    second = Command(places.root)
    second.wait_for("in")

    first.finish()
    time.sleep(0.5)
    assert first.process.poll() is None
    assert postgres.answers(places)

    second.finish()
    second.wait_for("out")
    first.wait_for("out")
    assert (second.process.wait(10), first.process.wait(30)) == (0, 0)
    assert processes_in(places.postgres) == processes_in(places.valkey) == []


def test_servers_end_with_a_killed_command_and_the_next_starts_them(places: Places) -> None:
    first = Command(places.root)
    first.wait_for("in")
    first.process.send_signal(signal.SIGKILL)
    first.process.wait()

    second = Command(places.root)
    second.wait_for("in")
    second.finish()

    second.wait_for("out")
    assert second.process.wait(30) == 0
    assert processes_in(places.postgres) == []


def test_one_who_wants_to_be_host_says_for_whom_it_waits(places: Places, no_addresses: None) -> None:
    command = Command(places.root)
    command.wait_for("in")
    said: list[str] = []

    def say(message: str) -> None:
        said.append(message)
        if len(said) == 1:
            command.finish()

    servers = ensure(places.root, say=say)
    servers.enter_as_host()
    servers.leave()

    assert said[0].startswith(f"Process {command.process.pid} (-c) runs the servers of {places.root}")


def test_a_server_named_by_the_person_is_not_started(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example.org/isogloss")
    monkeypatch.delenv("BROKER_URL", raising=False)
    with ensure(places.root) as servers:
        assert servers.addresses == {"BROKER_URL": broker_url(places.root)}
    assert not places.postgres.exists()


def test_a_guest_is_told_when_the_server_it_needs_is_not_there(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    from launcher import hosting
    from launcher.errors import LauncherError

    monkeypatch.setattr(hosting, "JOIN_SECONDS", 0.2)
    host = Servers(places, wanted=[])
    host.enter()
    with pytest.raises(LauncherError, match="not all of these answer: PostgreSQL"):
        Servers(places, wanted=[DATABASE]).enter()
    host.leave()


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        ("manage.py import_items file.csv", True),
        ("manage.py migrate", True),
        ("manage.py runserver", True),
        ("manage.py makemigrations --check --dry-run", False),
        ("manage.py collectstatic --noinput", False),
        ("manage.py help import_items", False),
        ("manage.py evaluate_checks rows.jsonl --json", False),
        ("manage.py import_items --help", False),
        ("manage.py --version", False),
        ("manage.py", False),
    ],
)
def test_servers_run_only_for_commands_that_talk_to_them(arguments: str, needed: bool) -> None:
    assert needs_servers(arguments.split()) is needed


def test_a_command_finds_the_addresses_and_leaves_nothing_running(
    places: Places, monkeypatch: pytest.MonkeyPatch, no_addresses: None
) -> None:
    monkeypatch.setenv("DATA_DIR", str(places.root))
    with ensure_environment(["manage.py", "migrate"]):
        assert os.environ["DATABASE_URL"] == database_url(places.root)
        assert os.environ["BROKER_URL"] == broker_url(places.root)
        with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    assert processes_in(places.postgres) == processes_in(places.valkey) == []


def test_a_relative_data_directory_is_read_from_the_projects_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", ".data-2")
    assert data_dir() == PROJECT_ROOT / ".data-2"
    monkeypatch.delenv("DATA_DIR")
    assert data_dir() == PROJECT_ROOT / ".data"


def test_exec_hands_on_the_addresses_and_the_exit_code(no_addresses: None, tmp_path: Path) -> None:
    command = 'test -n "$DATABASE_URL" && test -n "$BROKER_URL" && exit 7'
    done = subprocess.run(
        [sys.executable, "-m", "launcher", "exec", "--", "sh", "-c", command],
        cwd=PROJECT_ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 7, done.stderr
    assert list(tmp_path.iterdir()) == []
