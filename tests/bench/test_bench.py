"""Every line of `make bench` can be measured, and nothing of it stays behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from bench.gauges import median, percentile
from bench.importing import write_rows
from bench.scratch import Scratch
from bench.states import judge, make_state, settle
from corpus.item_types import digest
from corpus.models import ItemVersion, TranslationVersion

ROOT = Path(__file__).resolve().parents[2]
LINES = {
    "import": ("items", "translations"),
    "release": ("made from the tables", "parquet", "jsonl", "csv", "all files"),
    "pages": ("home", "review queue", "campaigns", "a campaign", "checks", "a pass", "findings", "releases"),
    "serving": ("pairs/s, the engine alone",),
    "pairs": ("bare psycopg", "2 people", "Label Studio", "at the start", "of their own"),
}


def databases_left() -> list[str]:
    address = Scratch(os.environ["DATABASE_URL"], "").url("postgres")
    with psycopg.connect(address) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'isogloss_bench_%'")
        return [row[0] for row in rows.fetchall()]


@pytest.mark.long
def test_every_measurement_runs_with_a_few_rows_and_removes_its_databases():
    if not {"DATABASE_URL", "BROKER_URL"} <= os.environ.keys():
        pytest.skip("needs a server of its own: python -m launcher exec -- …")
    before = databases_left()
    done = subprocess.run(
        [sys.executable, "-m", "bench", *LINES, "--tiny"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for name, wanted in LINES.items():
        lines = [line for line in done.stdout.splitlines() if line.startswith(f"{name}:")]
        assert [text for text in wanted if not any(text in line for line in lines)] == []
    assert databases_left() == before


def test_a_name_that_is_no_measurement_is_refused():
    done = subprocess.run(
        [sys.executable, "-m", "bench", "speed"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "speed: no such measurement" in done.stderr


def test_generated_rows_are_the_same_bytes_every_time(tmp_path):
    first, second = (write_rows(tmp_path / name, 30).read_bytes() for name in ("a.jsonl", "b.jsonl"))
    assert first == second
    assert len(first.splitlines()) == 30


@pytest.mark.django_db(transaction=True)
def test_generated_states_satisfy_every_constraint_and_trigger():
    state = make_state(items=12, languages=2, people=3, overlap=2, sensitivity=1)
    assert judge(state, share=0.5) > 0
    assert judge(state, share=1, by=state.annotators[0], most=5) <= 5
    assert settle(state, every=3) > 0
    for version in ItemVersion.objects.all():
        assert bytes(version.sha256) == digest(version.fields, version.attributes)
    for version in TranslationVersion.objects.all():
        assert bytes(version.sha256) == digest(version.fields, {})


def test_a_percentile_is_a_value_that_so_many_do_not_exceed():
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert median(values) == 3.0
    assert (percentile(values, 0.95), percentile(values, 0.2), percentile([7.0], 0.99)) == (5.0, 1.0, 7.0)
