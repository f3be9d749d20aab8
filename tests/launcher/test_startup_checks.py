"""What start-up refuses, tried on real servers set so that they may lose work."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from config.startup_checks import (
    AWAY_EXIT_CODE,
    EXIT_CODE,
    ServerAwayError,
    UnsafeStartError,
    check_broker,
    check_database,
    check_secret_key,
    client_url,
    without_password,
)
from launcher import Places, broker_url, postgres, valkey
from launcher.supervisor import CONFIGURATION_REFUSED
from tests.launcher.conftest import PROJECT_ROOT, free_port


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    places = Places(tmp_path_factory.mktemp("checked"))
    places.create()
    database, broker = postgres.start(places), valkey.start(places)
    yield places
    broker.stop()
    database.stop()


@pytest.fixture
def client(servers: Places) -> Iterator[redis.Redis]:
    """The broker's client; what a test changes in its settings is put back."""
    with redis.Redis(unix_socket_path=str(servers.broker_socket)) as connection:
        yield connection
        connection.config_set("appendonly", "yes")
        connection.config_set("maxmemory-policy", "noeviction")


def parameters(places: Places, **more: str) -> dict[str, object]:
    return {"dbname": "isogloss", "user": "isogloss", "host": str(places.sockets), **more}


def test_the_embedded_servers_are_safe(servers: Places) -> None:
    check_database(parameters(servers))
    check_broker(broker_url(servers.root), checked_elsewhere=False)


def test_what_django_adds_to_the_address_is_left_out(servers: Places) -> None:
    check_database({**parameters(servers), "cursor_factory": psycopg.Cursor, "prepare_threshold": 5})


def test_synchronous_commit_off_for_this_user_is_refused(servers: Places) -> None:
    with pytest.raises(UnsafeStartError, match=r"synchronous_commit = off.*Set synchronous_commit = on"):
        check_database(parameters(servers, options="-c synchronous_commit=off"))


@pytest.mark.parametrize("name", ["fsync", "full_page_writes"])
def test_a_server_that_does_not_write_through_is_refused(
    places: Places, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(postgres.SETTINGS, name, "off")
    unsafe = postgres.start(places)
    with pytest.raises(UnsafeStartError, match=f"{name} = off.*Set {name} = on"):
        check_database(parameters(places))
    unsafe.stop()


def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServerAwayError, match=r"(?s)does not answer.*mend DATABASE_URL"):
        check_database({"dbname": "isogloss", "host": str(tmp_path)})


def test_a_broker_without_persistence_is_refused(servers: Places, client: redis.Redis) -> None:
    client.config_set("appendonly", "no")
    with pytest.raises(UnsafeStartError, match=r"appendonly = no.*Set appendonly yes"):
        check_broker(broker_url(servers.root), checked_elsewhere=False)


def test_a_broker_that_evicts_is_refused(servers: Places, client: redis.Redis) -> None:
    client.config_set("maxmemory-policy", "allkeys-lru")
    with pytest.raises(
        UnsafeStartError, match=r"maxmemory-policy = allkeys-lru.*Set maxmemory-policy noeviction"
    ):
        check_broker(broker_url(servers.root), checked_elsewhere=False)


def test_a_broker_that_hides_its_settings_wants_a_persons_word(servers: Places, client: redis.Redis) -> None:
    client.acl_setuser("default", enabled=True, commands=["-config"])
    try:
        with pytest.raises(UnsafeStartError, match="BROKER_PERSISTENCE_CHECKED_ELSEWHERE=1"):
            check_broker(broker_url(servers.root), checked_elsewhere=False)
    finally:
        client.acl_setuser("default", enabled=True, commands=["+config"])


def test_a_persons_word_replaces_the_check_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        check_broker("rediss://user:secret@broker.example.org/0", checked_elsewhere=True)
    assert "BROKER_PERSISTENCE_CHECKED_ELSEWHERE is set" in caplog.text
    assert "secret" not in caplog.text


def test_a_broker_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(ServerAwayError, match="mend BROKER_URL") as refusal:
        check_broker(f"redis://:secret@127.0.0.1:{free_port()}/0", checked_elsewhere=False)
    assert "secret" not in str(refusal.value)


def test_the_development_key_is_for_debug_alone() -> None:
    check_secret_key("known", "known", debug=True)
    check_secret_key("own", "known", debug=False)
    with pytest.raises(UnsafeStartError, match="Set SECRET_KEY to 50 or more random characters"):
        check_secret_key("known", "known", debug=False)


def test_addresses_are_read_as_kombu_reads_them() -> None:
    assert client_url("redis+socket:///srv/two%20words/s?virtual_host=3") == "unix:///srv/two words/s?db=3"
    assert client_url("redis://localhost:6379/0") == "redis://localhost:6379/0"


def test_a_password_is_never_printed() -> None:
    assert without_password("redis://user:a/b@c@host/0") == "redis://user:***@host/0"
    assert without_password("redis://:secret@host/0") == "redis://:***@host/0"
    assert without_password("redis://host:6379/0") == "redis://host:6379/0"


WEB = ["gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]


@pytest.mark.parametrize(
    "command",
    [
        WEB,
        ["celery", "-A", "config.celery", "worker", "--pool", "solo"],
        ["celery", "-A", "config.celery", "beat", "--pidfile", "", "-s", "beat-schedule"],
    ],
    ids=["web", "worker", "beat"],
)
def test_web_worker_and_beat_refuse_to_start(servers: Places, tmp_path: Path, command: list[str]) -> None:
    done = start(command, tmp_path, BROKER_URL=broker_url(servers.root))
    assert done.returncode == EXIT_CODE == CONFIGURATION_REFUSED, done.stderr
    assert "Refusing to start: SECRET_KEY is the development key" in done.stderr


def test_a_server_that_is_away_does_not_stop_the_installation_for_good(
    servers: Places, tmp_path: Path
) -> None:
    done = start(
        WEB, tmp_path, SECRET_KEY="their own", BROKER_URL=broker_url(servers.root),
        DATABASE_URL=f"postgresql:///isogloss?host={tmp_path}",
    )  # fmt: skip
    assert done.returncode == AWAY_EXIT_CODE != CONFIGURATION_REFUSED, done.stderr
    assert "PostgreSQL does not answer" in done.stderr


def start(command: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [str(folder / part) if part == "beat-schedule" else part for part in command]
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=PROJECT_ROOT,
        env={**os.environ, "DEBUG": "false", "PORT": str(free_port()), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
