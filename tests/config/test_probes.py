"""What those who look after the site ask it: alive, ready, figures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from config import metrics, readiness

PROJECT_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _asked_anew() -> None:
    metrics.ROWS.forget()


@pytest.fixture
def probe() -> Client:
    return Client(HTTP_HOST="10.0.0.7:8000")


@pytest.mark.django_db
def test_a_living_process_says_so_without_touching_anything(probe, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        answer = probe.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "Set-Cookie" not in answer.headers


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker is a matter of its own below; here nothing listens where the settings say."""
    monkeypatch.setitem(readiness.PARTS, "broker", lambda: readiness.OK)


@pytest.mark.django_db
def test_a_site_is_ready_when_every_part_answers(probe, broker) -> None:
    answer = probe.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready", "database": "ok", "migrations": "ok", "broker": "ok", "storage": "ok",
    }  # fmt: skip


@pytest.mark.django_db
def test_without_a_broker_the_site_is_degraded_and_still_ready(probe, settings) -> None:
    settings.CELERY_BROKER_URL = "redis://:a-secret@127.0.0.1:1/0"
    answer = probe.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["broker"] == "does not answer (ConnectionError)"
    assert b"a-secret" not in answer.content


@pytest.mark.django_db
def test_a_table_that_is_not_up_to_date_makes_the_site_unready(probe, broker) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'exports'")
    answer = probe.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"].endswith("not applied: run manage.py migrate")


@pytest.mark.django_db
def test_a_storage_that_takes_no_files_makes_the_site_unready(probe, broker, settings, tmp_path) -> None:
    (tmp_path / "a-file").touch()
    full = {"BACKEND": "config.storages.Folder", "OPTIONS": {"location": str(tmp_path / "a-file")}}
    settings.STORAGES = {**settings.STORAGES, "releases": full}
    answer = probe.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["storage"] == "releases cannot be written (NotADirectoryError)"


def test_a_database_that_does_not_answer_makes_the_site_unready_and_is_not_named() -> None:
    ask = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "answer = Client().get('/readyz'); print(answer.status_code, answer.content.decode())"
    )
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "ALLOWED_HOSTS": "testserver",
        "DATABASE_URL": "postgresql://isogloss:a-secret@127.0.0.1:1/nowhere", "DATA_DIR": "/tmp/nowhere",
        "BROKER_URL": "redis://127.0.0.1:1/0",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    status, said = done.stdout.split(" ", 1)
    assert status == "503"
    assert json.loads(said)["database"] == "does not answer (OperationalError)"
    assert "a-secret" not in done.stdout
    assert "127.0.0.1" not in done.stdout


def scrape(client: Client, **headers: str):
    return client.get("/metrics", headers=headers)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("203.0.113.9", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("203.0.113.9", {"Authorization": "Bearer the-token"}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "198.51.100.1", "Authorization": "Bearer the-token"}, 200),
        ("127.0.0.1", {"Authorization": "Bearer another"}, 404),
        ("", {}, 404),
    ],
    ids=["this machine", "this machine by IPv6", "elsewhere", "through a proxy on this machine", "the token",
         "the token through a proxy", "a wrong token", "no address"],
)  # fmt: skip
def test_figures_are_for_this_machine_and_for_whoever_has_the_token(
    settings, address, headers, status
) -> None:
    settings.METRICS_TOKEN = "the-token"
    assert scrape(Client(REMOTE_ADDR=address), **headers).status_code == status


@pytest.mark.django_db
def test_no_token_is_as_good_as_none(settings) -> None:
    settings.METRICS_TOKEN = ""
    assert scrape(Client(REMOTE_ADDR="203.0.113.9"), Authorization="Bearer ").status_code == 404


def value(text: str, series: str) -> float:
    return float(next(line for line in text.splitlines() if line.startswith(f"{series} ")).split()[-1])


@pytest.mark.django_db
def test_figures_are_those_of_the_rows(cast, now) -> None:
    from annotation.actions.campaigns import Plan, add_member, open_campaign
    from annotation.actions.claims import claim
    from annotation.models import Slot
    from common import clock
    from common.jobs import request
    from common.models import Job
    from tests.factories import mini_benchmark

    plan = Plan(slug="mini", benchmark=mini_benchmark(cast.workspace, now), languages={"de": None})
    campaign = open_campaign(plan=plan, by=cast.mia, now=now)
    for person in (cast.ana, cast.ben):
        add_member(
            campaign=campaign,
            contributor=person,
            language="de",
            standing="professional",
            by=cast.mia,
            now=now,
        )
        claim(campaign=campaign, kind="verification", language="de", by=person, now=clock.now())
    Slot.objects.filter(contributor=cast.ben).update(lease_until=now)
    asked = request(task="exports.render", workspace=cast.workspace, arguments={}, by=None, now=clock.now())
    broken = request(task="corpus.import", workspace=cast.workspace, arguments={}, by=None, now=now)
    Job.objects.filter(pk=broken.pk).update(failed_at=now, error={"code": "x"})

    text = scrape(Client()).content.decode()

    assert value(text, 'isogloss_jobs_waiting{task="exports.render"}') == 1
    assert value(text, 'isogloss_jobs_failed{task="corpus.import"}') == 1
    assert value(text, 'isogloss_slots{state="claimed"}') == 1
    assert value(text, 'isogloss_slots{state="expired"}') == 1
    assert value(text, "isogloss_judgements") == 0
    assert (
        0
        <= value(text, "isogloss_oldest_job_seconds")
        < (clock.now() - asked.requested_at).total_seconds() + 1
    )


@pytest.mark.django_db
def test_requests_are_counted_by_pattern_and_never_by_address(client) -> None:
    client.get("/releases/somebody-s-campaign/1.0/")
    client.get("/nowhere-at-all/")
    text = scrape(client).content.decode()
    assert 'isogloss_request_seconds_count{method="GET",route="",status="4xx"}' in text
    assert "somebody-s-campaign" not in text
    assert "nowhere-at-all" not in text


COUNT = (
    "import os, sys; from config import metrics\n"
    "metrics.task('a.task', 'success', .1); print(metrics.PLACE(), flush=True); sys.stdin.read()"
)


def test_processes_count_together_and_a_successor_goes_on_with_the_figures(tmp_path) -> None:
    def counting(tree: str) -> subprocess.Popen:
        environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / tree)}
        return subprocess.Popen(
            [sys.executable, "-c", COUNT], cwd=PROJECT_ROOT, env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    first = counting("web")
    assert first.stdout.readline() == "0\n"
    beside, other = counting("web"), counting("checks")
    assert (beside.stdout.readline(), other.stdout.readline()) == ("1\n", "0\n")
    first.communicate("")
    successor = counting("web")
    assert successor.stdout.readline() == "0\n"
    for process in (beside, other, successor):
        process.communicate("")

    families = {family.name: family for family in metrics.Files(tmp_path / "web").collect()}
    samples = families["isogloss_task_seconds"].samples
    assert [sample.value for sample in samples if sample.name.endswith("_count")] == [4.0]
    assert len(list(tmp_path.glob("*/*.db"))) == 3
