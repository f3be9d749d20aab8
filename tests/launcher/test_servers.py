"""The embedded PostgreSQL and Valkey themselves: how they are set, reached and recovered."""

import contextlib
import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from launcher import Places, database_url, postgres, postgres_binaries, valkey
from launcher.errors import LauncherError
from launcher.postgres_binaries import Installation
from launcher.processes import Process, processes_in


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """A data directory whose PostgreSQL has been made and stopped; each test starts it."""
    places = Places(tmp_path_factory.mktemp("made"))
    places.create()
    postgres.start(places).stop()
    return places


@pytest.fixture
def database(made: Places) -> Iterator[Process]:
    process = postgres.start(made)
    yield process
    process.stop()


def setting(places: Places, name: str) -> str:
    with psycopg.connect(database_url(places.root)) as connection:
        row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    assert row is not None
    return str(row[0])


def test_postgres_is_the_durable_one_with_utf8_and_checksums(made: Places, database: Process) -> None:
    assert setting(made, "server_version").startswith("18.")
    for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
        assert setting(made, name) == "on"
    assert setting(made, "server_encoding") == "UTF8"
    with psycopg.connect(database_url(made.root)) as connection:
        assert connection.execute("SELECT upper('é'), 'Z' < 'a', 'z' < 'é'").fetchone() == ("É", True, True)


def test_postgres_listens_on_its_socket_alone(made: Places, database: Process) -> None:
    assert setting(made, "listen_addresses") == ""
    assert stat.S_IMODE(made.sockets.stat().st_mode) == 0o700
    assert (made.sockets / ".s.PGSQL.5432").is_socket()


def test_postgres_is_a_direct_child(database: Process) -> None:
    status = Path(f"/proc/{database.pid}/status").read_text()
    assert f"PPid:\t{os.getpid()}\n" in status
    assert "Name:\tpostgres\n" in status


def test_the_data_folder_is_closed_again_at_the_next_start(made: Places) -> None:
    made.postgres.chmod(0o755)
    postgres.start(made).stop()
    assert stat.S_IMODE(made.postgres.stat().st_mode) == 0o700


def test_what_was_committed_is_there_after_kill_9_of_every_process(made: Places, database: Process) -> None:
    with psycopg.connect(database_url(made.root), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    for pid in processes_in(made.postgres):
        # a background process may end by itself in between
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    again = postgres.start(made)

    with psycopg.connect(database_url(made.root)) as connection:
        assert connection.execute("SELECT one FROM kept").fetchall() == [(1,)]
    again.stop()


def test_a_pid_file_that_names_a_stranger_does_not_keep_it_from_starting(made: Places) -> None:
    with subprocess.Popen(["sleep", "60"]) as stranger:
        lines = [str(stranger.pid), str(made.postgres), "1", "5432", str(made.sockets), "", "", "ready"]
        (made.postgres / "postmaster.pid").write_text("\n".join(lines))
        postgres.start(made).stop()
        assert stranger.poll() is None
        stranger.kill()


def test_a_server_left_behind_is_stopped_before_a_new_one_starts(made: Places, database: Process) -> None:
    again = postgres.start(made)
    assert database.exit_code() == 0
    again.stop()


def test_what_a_killed_initdb_left_is_made_anew(places: Places) -> None:
    (places.postgres / "draft").mkdir(parents=True)
    (places.postgres / "draft" / "PG_VERSION").write_text("18\n")
    (places.postgres / "base").mkdir()
    postgres.start(places).stop()
    assert not (places.postgres / "draft").exists()


def test_a_folder_of_other_files_is_not_touched(places: Places) -> None:
    places.postgres.mkdir()
    (places.postgres / "thesis.txt").write_text("years of work")
    with pytest.raises(LauncherError, match="holds files but no PG_VERSION"):
        postgres.start(places)
    assert (places.postgres / "thesis.txt").read_text() == "years of work"


def test_data_of_another_version_is_named_and_not_started(places: Places) -> None:
    places.postgres.mkdir()
    (places.postgres / "PG_VERSION").write_text("17\n")
    with pytest.raises(LauncherError, match="was made by PostgreSQL 17, and this is 18"):
        postgres.start(places)


def test_a_server_that_cannot_start_says_why(made: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(postgres.SETTINGS, "shared_buffers", "none")
    with pytest.raises(LauncherError, match="invalid value for parameter"):
        postgres.start(made)


@pytest.mark.skipif(os.getuid() != 0, reason="only a superuser needs to become nobody")
def test_a_superuser_without_user_namespaces_runs_it_as_nobody(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_binaries, "UNSHARE", ("false",))

    process = postgres.start(places)

    assert places.postgres.is_symlink()
    data = places.postgres.resolve()
    assert data.owner() == "nobody"
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert Path(f"/proc/{process.pid}").stat().st_uid == postgres_binaries.NOBODY
    assert setting(places, "fsync") == "on"
    process.stop()
    postgres.start(places).stop()
    subprocess.run(["rm", "-r", str(data.parent)], check=True)


def test_programs_that_cannot_run_are_recognised(tmp_path: Path) -> None:
    assert not Installation(tmp_path).runs(tmp_path)
    assert not Installation(tmp_path, ("no-such-program",)).runs(tmp_path)


@pytest.fixture
def broker(places: Places) -> Iterator[redis.Redis]:
    process = valkey.start(places)
    with redis.Redis(unix_socket_path=str(places.broker_socket)) as client:
        yield client
    process.stop()


def test_the_broker_writes_each_command_to_disk_and_evicts_nothing(broker: redis.Redis) -> None:
    wanted = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction", "port": "0"}
    assert broker.config_get(*wanted) == wanted


def test_the_broker_keeps_its_tasks_over_kill_9(places: Places) -> None:
    process = valkey.start(places)
    with redis.Redis(unix_socket_path=str(places.broker_socket)) as client:
        client.rpush("checks", "task")
    process.send(signal.SIGKILL)

    again = valkey.start(places)

    with redis.Redis(unix_socket_path=str(places.broker_socket)) as client:
        assert client.lrange("checks", 0, -1) == [b"task"]
    again.stop()
