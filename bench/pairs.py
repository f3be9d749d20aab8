"""Claim and submit through HTTP on gunicorn, as people send them, beside the same statements from bare psycopg.

Open loop: every person's next pair has its time, whether the last one was answered or not, and the latency of a
claim counts from that time, that of a submission from the answer to its claim. CPU is that of gunicorn and of the
PostgreSQL backends of its database, from /proc; the client's is not in it. The floor sends the very statements that
the application sent for such pairs, captured from it, one after another over one connection, to a copy of the
database as it was.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.gauges import cpu_seconds, percentile
from bench.scratch import Scratch, database
from bench.sizes import Sizes
from bench.states import State, judge, make_state

GOAL = 8.0
LARGER = 1.3
ROOT = Path(__file__).resolve().parents[1]
PEERS = (
    "pairs: peers, measured elsewhere on such a machine: Label Studio 146-184 ms CPU a pair, doccano 111-143"
)
# Each person's low water has been raised by then, as it is at every sixteenth place.
WARM_PAIRS = 16
CAPTURED = 200
# As the settings have it.
PREPARED_AFTER = 3


@dataclass
class Load:
    """What people met: seconds of each claim and submission, and what went wrong."""

    claims: list[float] = field(default_factory=list)
    submissions: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def measure(scratch: Scratch, sizes: Sizes) -> Iterator[str]:
    """This function will yield a line for every number of people, the floor, and the two hard cases."""
    most = max(*sizes.people, 2)
    small = 0.0
    with database(scratch, "small") as template:
        state = make_state(items=sizes.pair_items, languages=1, people=most, overlap=2)
        tokens = make_tokens(state, most)
        yield _floor(scratch, template, state, tokens[0])
        for people in sizes.people:
            line, cpu = _case(scratch, template, state, tokens[:people], sizes, f"{people:>3} people")
            small = small or cpu
            yield line
        yield PEERS
        line, fresh = _case(scratch, template, state, tokens[:1], sizes, "1 person, at the start", quick=True)
        yield line
        judge(state, share=1, by=state.annotators[0], most=sizes.own_judgements)
        name = f"1 person, after {sizes.own_judgements:,} of their own"
        line, after = _case(scratch, template, state, tokens[:1], sizes, name, quick=True)
        yield f"{line}   {after / fresh:.2f} of the start (goal {LARGER})"
    if sizes.large_tasks:
        yield _large(scratch, sizes, small)


def _large(scratch: Scratch, sizes: Sizes, small: float) -> str:
    items, languages = sizes.large_tasks or (0, 0)
    people = sizes.people[0]
    with database(scratch, "large") as template:
        state = make_state(
            items=items, languages=languages, people=people, unchecked=items * languages > 100_000
        )
        tokens = make_tokens(state, people)
        name = f"{people:>3} people, {items * languages:,} tasks"
        line, cpu = _case(scratch, template, state, tokens, sizes, name)
    return f"{line}   {cpu / small:.2f} of the small case (goal {LARGER})"


def make_tokens(state: State, people: int) -> list[str]:
    """This function will make a token for each of the first annotators of a state."""
    from people.models import Contributor
    from people.tokens import make_token

    now = datetime.now(UTC)
    return [
        make_token(
            contributor=Contributor.objects.get(pk=pk), name="bench", scopes=["campaigns:read", "work:write"],
            expires_at=now + timedelta(days=1), now=now,
        )[1]
        for pk in state.annotators[:people]
    ]  # fmt: skip


def _case(
    scratch: Scratch,
    template: str,
    state: State,
    tokens: Sequence[str],
    sizes: Sizes,
    name: str,
    *,
    quick: bool = False,
) -> tuple[str, float]:
    """One open loop on a fresh copy; `quick` sends a pair a second, for one person alone."""
    interval = min(1.0, sizes.pair_interval) if quick else sizes.pair_interval
    with copied(scratch, template) as copy, served(scratch.url(copy)) as (port, master):
        for token in (tokens * WARM_PAIRS)[:WARM_PAIRS]:
            _pair(Load(), port, token, state.languages[0], time.monotonic())
        with watched(scratch, copy, master) as cpu:
            load = open_loop(port, tokens, state.languages[0], interval, sizes.pair_seconds)
    pairs = len(load.submissions)
    if load.faults or not pairs:
        raise RuntimeError(
            f"{len(load.faults)} of the pairs failed, first: {(load.faults or ['none was sent'])[0]}"
        )
    web, base = cpu["gunicorn"] * 1000 / pairs, cpu["postgresql"] * 1000 / pairs
    line = (
        f"pairs: {name:<40} {pairs:>5} pairs   claim {_latency(load.claims)}   submit {_latency(load.submissions)}"
        f"   {web + base:.1f} ms CPU a pair = {web:.1f} gunicorn + {base:.1f} PostgreSQL (goal {GOAL:.0f})"
    )
    return line, web + base


def _latency(seconds: Sequence[float]) -> str:
    return "/".join(f"{percentile(seconds, share) * 1000:.0f}" for share in (0.5, 0.95, 0.99)) + " ms"


def open_loop(port: int, tokens: Sequence[str], language: str, interval: float, seconds: float) -> Load:
    """This function will let every token's holder do a pair every `interval` seconds, spread evenly, for so long."""
    load, start = Load(), time.monotonic() + 0.2
    rounds = max(1, round(seconds / interval))

    def person(number: int, token: str) -> None:
        for turn in range(rounds):
            due = start + (turn + number / len(tokens)) * interval
            time.sleep(max(0.0, due - time.monotonic()))
            _pair(load, port, token, language, due)

    threads = [threading.Thread(target=person, args=one) for one in enumerate(tokens)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return load


def _pair(load: Load, port: int, token: str, language: str, due: float) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        status, work = _post(connection, "/api/v1/campaigns/bench/claims/", token, claim_of(language))
        answered = time.monotonic()
        if status != 201:
            load.faults.append(f"claim answered {status}: {work}")
            return
        load.claims.append(answered - due)
        status, said = _post(connection, submission_to(work), token, submission_of(work), str(uuid.uuid4()))
        if status != 201:
            load.faults.append(f"submission answered {status}: {said}")
            return
        load.submissions.append(time.monotonic() - answered)
    except OSError as error:
        load.faults.append(repr(error))
    finally:
        connection.close()


def claim_of(language: str) -> dict[str, object]:
    """This function will return the body of a claim."""
    return {"kind": "verification", "language": language}


def submission_to(work: dict) -> str:
    """This function will return the address to which the judgement of claimed work goes."""
    return f"/api/v1/slots/{work['slot']}/submission/"


def submission_of(work: dict) -> dict[str, object]:
    """This function will return the body that accepts claimed work as it stands."""
    versions = {
        "item_version": work["item"]["version"],
        "translation_version": work["translation"]["version"],
    }
    return {**versions, "verdict": "accept", "active_ms": 20_000}


def _post(
    connection: http.client.HTTPConnection, path: str, token: str, body: dict[str, object], key: str = ""
) -> tuple[int, dict]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if key:
        headers["Idempotency-Key"] = key
    connection.request("POST", path, json.dumps(body), headers)
    answer = connection.getresponse()
    content = answer.read()
    return answer.status, json.loads(content) if content else {}


@contextmanager
def copied(scratch: Scratch, template: str) -> Iterator[str]:
    """This function will make a copy of a database for the block."""
    from django.db import connection

    connection.close()
    copy = scratch.make("copy", template)
    with scratch.connect(copy) as fresh:
        # A copy takes the figures of its tables with it, and none of what is in memory.
        fresh.execute("SELECT count(*) FROM annotation_slot")
    try:
        yield copy
    finally:
        scratch.drop(copy)


@contextmanager
def served(url: str) -> Iterator[tuple[int, int]]:
    """This function will run gunicorn as it is run for people, and give its port and the master's process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as log:
        environment = {
            **os.environ, "DATABASE_URL": url, "PORT": str(port), "DATA_DIR": folder, "DEBUG": "false",
            "SECRET_KEY": "a-key-for-a-server-that-lives-a-minute-and-serves-nobody", "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }  # fmt: skip
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"],
            cwd=ROOT, env=environment, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            _await(server, port, log)
            yield port, server.pid
        finally:
            server.terminate()
            server.wait()


def _await(server: subprocess.Popen, port: int, log) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    log.seek(0)
    raise RuntimeError(f"gunicorn did not come up: {log.read()[-2000:].decode(errors='replace')}")


@contextmanager
def watched(scratch: Scratch, name: str, master: int) -> Iterator[dict[str, float]]:
    """This function will put the CPU seconds of gunicorn and of a database's backends during the block into a dict."""
    used: dict[str, float] = {}
    seen: dict[int, float] = {}
    ended = threading.Event()
    with scratch.connect("postgres") as connection:
        web = _tree(master)
        for pid in _backends(connection, name):
            seen[pid] = -cpu_seconds(pid)
        last = dict.fromkeys(seen, 0.0)

        def look() -> None:
            while not ended.wait(0.5):
                for pid in _backends(connection, name):
                    last[pid] = max(last.get(pid, 0.0), cpu_seconds(pid))

        watcher = threading.Thread(target=look)
        watcher.start()
        try:
            yield used
        finally:
            ended.set()
            watcher.join()
        for pid in _backends(connection, name):
            last[pid] = max(last.get(pid, 0.0), cpu_seconds(pid))
        used["gunicorn"] = _tree(master) - web
        used["postgresql"] = sum(last.values()) + sum(seen.values())


def _tree(pid: int) -> float:
    """A worker that ended is in its parent's figures."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return cpu_seconds(pid) + sum(cpu_seconds(int(child)) for child in children)


def _backends(connection, name: str) -> list[int]:
    rows = connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [name]).fetchall()
    return [row[0] for row in rows]


def _floor(scratch: Scratch, template: str, state: State, token: str) -> str:
    with copied(scratch, template) as copy:
        statements = captured(copy, token, state.languages[0])
    with copied(scratch, template) as copy, scratch.connect(copy) as connection:
        backend = connection.info.backend_pid
        connection.execute("SELECT 1")
        before, ours, started = cpu_seconds(backend), time.process_time(), time.perf_counter()
        connection.prepare_threshold = PREPARED_AFTER
        for statement, values in statements:
            connection.execute(statement, values)
        client, spent = time.process_time() - ours, time.perf_counter() - started
        base = cpu_seconds(backend) - before
        row = connection.execute("SELECT count(*) FROM annotation_annotation").fetchone()
    if row is None or row[0] != CAPTURED:
        raise RuntimeError(
            f"the statements of {CAPTURED} pairs made {row} judgements when they were sent again"
        )
    return (
        f"pairs: {'bare psycopg, the same statements':<40} {CAPTURED:>5} pairs"
        f"   {spent / CAPTURED * 1000:.1f} ms a pair"
        f"   {(client + base) / CAPTURED * 1000:.1f} ms CPU a pair = {client / CAPTURED * 1000:.1f} psycopg"
        f" + {base / CAPTURED * 1000:.1f} PostgreSQL   {len(statements) / CAPTURED:.0f} statements"
    )


Statement = tuple[str, Any]


def captured(name: str, token: str, language: str) -> list[Statement]:
    """This function will do pairs in this process and return every statement they sent with its values, those of
    transactions included."""
    from django.db import connection
    from django.test import Client

    connection.close()
    before, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], name
    client = Client(HTTP_AUTHORIZATION=f"Bearer {token}", HTTP_HOST="localhost")
    sent: list[Statement] = []

    def note(execute: Any, statement: str, values: Any, *rest: Any) -> Any:
        sent.append((statement, values))
        return execute(statement, values, *rest)

    def taken() -> Iterator[Statement]:
        """Django tells of BEGIN and COMMIT in its log alone, which it empties whenever a request begins."""
        noted = iter(sent)
        for entry in connection.queries_log:
            yield (entry["sql"], None) if entry["sql"] in ("BEGIN", "COMMIT") else next(noted)
        sent.clear()

    statements: list[Statement] = []
    connection.force_debug_cursor = True
    try:
        with connection.execute_wrapper(note):
            for _ in range(CAPTURED):
                answer = client.post(
                    "/api/v1/campaigns/bench/claims/", claim_of(language), "application/json"
                )
                statements += taken()
                work, key = answer.json(), {"HTTP_IDEMPOTENCY_KEY": str(uuid.uuid4())}
                client.post(submission_to(work), submission_of(work), "application/json", **key)
                statements += taken()
    finally:
        connection.force_debug_cursor = False
        connection.close()
        connection.settings_dict["NAME"] = before
    return statements
