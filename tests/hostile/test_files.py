"""Hostile files through a real worker: each is refused in words and in time, and the worker lives on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from celery import Celery
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from common import clock, jobs
from common.models import Job
from corpus.formats import FileError, RowError, open_rows
from corpus.models import Import, Item, StagedRow
from launcher import Places
from launcher.hosting import BROKER, Servers
from launcher.processes import wait_for
from people.scopes import Scope
from people.tokens import make_token
from tests.conftest import Cast
from tests.hostile.hostile_files import ALL, SOUND, Hostile, flipped

PROJECT_ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "/api/v1/imports/"
SECONDS = 5
MOST_MEMORY_KIB = 512 * 1024
# A machine with other work to do is waited for longer than a file may take by the worker's own clock.
PATIENCE = 60


def database_url() -> str:
    """This function will return the address of this test's database."""
    address = urlsplit(os.environ["DATABASE_URL"])
    return address._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


@dataclass
class Worker:
    """A worker of imports as the launcher starts it, with a broker and a folder of its own."""

    root: Path
    broker: str
    process: subprocess.Popen[bytes]
    sender: Celery = field(init=False)

    def __post_init__(self) -> None:
        self.sender = Celery(broker=self.broker)

    def children(self) -> list[int]:
        """This function will return the processes in which tasks run."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(one) for one in listed.split()]

    def peak(self) -> int:
        """This function will return the most memory that a task's process has held, in KiB."""
        lines = [Path(f"/proc/{pid}/status").read_text().splitlines() for pid in self.children()]
        return max(int(line.split()[1]) for held in lines for line in held if line.startswith("VmHWM"))

    def processor(self) -> float:
        """This function will return the seconds of the processor that tasks, and what they started, have used."""
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.children()]
        return sum(int(one) for stat in stats for one in stat[11:15]) / os.sysconf("SC_CLK_TCK")

    def work(self, job: Job) -> float:
        """This function will hand a job over, wait for its end and return the seconds that it took.

        On a machine with other work to do that is the processor's time, which it would have taken alone.
        """
        begun, used = time.monotonic(), self.processor()
        self.sender.send_task("corpus.import_upload", args=[job.pk], queue="imports")
        ended = wait_for(
            lambda: self._ended(job), alive=lambda: self.process.poll() is None, seconds=PATIENCE
        )
        assert ended, f"{job.arguments['files'][0]['name']} has not ended"
        return min(time.monotonic() - begun, self.processor() - used)

    @staticmethod
    def _ended(job: Job) -> bool:
        job.refresh_from_db()
        return job.state in ("finished", "failed")


