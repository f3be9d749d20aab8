"""Figures for Prometheus: of requests and tasks by counting, of the work by asking the rows.

Processes count into memory-mapped files of one folder (`PROMETHEUS_MULTIPROC_DIR`), one file for each place in
the process tree rather than for each process: a worker that follows another goes on with its figures, and
the files do not grow in number.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterable
from pathlib import Path

import prometheus_client
from prometheus_client import CollectorRegistry, Histogram, values
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
# Counting a million rows takes a tenth of a second: not for everybody who asks.
ROWS_ARE_FRESH_SECONDS = 15.0

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Place:
    """This process's number in its folder: the first that no living process holds."""

    def __init__(self) -> None:
        self._pid = 0
        self._name = ""
        self._lock: int | None = None

    def __call__(self) -> str:
        """This function will return the number; a forked child takes one of its own."""
        if self._pid != os.getpid():
            self._pid, self._name = os.getpid(), self._take(Path(os.environ[FOLDER]))
        return self._name

    def _take(self, folder: Path) -> str:
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(10_000):
            lock = os.open(folder / f"{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                continue
            # Held until the process ends. The parent's, inherited by a fork, stays the parent's.
            self._lock = lock
            return str(number)
        raise RuntimeError(f"{folder} holds 10,000 locked places. Stop what holds them, or empty the folder.")


PLACE = Place()
if os.environ.get(FOLDER):
    values.ValueClass = values.MultiProcessValue(process_identifier=PLACE)  # type: ignore[no-untyped-call]

REGISTRY = CollectorRegistry()
REQUESTS = Histogram(
    "isogloss_request_seconds", "Requests answered, by the pattern of their address, without static files.",
    ["method", "route", "status"], buckets=SECONDS, registry=REGISTRY,
)  # fmt: skip
TASKS = Histogram(
    "isogloss_task_seconds", "Background tasks ended, by name and outcome.",
    ["task", "outcome"], buckets=SECONDS, registry=REGISTRY,
)  # fmt: skip


def http_request(method: str, route: str, status: int, seconds: float) -> None:
    """This function will count one answered request; statuses by their first digit, unknown verbs as one."""
    verb = method if method in METHODS else "other"
    REQUESTS.labels(verb, route, f"{status // 100}xx").observe(seconds)


def task(name: str, outcome: str, seconds: float) -> None:
    """This function will count one background task that ended."""
    TASKS.labels(name, outcome).observe(seconds)


def empty_folder() -> None:
    """This function will remove the figures of a process tree that is no more; call it before any counts."""
    folder = os.environ.get(FOLDER)
    for path in Path(folder).glob("*.db") if folder else ():
        path.unlink(missing_ok=True)


_STATEMENTS = {
    ("isogloss_jobs_waiting", "Jobs not ended, by task."): (
        "task",
        "SELECT task, count(*) FROM common_job WHERE finished_at IS NULL AND failed_at IS NULL GROUP BY task",
    ),
    ("isogloss_jobs_failed", "Jobs that ended with an error, by task, ever."): (
        "task",
        "SELECT task, count(*) FROM common_job WHERE failed_at IS NOT NULL GROUP BY task",
    ),
    ("isogloss_oldest_job_seconds", "Age of the oldest job that has not ended; 0 where there is none."): (
        None,
        "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(requested_at)), 0) FROM common_job "
        "WHERE finished_at IS NULL AND failed_at IS NULL",
    ),
    ("isogloss_chunks_waiting", "Pieces of model passes that are not done."): (
        None,
        "SELECT count(*) FROM flagging_chunk WHERE done_at IS NULL",
    ),
    ("isogloss_slots", "Wanted judgements by what has become of them."): (
        "state",
        "SELECT CASE WHEN lease_until > clock_timestamp() THEN 'claimed' ELSE 'expired' END, count(*) "
        "FROM annotation_slot WHERE contributor_id IS NOT NULL AND submitted_at IS NULL GROUP BY 1 "
        "UNION ALL SELECT 'submitted', count(*) FROM annotation_slot WHERE submitted_at IS NOT NULL",
    ),
    ("isogloss_judgements", "Judgements, corrections and retractions, as rows."): (
        None,
        "SELECT count(*) FROM annotation_annotation",
    ),
}


class Rows(Collector):
    """What the rows say, asked when somebody looks, at most every 15 s in each process."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """This function will have the rows asked again by whoever looks next."""
        self._families: list[GaugeMetricFamily] = []
        self._asked = float("-inf")

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """This function will return one gauge for each statement, in as many SQL statements."""
        if time.monotonic() - self._asked > ROWS_ARE_FRESH_SECONDS:
            self._families = [_gauge(*about, *how) for about, how in _STATEMENTS.items()]
            self._asked = time.monotonic()
        return self._families


def _gauge(name: str, text: str, label: str | None, statement: str) -> GaugeMetricFamily:
    from django.db import connection

    family = GaugeMetricFamily(name, text, labels=[label] if label else [])
    with connection.cursor() as cursor:
        cursor.execute(statement)
        for *labels, value in cursor.fetchall():
            family.add_metric(labels, float(value))
    return family


ROWS = Rows()


class Files(MultiProcessCollector):
    """The figures of every process tree that counts beside this one: `metrics/web`, `metrics/checks` …"""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[prometheus_client.Metric]:
        """This function will return the sums over all files."""
        paths = [str(path) for path in self._folder.parent.glob("*/*.db")]
        found: Iterable[prometheus_client.Metric] = self.merge(paths)  # type: ignore[no-untyped-call]
        return found


def exposition() -> bytes:
    """This function will return everything in Prometheus's text form."""
    shown = CollectorRegistry()
    folder = os.environ.get(FOLDER)
    if folder:
        shown.register(Files(Path(folder)))
    shown.register(ROWS)
    alone = b"" if folder else prometheus_client.generate_latest(REGISTRY)
    return alone + prometheus_client.generate_latest(shown)
