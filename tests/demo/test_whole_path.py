"""From the files of the sample to a release that holds what the cast said, by the command alone."""

from __future__ import annotations

import json
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import override_settings

from annotation.labels import VerificationAnswer
from annotation.models import Campaign
from corpus.votes import parse_votes
from demo import script
from demo.errors import SampleError
from demo.queries import free_slug
from exports.errors import OpenRejectsError
from exports.models import Release
from exports.queries import lines_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
EXCLUDED = ("fr", "miscellaneous/test/4")


class Ran:
    """A run of the command: what it printed, and the folder it names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        printed = StringIO()
        call_command("demo", output=folder, stdout=printed)
        self.printed = printed.getvalue()

    def rows(self, config: str) -> dict[str, dict[str, Any]]:
        tables = [pq.read_table(path) for path in sorted((self.folder / config).glob("*.parquet"))]
        return {row["sample_id"]: row for table in tables for row in table.to_pylist()}


@pytest.fixture(scope="module", autouse=True)
def ran(committed: None, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return Ran(tmp_path_factory.mktemp("demo") / "release")


def texts_of(row: dict[str, Any]) -> dict[str, str]:
    return {name: row[name] for name in script.FIELDS}


def said_by(person: str, language: str, sample_id: str) -> dict[str, str]:
    """The whole text that somebody of the cast stands behind."""
    judgement = script.for_task(
        person=person, kind=script.VERIFICATION, language=language, sample_id=sample_id
    )
    assert isinstance(judgement.answer, VerificationAnswer)
    return dict(judgement.answer.fields or script.machine_fields(language, sample_id))


def expected_texts(language: str, sample_id: str) -> dict[str, str]:
    settled = script.settlement_for(language, sample_id)
    return dict(settled.fields) or said_by(settled.picked, language, sample_id)


def test_every_row_of_every_language_is_released_but_the_one_excluded(ran: Ran) -> None:
    for language in ("en", *script.LANGUAGES):
        excluded = {EXCLUDED[1]} if language == EXCLUDED[0] else set()
        assert set(ran.rows(language)) == set(script.sample_ids()) - excluded


def test_no_row_is_open_or_unverified() -> None:
    release = Release.objects.get(campaign__slug="demo")
    lines = lines_of(release)
    assert sum(line.rows for line in lines) == 48 * 8 - 1
    assert {(line.unverified, line.open) for line in lines} == {(0, 0)}
    assert sum(line.settled + line.verified for line in lines) == 48 * 7 - 1


@pytest.mark.parametrize("language", script.LANGUAGES)
def test_every_released_text_is_what_the_cast_said_and_settled(ran: Ran, language: str) -> None:
    for sample_id, row in ran.rows(language).items():
        assert texts_of(row) == expected_texts(language, sample_id), sample_id


def test_a_post_edit_and_a_text_that_rui_wrote_are_in_the_arabic_split(ran: Ran) -> None:
    arabic = ran.rows("ar")
    edited = said_by("Ana", "ar", "jurisprudence/test/1")
    assert texts_of(arabic["jurisprudence/test/1"]) == edited
    assert edited != script.machine_fields("ar", "jurisprudence/test/1")
    written = script.right_fields("ar", "nutrition/test/0")
    assert texts_of(arabic["nutrition/test/0"]) == written
    assert written != script.machine_fields("ar", "nutrition/test/0")


def test_an_item_is_sensitive_where_at_least_half_of_its_voters_name_the_same_tag(ran: Ran) -> None:
    votes = {}
    for line in (script.DATA / "votes.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        votes[row["sample_id"]] = list(parse_votes(row).required_knowledge)
    for sample_id, row in ran.rows("en").items():
        published = votes.get(sample_id, [])
        said = Counter(published)
        voters = len(published)
        for person in script.judges(script.SENSITIVITY, "en"):
            answer: Any = script.for_task(
                person=person, kind=script.SENSITIVITY, language="en", sample_id=sample_id
            ).answer
            voters += not answer.not_sure
            said.update(answer.tags)
        sensitive = any(said[tag] * 2 >= voters for tag in ("cultural", "regional", "dialect"))
        assert row["cultural_sensitivity_label"] == ("CS" if sensitive else "CA"), sample_id


def test_labels_are_the_same_in_every_language(ran: Ran) -> None:
    english = {key: row["cultural_sensitivity_label"] for key, row in ran.rows("en").items()}
    for language in script.LANGUAGES:
        for key, row in ran.rows(language).items():
            assert row["cultural_sensitivity_label"] == english[key]


def test_the_command_tells_its_steps_the_figures_and_the_folder(ran: Ran) -> None:
    for told in (
        "1. Import",
        "100 %",
        "6. Release 1.0",
        str(ran.folder),
        "load_dataset",
        "Left out: miscella",
    ):
        assert told in ran.printed


def test_the_next_run_opens_a_campaign_beside_it() -> None:
    assert free_slug("demo") == "demo-2"


def test_a_folder_with_something_else_in_it_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("Chapter 1")
    with pytest.raises(CommandError, match="holds something else"):
        call_command("demo", output=tmp_path)
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize("error", [SampleError("Off."), OpenRejectsError("Off.")])
def test_the_command_fails_when_something_is_off(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def run(**_: object) -> None:
        raise error

    monkeypatch.setattr("demo.management.commands.demo.run_whole_path", run)
    with pytest.raises(CommandError, match="Off"):
        call_command("demo")


def test_outside_debug_the_command_does_nothing() -> None:
    with override_settings(DEBUG=False), pytest.raises(CommandError, match="DEBUG is off"):
        call_command("demo")
    assert Campaign.objects.count() == 1