@pytest.fixture
def worker(transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    root = Path(tempfile.mkdtemp(prefix="isogloss-hostile-"))
    uploads = {"BACKEND": "config.storages.UploadsFolder", "OPTIONS": {"location": str(root / "uploads")}}
    settings.STORAGES = {**settings.STORAGES, "uploads": uploads}
    # Jobs are handed over by the test, to the broker of this worker.
    monkeypatch.setattr(jobs, "enqueue", lambda *_: None)
    with Servers(Places(root), [BROKER]) as servers:
        broker = servers.addresses[BROKER]
        environment = {
            **os.environ, "DATABASE_URL": database_url(), "BROKER_URL": broker, "DATA_DIR": str(root),
            "TMPDIR": str(root), "PYTHONUNBUFFERED": "1",
        }  # fmt: skip
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "config.celery",
            "worker",
            "-Q",
            "imports",
            "-c",
            "1",
        ]
        with (root / "worker.log").open("wb") as log:
            process = subprocess.Popen(
                [*command, "--without-gossip", "--without-mingle", "-l", "WARNING"],
                cwd=PROJECT_ROOT, env=environment, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            yield Worker(root, broker, process)
        finally:
            # Cold: a task that a failed test left at work is not waited for.
            process.send_signal(signal.SIGQUIT)
            process.wait(timeout=60)
    shutil.rmtree(root)


@dataclass
class Mia:
    """A manager's program."""

    token: str

    def send(self, name: str, content: bytes) -> Job:
        """This function will send a file of items to be imported and return its job."""
        answer = Client().post(
            ADDRESS,
            {
                "kind": "items",
                "benchmark": "quiz",
                "language": "en",
                "files": [SimpleUploadedFile(name, content)],
            },
            headers={"Authorization": f"Bearer {self.token}", "Idempotency-Key": str(uuid4())},
        )
        assert answer.status_code == 202, answer.content
        return Job.objects.get(public_id=answer.json()["id"])

    def told(self, job: Job) -> dict[str, Any]:
        """This function will return what the API tells of an import."""
        answer = Client().get(f"{ADDRESS}{job.public_id}/", headers={"Authorization": f"Bearer {self.token}"})
        told: dict[str, Any] = answer.json()
        return told


@pytest.fixture
def mia(worker: Worker, cast: Cast) -> Mia:
    now = clock.now()
    _, token = make_token(
        contributor=cast.mia, name="t", scopes=[Scope.IMPORTS_READ, Scope.IMPORTS_WRITE],
        expires_at=now + timedelta(days=1), now=now,
    )  # fmt: skip
    return Mia(token)


def faults_of(hostile: Hostile, told: dict[str, Any], seconds: float) -> list[str]:
    """This function will return what is wrong with how a hostile file was met."""
    first = [told["error"]] if told["error"] else told["report"]["first"]
    faults = []
    if not first or any(not one["message"] or not one["cure"] for one in first):
        return [f"{hostile.name}: refused without a word or a cure: {told}"]
    words = f"{first[0]['message']}; {first[0]['cure']}"
    where = words if told["error"] else f"{first[0]['file']}:{first[0]['line']}"
    if hostile.name not in where:
        faults.append(f"does not name the file: {words}")
    if not any(part in words for part in hostile.said.split("|")):
        faults.append(f"says {words!r}, not {hostile.said!r}")
    if hostile.field is not None and first[0].get("field") != hostile.field:
        faults.append(f"names the field {first[0].get('field')!r}, not {hostile.field!r}")
    if told["counts"].get("created"):
        faults.append("imported something")
    if seconds > SECONDS:
        faults.append(f"took {seconds:.1f} s")
    return [f"{hostile.name}: {fault}" for fault in faults]


@pytest.mark.slow
def test_every_hostile_file_is_refused_in_time_and_the_same_worker_then_imports_a_sound_one(
    worker: Worker, mia: Mia
) -> None:
    # The first task waits for the worker to start.
    warming = mia.send("first.jsonl", b"{}\n")
    worker.work(warming)
    begun = worker.children()
    faults: list[str] = []
    slowest: dict[float, str] = {}
    for hostile in ALL:
        job = mia.send(hostile.name, hostile.make())
        seconds = worker.work(job)
        slowest[seconds] = hostile.name
        faults += faults_of(hostile, mia.told(job), seconds)
    print(f"{len(ALL)} files, {worker.peak() // 1024} MiB at most; the slowest:")
    print(*(f"{seconds:.1f} s {slowest[seconds]}" for seconds in sorted(slowest)[-5:]), sep="\n")
    assert faults == []
    assert not Item.objects.exists()
    assert not StagedRow.objects.exists()
    assert not Import.objects.filter(promoted_at=None, failed_at=None).exists()
    last = mia.send("sound.jsonl", SOUND)
    worker.work(last)
    assert mia.told(last)["counts"]["created"] == Item.objects.count() == 20
    assert worker.children() == begun
    assert worker.peak() <= MOST_MEMORY_KIB
    # The job has ended a moment before its files are removed.
    assert wait_for(lambda: not left_of(worker.root), alive=lambda: True, seconds=PATIENCE)


def left_of(root: Path) -> list[str]:
    """This function will return the uploads, and the copies of them, that are still there."""
    copies = [one.name for one in root.glob("isogloss-import-*")]
    return [*storages["uploads"].listdir("imports")[1], *copies]


def test_a_line_of_500_megabytes_is_given_up_quickly(tmp_path: Path) -> None:
    path = tmp_path / "line.jsonl"
    with path.open("wb") as stream:
        stream.write(b'{"q": "')
        stream.truncate(500 * 1024 * 1024)
    begun = time.monotonic()
    with pytest.raises(FileError, match=r"line\.jsonl:1: the line is longer than 67,108,864 bytes"):
        list(open_rows(path))
    assert time.monotonic() - begun < SECONDS


def test_parquet_with_bytes_changed_by_chance_ends_in_rows_or_in_words(tmp_path: Path) -> None:
    refused = 0
    for number, content in enumerate(flipped(8)):
        path = tmp_path / f"{number}.parquet"
        path.write_bytes(content)
        try:
            refused += any(isinstance(one, RowError) for one in open_rows(path))
        except FileError as error:
            assert error.cure
            refused += 1
    assert refused >= 3
