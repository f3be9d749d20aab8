"""The published rows with their votes: imported, released again, and the same in all 17 columns."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from annotation.actions.campaigns import Plan, Selection, add_member, open_campaign
from annotation.actions.submissions import Handed, submit_sensitivity
from annotation.labels import SensitivityAnswers, SensitivitySpan
from annotation.models import Slot
from corpus.models import Benchmark
from exports.models import ReleaseRow
from tests.exports.test_render import contents

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROOT = Path(__file__).parents[2]
TEST_FILE = Path("en") / "test-00000-of-00001.parquet"
RENDER_AND_STOP_BEFORE_THE_CARD = """
import sys, time
import django
django.setup()
from django.core.management import call_command
from exports.formats import render
def wait(info, files):
    print("rendering", flush=True)
    time.sleep(60)
render.render_card = wait
call_command("make_release", "again", "1.0", output=sys.argv[1])
"""


def published(shared_data: Path) -> list[dict[str, Any]]:
    text = (shared_data / "global-mmlu-test-1000" / "en.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def bring_in(rows: list[dict[str, Any]], folder: Path, now: datetime, sample: str) -> None:
    """Imports the rows and opens a campaign in the source language alone, with work on one item."""
    file = folder / "published.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    call_command("import_annotations", str(file), benchmark="again", licence="Apache-2.0", verbosity=0)
    benchmark = Benchmark.objects.get(slug="again")
    plan = Plan(slug="again", benchmark=benchmark, languages={"en": None}, selection=Selection(ids=[sample]))
    open_campaign(plan=plan, by=None, now=now)


def release(folder: Path, version: str = "1.0") -> list[dict[str, Any]]:
    target = folder / f"release-{version}"
    call_command("make_release", "again", version, output=str(target), verbosity=0)
    rows: list[dict[str, Any]] = pq.read_table(target / TEST_FILE).to_pylist()
    return rows


def test_all_rows_come_out_as_they_went_in(
    shared_data: Path, tmp_path: Path, now: datetime, db: None
) -> None:
    rows = published(shared_data)
    bring_in(rows, tmp_path, now, rows[0]["sample_id"])
    again = release(tmp_path)
    assert len(again) == len(rows) == 1000
    assert sum(list(a.items()) == list(b.items()) for a, b in zip(again, rows, strict=True)) == 1000


def test_labels_are_found_again_where_column_16_was_blank(
    shared_data: Path, tmp_path: Path, now: datetime, db: None
) -> None:
    rows = published(shared_data)
    blanked = [{**row, "cultural_sensitivity_label": ""} for row in rows]
    bring_in(blanked, tmp_path, now, rows[0]["sample_id"])
    again = release(tmp_path)
    annotated = [row for row in rows if row["is_annotated"]]
    found = {row["sample_id"]: row["cultural_sensitivity_label"] for row in again}
    assert len(annotated) == 352
    assert sum(found[row["sample_id"]] == row["cultural_sensitivity_label"] for row in annotated) == 352
    assert again == rows


def test_one_judgement_of_ours_changes_its_row_alone_and_only_columns_10_to_16(
    shared_data: Path, tmp_path: Path, now: datetime, cast: Any
) -> None:
    rows = published(shared_data)
    # Four voters, one for cultural: a second cultural vote makes 2 of 5, which is still not half.
    before = next(row for row in rows if row["required_knowledge"].count("'none'") == 3 ==
                  row["required_knowledge"].count(",") and "'cultural'" in row["required_knowledge"])  # fmt: skip
    bring_in(rows, tmp_path, now, before["sample_id"])
    judge(cast.ana, now)
    again = {row["sample_id"]: row for row in release(tmp_path)}
    assert [row["sample_id"] for row in rows if again[row["sample_id"]] != row] == [before["sample_id"]]
    after = again[before["sample_id"]]
    first_word = before["question"].split(" ")[0]
    added = {
        "required_knowledge": "'cultural'",
        "time_sensitive": "'Yes'",
        "reference": f"{{'end': {len(first_word)}, 'label': 'Cultural', 'score': None, 'start': 0}}",
        "culture": "'Western Culture'",
        "region": "'Europe'",
    }
    for column, entry in added.items():
        assert after[column] == f"{before[column][:-1]}, {entry}]".replace("[, ", "[")
    assert after["country"] == before["country"]
    assert (before["cultural_sensitivity_label"], after["cultural_sensitivity_label"]) == ("CA", "CA")


def judge(by: Any, now: datetime) -> None:
    slot = Slot.objects.filter(kind="sensitivity").order_by("number")[0]
    add_member(campaign=slot.campaign, contributor=by, language="en", standing="community", by=None, now=now)
    slot.contributor, slot.claimed_at, slot.lease_until = by, now, now
    slot.save()
    version = slot.task.item.current_version
    word = version.fields["question"].split(" ")[0]
    answers = SensitivityAnswers(
        tags=("cultural",),
        spans=(SensitivitySpan(start=0, end=len(word), label="Cultural", quote=word),),
        culture="Western Culture",
        region="Europe",
        time_sensitive=True,
    )
    handed = Handed(uuid4(), version.number)
    submit_sensitivity(slot=slot, answers=answers, note="", handed=handed, by=by, now=now)


def test_a_release_renders_twice_to_the_same_bytes(
    shared_data: Path, tmp_path: Path, now: datetime, db: None
) -> None:
    rows = published(shared_data)[:50]
    bring_in(rows, tmp_path, now, rows[0]["sample_id"])
    for name in ("one", "two"):
        call_command(
            "make_release", "again", "1.0", output=str(tmp_path / name), formats=["csv"], verbosity=0
        )
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_killed_while_rendering_leaves_nothing_in_sight_and_the_next_run_gives_the_same_bytes(
    shared_data: Path, tmp_path: Path, now: datetime, db: None
) -> None:
    rows = published(shared_data)[:50]
    bring_in(rows, tmp_path, now, rows[0]["sample_id"])
    call_command("make_release", "again", "1.0", output=str(tmp_path / "whole"), verbosity=0)
    killed = tmp_path / "killed" / "release"
    kill_before_the_card(killed)
    assert not killed.exists()
    call_command("make_release", "again", "1.0", output=str(killed), verbosity=0)
    assert contents(killed) == contents(tmp_path / "whole")
    assert [path.name for path in killed.parent.iterdir()] == ["release"]


def kill_before_the_card(target: Path) -> None:
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = {
        **os.environ,
        "DATABASE_URL": address.geturl(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "-c", RENDER_AND_STOP_BEFORE_THE_CARD, str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert "rendering\n" in lines
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=20)


def test_a_folder_with_something_else_is_refused_before_any_row_is_written(
    shared_data: Path, tmp_path: Path, now: datetime, db: None
) -> None:
    rows = published(shared_data)[:5]
    bring_in(rows, tmp_path, now, rows[0]["sample_id"])
    with pytest.raises(CommandError, match="holds something else"):
        call_command("make_release", "again", "1.0", output=str(tmp_path), verbosity=0)
    assert not ReleaseRow.objects.exists()


def test_an_unknown_campaign_is_refused_with_those_there_are(
    shared_data: Path, tmp_path: Path, now: datetime, db: None
) -> None:
    rows = published(shared_data)[:5]
    bring_in(rows, tmp_path, now, rows[0]["sample_id"])
    with pytest.raises(CommandError, match=r"no campaign 'agian'\. There are: again\."):
        call_command("make_release", "agian", "1.0", output=str(tmp_path / "release"))
