"""An import by the API whose worker is killed, at whatever point, ends as one clean import when it is sent again."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection

from common import jobs
from common.models import Job
from corpus.actions import uploads
from corpus.actions.imports import clear_dead_imports
from corpus.models import Import, Item, ItemVersion, ReportedRow, StagedRow
from tests.conftest import Cast
from tests.corpus.conftest import row
from tests.corpus.test_killed_imports import wait_for_locks

ROWS = 5000
KILLS = 4

# What a worker does with the task, telling where it is; whoever kills it is at the other end of the pipe.
SCRIPT = """
import json, sys
import django
django.setup()
from django.conf import settings
from django.db import connection
from django.dispatch import Signal
given = json.loads(sys.argv[1])
connection.settings_dict.update(given["database"])
settings.STORAGES = {**settings.STORAGES, "uploads": given["uploads"]}
from corpus import signals, tasks
from corpus.actions.upload_work import JobWatch
signals.versions_imported = Signal()
def telling(name):
    inner = getattr(JobWatch, name)
    def method(self, *arguments):
        inner(self, *arguments)
        print(name, flush=True)
    setattr(JobWatch, name, method)
for name in ("on_read", "on_promotion", "on_promoted"):
    telling(name)
print("begun", flush=True)
tasks.import_upload(int(sys.argv[2]))
"""


def start(job: Job, settings: Any) -> subprocess.Popen[str]:
    """This function will do the job in a process of its own, on this test's database and uploads."""
    names = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    database = {name: connection.settings_dict[name] for name in names}
    given = {"database": database, "uploads": settings.STORAGES["uploads"]}
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, json.dumps(given), str(job.pk)],
        stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "config.settings"},
    )  # fmt: skip


@pytest.mark.long
def test_an_upload_whose_worker_is_killed_at_4_points_ends_as_one_import(
    transactional_db: None, cast: Cast, now: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "enqueue", lambda *_: None)
    rows = [*(row(number) for number in range(ROWS)), row(ROWS, answer="Z")]
    content = "".join(json.dumps(one) + "\n" for one in rows).encode()
    options = {"kind": "items", "benchmark": "quiz", "language": "en", "item_type": "mcq"}
    sent = uploads.sent_file("rows.jsonl", ContentFile(content))
    job = uploads.request_import(
        options=options, files=[sent], workspace=cast.workspace, by=cast.mia, now=now
    )
    chance = random.Random(20261123)
    # Told lines: begun, five chunks, the promotion begins, the promotion is done but not committed.
    points = [1, chance.randint(2, 5), 7, 8]
    for lines in points[:KILLS]:
        process = start(job, settings)
        assert process.stdout is not None
        for _ in range(lines):
            assert process.stdout.readline(), "the import ended before it was to be killed"
        # Not after the last line: between it and the commit there is no telling which comes first.
        time.sleep(chance.uniform(0, 0.05) if lines < 8 else 0)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        wait_for_locks()
        job.refresh_from_db()
        done = Import.objects.filter(promoted_at__isnull=False).count()
        assert (job.finished_at is not None) == bool(done)
        assert Item.objects.count() == ItemVersion.objects.count() == ROWS * done
    assert jobs.resend_lost(now=now + timedelta(hours=1)) == (0 if job.finished_at else 1)
    for _ in range(2):
        assert start(job, settings).wait(timeout=120) == 0
    job.refresh_from_db()
    assert job.state == "finished"
    assert job.result["counts"]["created"] == Item.objects.count() == ItemVersion.objects.count() == ROWS
    assert Import.objects.filter(promoted_at__isnull=False, job=job).count() == 1
    assert [one.line for one in ReportedRow.objects.filter(job=job)] == [ROWS + 1]
    clear_dead_imports(now=now)
    assert not Import.objects.filter(promoted_at=None, failed_at=None).exists()
    assert not StagedRow.objects.exists()
    assert storages["uploads"].listdir(uploads.FOLDER)[1] == []
    assert not list(Path(os.environ.get("TMPDIR", "/tmp")).glob(f"isogloss-import-{job.public_id}"))
