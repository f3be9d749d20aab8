"""`make run` on a stand-in for the project, with real servers, a real gunicorn and real Celery workers."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest
from celery import Celery

from launcher import broker_url, database_url
from launcher.processes import processes_in, processes_marked
from launcher.run import INSTANCE
from tests.launcher.conftest import Run

StartRun = Callable[..., Run]


def page(run: Run) -> str:
    with urlopen(run.address, timeout=10) as answer:
        return str(answer.read().decode())


def enqueue(run: Run, text: str, *, queue: str, seconds: float = 0) -> None:
    with Celery(broker=broker_url(run.places.root)) as app:
        app.send_task("config.celery.note", [text, seconds], queue=queue)


def children(run: Run) -> list[int]:
    marked = processes_marked(INSTANCE, str(run.places.root))
    return marked + processes_in(run.places.postgres) + processes_in(run.places.valkey)


def pid_of(run: Run, *words: str) -> int:
    for pid in processes_marked(INSTANCE, str(run.places.root)):
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
        parent = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        if parent == run.process.pid and set(words) <= set(command):
            return pid
    raise AssertionError(f"no process {words}: {run.output}")


def test_ctrl_c_finishes_what_is_under_way_and_the_next_start_has_the_data(start_run: StartRun) -> None:
    first = start_run()
    first.wait_for_line("Isogloss is at")
    assert first.address in first.output
    assert "Sign in as mia@example.org" in first.output
    assert page(first) == "sample"
    for queue in ("imports", "celery"):
        enqueue(first, queue, queue=queue)
    first.wait_until(lambda: page(first) == "celery begun,celery done,imports begun,imports done,sample")
    enqueue(first, "slow", queue="checks", seconds=2)
    first.wait_until(lambda: page(first).endswith("slow begun"))

    first.process.send_signal(signal.SIGINT)

    assert first.process.wait(60) == 0, first.output
    stopped = [line.split("Stopping ")[1] for line in first.output.splitlines() if "] Stopping " in line]
    assert stopped[1:] == ["web.", "imports and checks.", "beat.", "broker and PostgreSQL."]
    assert children(first) == []

    second = start_run()
    second.wait_for_line("Isogloss is at")
    kept = "celery begun,celery done,imports begun,imports done,sample,slow begun,slow done"
    assert page(second) == kept
    assert (second.places.root / "collected").read_text() == "once\n"


def test_a_sample_that_was_left_out_is_asked_for_at_the_next_start(
    start_run: StartRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEBUG", "false")
    first = start_run()
    first.wait_for_line("Isogloss is at")
    assert "DEBUG is off, so it is left out." in first.output
    assert page(first) == ""
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(60) == 0, first.output

    monkeypatch.delenv("DEBUG")
    second = start_run()
    second.wait_for_line("Isogloss is at")
    assert page(second) == "sample"


def test_after_kill_9_nothing_stays_and_the_next_start_recovers(start_run: StartRun) -> None:
    first = start_run()
    first.wait_for_line("Isogloss is at")
    enqueue(first, "waiting", queue="nobody-takes-it")
    enqueue(first, "cut short", queue="checks", seconds=300)
    first.wait_until(lambda: page(first).startswith("cut short begun"))

    first.process.kill()
    first.process.wait()

    first.wait_until(lambda: children(first) == [])
    second = start_run(port=int(first.address.rstrip("/").rsplit(":", 1)[1]))
    second.wait_for_line("Isogloss is at")
    assert page(second) == "cut short begun,sample"
    with Celery(broker=broker_url(second.places.root)) as app, app.connection() as connection:
        assert connection.default_channel.client.llen("nobody-takes-it") == 1


def test_what_dies_is_started_again_until_the_database_dies_a_third_time(start_run: StartRun) -> None:
    run = start_run()
    run.wait_for_line("Isogloss is at")
    programs = {"imports": ("worker", "imports@%h"), "web": ("gunicorn",), "beat": ("beat",)}

    for name, words in programs.items():
        dead = pid_of(run, *words)
        os.kill(dead, signal.SIGKILL)
        run.wait_for_line(f"{name} ended with code -9")
        run.wait_for_line(f"{name} runs again.")
        assert pid_of(run, *words) != dead

    for times in (1, 2, 3):
        os.kill(postmaster(run), signal.SIGKILL)
        run.wait_until(lambda times=times: run.output.count("PostgreSQL ended") == times)
        if times < 3:
            run.wait_until(lambda times=times: run.output.count("PostgreSQL runs again") == times)
            with psycopg.connect(database_url(run.places.root)) as connection:
                assert connection.execute("SELECT text FROM note").fetchall() == [("sample",)]

    assert run.process.wait(60) == 1
    assert "PostgreSQL ended 3 times" in run.output
    assert children(run) == []


def postmaster(run: Run) -> int:
    return int((run.places.postgres / "postmaster.pid").read_text().split()[0])


@pytest.mark.long
def test_two_run_side_by_side_but_not_on_the_same_data_or_port(start_run: StartRun) -> None:
    ours, theirs = start_run(data="ours"), start_run(data="theirs")
    ours.wait_for_line("Isogloss is at")
    theirs.wait_for_line("Isogloss is at")

    enqueue(ours, "ours alone", queue="checks")
    ours.wait_until(lambda: page(ours) == "ours alone begun,ours alone done,sample")
    assert page(theirs) == "sample"

    again = start_run(data="ours")
    assert again.process.wait(20) == 1
    assert f"already runs on {ours.places.root}: {ours.address}" in again.output

    port = int(theirs.address.rstrip("/").rsplit(":", 1)[1])
    elsewhere = start_run(data="elsewhere", port=port)
    assert elsewhere.process.wait(20) == 1
    assert (
        f"Port {port} is taken by another program. Choose another: PORT={port + 1} make run"
        in elsewhere.output
    )
    assert page(ours).endswith("sample")
