"""The real files in PostgreSQL: exact rows, warnings and refusals, and votes that come out as published."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from pathlib import Path

import pytest

from corpus.actions.requests import Outcome
from corpus.formats import RawRow, open_rows
from corpus.models import Import, Item, PublishedVotes, Translation
from corpus.votes import COLUMNS, Votes, render_votes
from tests.corpus.conftest import Heard, RunImport

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TRANSLATIONS = Import.Kind.TRANSLATIONS
NONE: dict[str, int] = {}


def created(rows: int) -> dict[str, int]:
    return {"read": rows, "created": rows}


def counts(outcome: Outcome) -> dict[str, int]:
    """This function will return the counts that are not zero."""
    return {name: count for name, count in outcome.counts.items() if count}


def test_english_arabic_and_african_files(shared_data: Path, import_rows: RunImport, heard: Heard) -> None:
    english = shared_data / "mmlu-en/en.test.jsonl.gz"
    outcome = import_rows([english])
    assert counts(outcome) == created(14_042)
    assert outcome.warnings == {"equal-options": 9, "control-character": 80, "edge-whitespace": 1_003}
    assert counts(import_rows([english], replace=True)) == {"read": 14_042, "unchanged": 14_042}

    # the dev split's items come from its own English file; until then, all of it is unknown
    arabic = [shared_data / f"mmlu-ar/ar.{split}.jsonl.gz" for split in ("test", "dev")]
    given = {"kind": TRANSLATIONS, "language": "ar", "system": "gpt-3.5", "origin": "machine"}
    assert counts(import_rows(arabic[1:], **given)) == {"read": 285, "refused": 285}
    assert counts(import_rows([shared_data / "global-mmlu-dev/en.dev.jsonl.gz"])) == created(285)
    outcome = import_rows(arabic, **given)
    assert counts(outcome) == created(14_042 + 285)
    assert outcome.warnings == {"equal-options": 28, "control-character": 5}
    assert counts(import_rows(arabic, **given)) == {"read": 14_327, "unchanged": 14_327}

    warned: Counter[str] = Counter()
    for path in sorted((shared_data / "mmlu-african").glob("*.jsonl.gz")):
        language, kind = path.name.split(".")[:2]
        origin = {"human": "human", "mt": "machine", "bt": "back-translation"}[kind]
        tag = "en" if kind == "bt" else language
        outcome = import_rows(
            [path], kind=TRANSLATIONS, language=tag, system=f"{language} {kind}", origin=origin
        )
        assert counts(outcome) == created(604), path.name
        warned.update(outcome.warnings)
    assert warned == {"equal-options": 98, "edge-whitespace": 350}
    assert Translation.objects.count() == 14_327 + 15 * 604
    assert len(heard.refused) == 285


def test_the_dev_split_in_42_languages(shared_data: Path, import_rows: RunImport, heard: Heard) -> None:
    folder = shared_data / "global-mmlu-dev"
    assert counts(import_rows([folder / "en.dev.jsonl.gz"])) == created(285)
    paths = [path for path in sorted(folder.glob("*.dev.jsonl.gz")) if not path.name.startswith("en.")]
    for path in paths:
        name = path.name.partition(".")[0]
        tag = "zh-Hans" if name == "zh" else name
        outcome = import_rows([path], kind=TRANSLATIONS, language=tag, system="published", origin="machine")
        assert counts(outcome) == created(285), name
    assert (len(paths), Item.objects.count(), Translation.objects.count()) == (41, 285, 41 * 285)
    assert heard.refused == []


def test_published_votes_and_three_german_systems(
    shared_data: Path, import_rows: RunImport, heard: Heard
) -> None:
    path = shared_data / "global-mmlu-test-1000/en.jsonl"
    assert counts(import_rows([path], kind=Import.Kind.ANNOTATIONS)) == {**created(1000), "votes": 1000}
    kept = {votes.item.external_id: votes for votes in PublishedVotes.objects.select_related("item")}
    names = [field.name for field in fields(Votes)]
    for row in open_rows(path):
        assert isinstance(row, RawRow)
        votes = kept[str(row.values["sample_id"])]
        rendered = render_votes(Votes(**{name: getattr(votes, name) for name in names}))
        assert rendered == {column: row.values[column] for column in COLUMNS}
    assert sum(votes.is_annotated for votes in kept.values()) == 352
    expected = {
        "DeepSeek-V3": {"edge-whitespace": 1},
        "Llama-3.2-1B-Instruct": {"equal-options": 47, "edge-whitespace": 31, "fields-differ": 2},
        "Meta-Llama-3.1-8B-Instruct": {"equal-options": 3, "edge-whitespace": 15},
    }
    for system, warnings in expected.items():
        file = shared_data / f"mmlu-de-systems/{system}.jsonl.gz"
        outcome = import_rows([file], kind=TRANSLATIONS, language="de", system=system, origin="machine")
        assert counts(outcome) == created(1000)
        assert outcome.warnings == warnings
    assert heard.refused == []
