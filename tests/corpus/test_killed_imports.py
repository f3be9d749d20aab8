"""An import that is killed, at whatever point, leaves nothing half done; run again, it ends exact."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from common.jobs import LOCK_CLASS
from corpus.models import Import, Item, ItemVersion, StagedRow
from tests.corpus.conftest import row

ROWS = 14_042
# One line is printed a thousand rows, and one when the promotion begins.
LINES = ROWS // 1000 + 2

SCRIPT = """
import json, sys
import django
django.setup()
from django.db import connection
from django.dispatch import Signal
from corpus import signals
connection.settings_dict.update(json.loads(sys.argv[1]))
signals.versions_imported = Signal()
from django.core.management import call_command
call_command("import_items", sys.argv[2], "--benchmark", "quiz", "--language", "en")
"""


def start(path: Path) -> subprocess.Popen[str]:
    """This function will start the command in a process of its own, on this test's database."""
    settings = {name: connection.settings_dict[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, json.dumps(settings), str(path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "config.settings"},
    )


def kill_after(process: subprocess.Popen[str], lines: int, seconds: float) -> None:
    """This function will kill the process that long after it has printed so many lines, and wait for its end."""
    assert process.stdout is not None
    for _ in range(lines):
        assert process.stdout.readline(), "the import ended before it was to be killed"
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    wait_for_locks()


def wait_for_locks() -> None:
    """This function will wait until PostgreSQL has noticed that the killed process is gone."""
    for _ in range(1200):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database "
                "WHERE locktype = 'advisory' AND classid IN (%s, %s) AND datname = current_database()",
                [0x15060, LOCK_CLASS],
            )
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.05)
    raise AssertionError("the server still holds the lock of a process that is gone")


@pytest.mark.slow
@pytest.mark.parametrize("kills", [2, pytest.param(10, marks=pytest.mark.long)])
def test_an_import_of_14042_rows_killed_at_random_points_ends_exact(
    transactional_db: None, tmp_path: Path, kills: int
) -> None:
    path = tmp_path / "rows.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(row(number)) + "\n" for number in range(ROWS))
    chance = random.Random(20261123)
    # the last kill falls into the promotion, the others anywhere before it
    points = [chance.randint(1, LINES - 1) for _ in range(kills - 1)] + [LINES]
    for lines in points:
        kill_after(start(path), lines, chance.uniform(0, 0.08))
        promoted = Import.objects.filter(promoted_at__isnull=False).count()
        assert Item.objects.count() == ROWS * promoted
        assert ItemVersion.objects.count() == ROWS * promoted
        assert StagedRow.objects.exists() or promoted
    last = start(path)
    output, _ = last.communicate(timeout=120)
    assert last.returncode == 0, output
    assert Item.objects.count() == ItemVersion.objects.count() == ROWS
    assert Item.objects.filter(current_version__number=1).values("external_id").distinct().count() == ROWS
    imports = Import.objects.order_by("pk")
    assert imports.count() == kills + 1
    assert sum(done.counts["created"] for done in imports.filter(promoted_at__isnull=False)) == ROWS
    assert not imports.filter(promoted_at=None, failed_at=None).exists()
    assert not StagedRow.objects.exists()
