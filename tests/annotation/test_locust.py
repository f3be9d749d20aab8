"""The load that a stranger can put on their own server."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from datetime import timedelta
from importlib.util import find_spec

import pytest

from annotation.models import Annotation
from common import clock
from people.scopes import Scope
from people.tokens import make_token
from tests.served import PROJECT_ROOT, gunicorn

if find_spec("locust") is None:
    pytest.skip("LOCUST IS NOT INSTALLED: `make install-dev` brings it", allow_module_level=True)


def locust(folder, host, **environment):
    # In a process of its own: it patches sockets and threads as it is imported.
    return subprocess.run(
        [sys.executable, "-m", "locust", "-f", "bench/locustfile.py", "--headless", "--host", host, "-u", "2",
         "-r", "2", "-t", "60s", "--only-summary", "--csv", str(folder / "load")],
        cwd=PROJECT_ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=180,
    )  # fmt: skip


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_simulated_people_work_until_nothing_is_left(campaign, cast, tmp_path):
    now = clock.now()
    tokens = tmp_path / "tokens.txt"
    tokens.write_text(
        "\n".join(
            make_token(
                contributor=person, name="load", scopes=[Scope.WORK_WRITE],
                expires_at=now + timedelta(hours=1), now=now,
            )[1]
            for person in (cast.ana, cast.ben)
        )
    )  # fmt: skip
    with gunicorn(tmp_path / "site") as port:
        ended = locust(
            tmp_path, f"http://127.0.0.1:{port}", ISOGLOSS_TOKENS=str(tokens), ISOGLOSS_CAMPAIGN="mini",
            ISOGLOSS_QUEUES="sensitivity:en", ISOGLOSS_PAUSE="0.1",
        )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    rows = {row["Name"]: row for row in csv.DictReader((tmp_path / "load_stats.csv").open())}
    assert int(rows["submission of sensitivity"]["Request Count"]) == Annotation.objects.count() == 8
    assert rows["Aggregated"]["Failure Count"] == "0"


def test_what_is_missing_is_named(tmp_path):
    ended = locust(
        tmp_path, "http://127.0.0.1:9", ISOGLOSS_TOKENS="", ISOGLOSS_CAMPAIGN="", ISOGLOSS_QUEUES=""
    )
    assert ended.returncode != 0
    assert "ISOGLOSS_TOKENS" in ended.stdout + ended.stderr
