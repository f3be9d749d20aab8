"""A release survives whatever happens to the machine that makes it: once or not at all, and byte for byte."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import storages
from django.db import connection

from annotation.models import Campaign
from common import jobs
from common.models import Job
from config.storages import Folder
from exports.models import Release, ReleaseFile, ReleaseRow
from exports.orders import order_files, order_release
from exports.publishing import publish_files, publish_release
from tests.exports.conftest import Work

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parents[2]
# A worker that stops for ever before the step that is named, so that it can be killed there.
STOP_AND_WORK = """
import sys, time, django
django.setup()
from django.conf import settings
from common import clock
from exports import publishing, storing
job, folder, module, name, number = sys.argv[1:]
settings.STORAGES["releases"]["OPTIONS"]["location"] = folder
module = {"publishing": publishing, "storing": storing}[module]
real, calls = getattr(module, name), []
def stop(*args, **kwargs):
    calls.append(1)
    if len(calls) == int(number):
        print("there", flush=True)
        time.sleep(120)
    return real(*args, **kwargs)
setattr(module, name, stop)
publishing.publish_release(int(job), now=clock.now())
"""


def ordered(campaign: Campaign, cast: Any, work: Work) -> Job:
    return order_release(
        campaign=campaign,
        version="1.0",
        formats=["jsonl", "csv"],
        allow_open=False,
        by=cast.mia,
        now=work.later(),
    )


def kill_worker(job: Job, module: str, name: str, number: int) -> None:
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = {
        **os.environ,
        "DATABASE_URL": address.geturl(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    folder = storages["releases"].location
    command = [sys.executable, "-c", STOP_AND_WORK, str(job.pk), folder, module, name, str(number)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as process:
        assert process.stdout is not None
        assert any(line == "there\n" for line in process.stdout)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=20)


def kept() -> dict[str, bytes]:
    folder = Path(storages["releases"].location)
    release = Release.objects.get()
    return {
        file.path: (folder / str(release.public_id) / file.sha256).read_bytes()
        for file in ReleaseFile.objects.filter(release=release)
    }


def left_here(job: Job) -> list[Path]:
    folders = Path(gettempdir()).glob(f"*{job.public_id}*")
    return [path for folder in folders for path in (folder, *folder.rglob("*"))]


@pytest.mark.parametrize(
    ("module", "name", "number"),
    [
        ("publishing", "make_release", 1),
        ("publishing", "tables_of", 1),
        ("storing", "keep", 4),
        ("publishing", "record_files", 1),
    ],
    ids=["before the rows", "after the rows", "between files", "before the record"],
)
def test_a_worker_killed_leaves_nothing_half_and_the_next_one_ends_the_work(
    campaign: Campaign, cast: Any, work: Work, module: str, name: str, number: int
) -> None:
    job = ordered(campaign, cast, work)
    kill_worker(job, module, name, number)
    assert not ReleaseFile.objects.exists()
    assert left_here(job)
    assert Release.objects.count() == int(name != "make_release")
    publish_release(job.pk, now=work.later())
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("finished", 2)
    assert Release.objects.count() == 1
    assert len(kept()) == 13
    assert not left_here(job)


def test_what_a_killed_worker_left_goes_with_a_job_that_is_given_up(
    campaign: Campaign, cast: Any, work: Work
) -> None:
    job = ordered(campaign, cast, work)
    kill_worker(job, "storing", "keep", 1)
    assert any(path.is_file() for path in left_here(job))
    Job.objects.filter(pk=job.pk).update(attempts=jobs.MOST_ATTEMPTS)
    publish_release(job.pk, now=work.later())
    job.refresh_from_db()
    assert (job.error["code"], left_here(job)) == ("gave_up", [])


def test_two_workers_at_once_make_one_release(campaign: Campaign, cast: Any, work: Work) -> None:
    job = ordered(campaign, cast, work)
    now = work.later()

    def run() -> None:
        try:
            publish_release(job.pk, now=now)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("finished", 1)
    assert Release.objects.count() == 1


def test_a_full_disk_says_so_and_the_files_come_out_the_same_afterwards(
    campaign: Campaign, cast: Any, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Folder._save
    saved = []

    def full(self: Folder, name: str, content: Any) -> str:
        saved.append(name)
        if len(saved) > 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, name, content)

    job = ordered(campaign, cast, work)
    with monkeypatch.context() as patched:
        patched.setattr(Folder, "_save", full)
        publish_release(job.pk, now=work.later())
    job.refresh_from_db()
    assert job.error["code"] == "storage_full"
    assert "Free space" in job.error["cure"]
    assert not ReleaseFile.objects.exists()
    release = Release.objects.get()
    for _ in range(2):
        again = order_files(release=release, formats=["jsonl", "csv"], by=cast.mia, now=work.later())
        publish_files(again.pk, now=work.later())
        again.refresh_from_db()
        assert again.error is None
    assert len(kept()) == 13


def test_a_disk_that_fills_while_files_are_written_makes_no_file(
    campaign: Campaign, cast: Any, work: Work
) -> None:
    """/dev/full answers every write as a full disk does."""
    job = ordered(campaign, cast, work)
    from exports.formats import tables

    real = tables.LineWriter.__init__
    try:
        tables.LineWriter.__init__ = lambda self, path, head, lines: real(
            self, Path("/dev/full"), head, lines
        )  # type: ignore[method-assign]
        publish_release(job.pk, now=work.later())
    finally:
        tables.LineWriter.__init__ = real  # type: ignore[method-assign]
    job.refresh_from_db()
    assert job.error["code"] == "storage_full"
    assert not ReleaseFile.objects.exists()


def test_a_release_that_is_refused_leaves_no_row(campaign: Campaign, cast: Any, work: Work) -> None:
    work.verify(1, cast.ben, "reject")
    job = ordered(campaign, cast, work)
    publish_release(job.pk, now=work.later())
    job.refresh_from_db()
    assert job.error["code"] == "open_rejects"
    assert not ReleaseRow.objects.exists()
