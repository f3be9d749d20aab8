"""Imports into PostgreSQL: what becomes of every row, and what is left when nothing may become."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from unittest.mock import ANY

import psycopg
import pytest
from django.db import connection
from django.dispatch import Signal

from common.models import AuditEvent, Workspace
from corpus import signals
from corpus.actions.imports import _follow_up, clear_dead_imports
from corpus.actions.requests import ImportRefusedError
from corpus.formats import FileError
from corpus.item_types import digest
from corpus.models import (
    Benchmark,
    Import,
    Item,
    ItemVersion,
    PublishedVotes,
    Source,
    StagedRow,
    Translation,
    TranslationVersion,
)
from corpus.votes import Votes, parse_votes, render_votes
from tests.corpus.conftest import Heard, RunImport, german, row, voted

pytestmark = pytest.mark.django_db

ANNOTATIONS = Import.Kind.ANNOTATIONS


def counts(outcome: object) -> dict[str, int]:
    """This function will return the counts that are not zero."""
    return {name: count for name, count in outcome.counts.items() if count}  # type: ignore[attr-defined]


def text(item: Item, field: str = "question") -> str:
    item.refresh_from_db()
    return str(item.current_version.fields[field])


# Items


def test_rows_become_items_with_one_version_each(import_rows: RunImport) -> None:
    outcome = import_rows([row(0), row(1)], licence="MIT", url="https://example.org", maker="Us")
    assert counts(outcome) == {"read": 2, "created": 2}
    item = Item.objects.get(external_id="arithmetic/test/1")
    assert (item.subject, item.subject_category, item.split, item.position) == (
        "arithmetic",
        "STEM",
        "test",
        1,
    )
    version = item.current_version
    assert (version.item, version.number, version.attributes) == (item, 1, {"answer": "B"})
    assert bytes(version.sha256) == digest(version.fields, {"answer": "B"})
    source = version.imported_by.source
    assert (source.licence, source.url, source.maker) == ("MIT", "https://example.org", "Us")
    assert not StagedRow.objects.exists()


def test_text_is_kept_byte_for_byte(import_rows: RunImport) -> None:
    odd = {
        "question": " \ufeffWhat?\r\n\u202e",
        "option_a": "",
        "option_b": "\x85\u2028x\t ",
        "option_c": "e\u0301",
    }
    import_rows([row(0, **odd)])
    assert Item.objects.get().current_version.fields == odd


def test_the_benchmark_and_the_only_workspace_are_made_when_they_are_new(import_rows: RunImport) -> None:
    import_rows([row(0)])
    benchmark = Benchmark.objects.get()
    assert (benchmark.slug, benchmark.item_type, benchmark.source_language_id) == ("quiz", "mcq", "en")
    assert benchmark.workspace == Workspace.objects.get(slug="main")


def test_an_import_writes_one_audit_row_and_keeps_its_figures(import_rows: RunImport) -> None:
    outcome = import_rows([row(0), row(0), row(1, option_a="2")])
    kept = Import.objects.get(pk=outcome.import_id)
    assert kept.counts == outcome.counts
    assert kept.warnings == {"equal-options": 1}
    assert [(line["what"], line["line"], line["field"]) for line in kept.report] == [
        ("refused", 2, "sample_id")
    ]
    event = AuditEvent.objects.get()
    assert (event.verb, event.object_id, event.actor_id) == ("corpus.import-items", kept.pk, None)
    assert event.data["counts"] == kept.counts


def test_the_same_file_again_changes_nothing(import_rows: RunImport) -> None:
    import_rows([row(0), row(1)])
    before = list(Item.objects.values()), list(ItemVersion.objects.values())
    assert counts(import_rows([row(0), row(1)])) == {"read": 2, "unchanged": 2}
    assert counts(import_rows([row(0), row(1)], replace=True)) == {"read": 2, "unchanged": 2}
    assert (list(Item.objects.values()), list(ItemVersion.objects.values())) == before
    assert Source.objects.count() == 1


def test_a_changed_row_is_told_and_left(import_rows: RunImport, heard: Heard) -> None:
    import_rows([row(0), row(1)])
    outcome = import_rows([row(0), row(1, question="What is two?", answer="A", subject_category="Other")])
    assert counts(outcome) == {"read": 2, "unchanged": 1, "changed": 1}
    (told,) = heard.changed
    assert told.startswith("rows.jsonl:2: answer, question, subject_category: differs from what is kept")
    assert ItemVersion.objects.count() == 2


def test_a_changed_row_becomes_a_new_version_with_replace(import_rows: RunImport) -> None:
    import_rows([row(0), row(1)])
    outcome = import_rows([row(0), row(1, question="What is two?")], replace=True)
    assert counts(outcome) == {"read": 2, "unchanged": 1, "changed": 1, "replaced": 1}
    item = Item.objects.get(external_id="arithmetic/test/1")
    assert item.current_version.number == 2
    assert text(item) == "What is two?"
    assert item.versions.get(number=1).fields["question"] == "What is 1 plus one?"
    assert counts(import_rows([row(1, question="What is two?")])) == {"read": 1, "unchanged": 1}


def test_a_column_that_changes_is_replaced_without_a_new_version(import_rows: RunImport) -> None:
    import_rows([row(0)])
    outcome = import_rows([row(0, subject_category="Other", position=7)], replace=True)
    assert counts(outcome) == {"read": 1, "changed": 1, "replaced": 1}
    item = Item.objects.get()
    assert (item.subject_category, item.position, item.versions.count()) == ("Other", 7, 1)


def test_what_a_row_does_not_say_is_no_change(import_rows: RunImport) -> None:
    import_rows([row(0, sample_id="q1", position=4)], split="test")
    bare = row(0, sample_id="q1", subject=None, subject_category=None)
    assert counts(import_rows([bare], split="test")) == {"read": 1, "unchanged": 1}
    assert Item.objects.get().position == 4


def test_a_row_without_a_place_gets_its_place_in_the_import(import_rows: RunImport) -> None:
    import_rows([row(n, sample_id=f"q{n}") for n in (5, 6, 7)], split="dev")
    assert list(Item.objects.order_by("position").values_list("external_id", "position", "split")) == [
        ("q5", 0, "dev"),
        ("q6", 1, "dev"),
        ("q7", 2, "dev"),
    ]


def test_good_rows_are_taken_and_each_refused_row_is_named(
    import_rows: RunImport, heard: Heard, tmp_path: Path
) -> None:
    lines = [
        b'{"sample_id": "a/test/0", "question": "?", "option_a": "1", "option_b": "2", "answer": "A"}',
        b'{"sample_id": "a/test/1", "question": "\xff"}',
        b'{"sample_id": "a/test/2", "question": "\\ud800"}',
        b'{"sample_id": "a/test/3", "question": "a\\u0000b"}',
        b'{"question": "?", "option_a": "1", "option_b": "2", "answer": "A"}',
        b'{"sample_id": "a/test/5", "question": "?", "option_a": "1", "option_b": "2", "answer": "C"}',
        b'{"sample_id": "a/test/0", "question": "!", "option_a": "1", "option_b": "2", "answer": "A"}',
        b'{"sample_id": "q7", "question": "?", "option_a": "1", "option_b": "2", "answer": "A"}',
        b'{"sample_id": "a/test/8", "question": "?", "option_a": "1", "option_b": "", "answer": "A"}',
    ]
    path = tmp_path / "bad.jsonl"
    path.write_bytes(b"\n".join(lines))
    outcome = import_rows([path])
    assert counts(outcome) == {"read": 9, "created": 2, "refused": 7}
    assert outcome.warnings == {"blank-option": 1}
    starts = [
        "bad.jsonl:2: None: is not UTF-8",
        "bad.jsonl:3: question: holds a lone surrogate",
        "bad.jsonl:4: question: holds a NUL",
        "bad.jsonl:5: sample_id: has no id",
        "bad.jsonl:6: answer: is 'C', which is no option",
        "bad.jsonl:8: split: is not said",
        f"bad.jsonl:7: sample_id: is the id of an earlier row too, {path}:1",
    ]
    assert [told[: len(start)] for told, start in zip(heard.refused, starts, strict=True)] == starts
    assert text(Item.objects.get(external_id="a/test/0")) == "?"


def test_an_id_twice_in_two_files_names_the_first_of_them(
    import_rows: RunImport, heard: Heard, write_rows: Callable[..., Path]
) -> None:
    one, two = write_rows([row(0), row(1)], "one.jsonl"), write_rows([row(2), row(1)], "two.jsonl")
    assert counts(import_rows([one, two])) == {"read": 4, "created": 3, "refused": 1}
    assert heard.refused == [f"two.jsonl:2: sample_id: is the id of an earlier row too, {one}:2; keep one"]


def test_a_split_that_contradicts_the_row_is_refused(import_rows: RunImport, heard: Heard) -> None:
    import_rows([row(0)], split="dev")
    assert heard.refused == ["rows.jsonl:1: split: is 'test', and --split says 'dev'; leave it out"]


def test_columns_are_mapped(import_rows: RunImport) -> None:
    import_rows([{**row(0), "q": "Mapped?"}], mapping={"q": "question"})
    assert text(Item.objects.get()) == "Mapped?"


def test_a_dry_run_tells_all_and_changes_nothing(import_rows: RunImport) -> None:
    outcome = import_rows([row(0), row(0)], dry_run=True)
    assert counts(outcome) == {"read": 2, "created": 1, "refused": 1}
    assert outcome.import_id is None
    for model in (Workspace, Benchmark, Source, Import, Item, ItemVersion, StagedRow, AuditEvent):
        assert not model.objects.exists(), model


def test_a_file_that_cannot_be_read_on_imports_nothing(import_rows: RunImport, tmp_path: Path) -> None:
    path = tmp_path / "cut.parquet"
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(FileError, match=r"cut\.parquet: the Parquet file is broken"):
        import_rows([path])
    assert Import.objects.get().failed_at is not None
    assert not Item.objects.exists()


def test_a_file_cut_off_after_its_first_chunk_leaves_nothing_staged_and_the_connection_whole(
    import_rows: RunImport, tmp_path: Path
) -> None:
    lines = "".join(json.dumps(row(number)) + "\n" for number in range(3_000)).encode()
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(gzip.compress(lines)[:-200])
    with pytest.raises(FileError, match="broken or cut off"):
        import_rows([path])
    assert (StagedRow.objects.count(), Item.objects.count()) == (0, 0)
    assert Import.objects.get().failed_at is not None
    assert counts(import_rows([row(0)]))["created"] == 1


def test_rows_are_staged_a_thousand_at_a_time(import_rows: RunImport, heard: Heard) -> None:
    import_rows([row(n) for n in range(2001)])
    assert heard.read == [1000, 2000, 2001]


# Translations


def test_a_translation_names_its_source_version_system_and_origin(
    import_rows: RunImport, import_german: RunImport
) -> None:
    import_rows([row(0), row(1)])
    outcome = import_german([german(0)], licence="CC0", maker="Us")
    assert counts(outcome) == {"read": 1, "created": 1}
    translation = Translation.objects.get()
    assert (translation.language_id, translation.system, translation.origin) == ("de", "mt-one", "machine")
    assert (translation.source.licence, translation.source.system) == ("CC0", "mt-one")
    version = translation.current_version
    assert version.item_version == translation.item.current_version
    assert version.fields["question"] == "Was ist 0 plus eins?"
    assert bytes(version.sha256) == digest(version.fields, {})
    assert (version.origin, version.number, version.based_on) == ("machine", 1, None)


def test_translations_of_two_systems_stand_beside_each_other(
    import_rows: RunImport, import_german: RunImport
) -> None:
    import_rows([row(0)])
    import_german([german(0)])
    import_german([german(0)], system="Ana", origin="human")
    assert sorted(Translation.objects.values_list("system", "origin")) == [
        ("Ana", "human"),
        ("mt-one", "machine"),
    ]


def test_a_translation_of_an_unknown_id_or_with_another_answer_is_refused(
    import_rows: RunImport, import_german: RunImport, heard: Heard
) -> None:
    import_rows([row(0), row(1), row(2)])
    outcome = import_german([german(0, answer="A"), german(9), german(1), german(1), german(2, answer=None)])
    assert counts(outcome) == {"read": 5, "created": 2, "refused": 3}
    assert heard.refused == [
        "rows.jsonl:1: answer: is A, and the source's is B; one of them is wrong",
        "rows.jsonl:2: sample_id: is 'arithmetic/test/9', an id the benchmark lacks; import the item first",
        ANY,
    ]
    assert heard.refused[2].startswith("rows.jsonl:4: sample_id: is the id of an earlier row too")


def test_a_translation_with_other_options_than_its_source_is_kept_and_warned_of(
    import_rows: RunImport, import_german: RunImport
) -> None:
    import_rows([row(0), row(1)])
    outcome = import_german([german(0, option_c=None), german(1)])
    assert counts(outcome) == {"read": 2, "created": 2}
    assert outcome.warnings == {"fields-differ": 1}


def test_the_same_translations_again_change_nothing(import_rows: RunImport, import_german: RunImport) -> None:
    import_rows([row(0)])
    import_german([german(0)])
    assert counts(import_german([german(0)], replace=True)) == {"read": 1, "unchanged": 1}
    assert TranslationVersion.objects.count() == 1


def test_a_changed_translation_is_left_and_with_replace_takes_the_next_number(
    import_rows: RunImport, import_german: RunImport, heard: Heard
) -> None:
    import_rows([row(0)])
    import_german([german(0)])
    better = german(0, option_c="keine von diesen")
    assert counts(import_german([better])) == {"read": 1, "changed": 1}
    assert heard.changed[0].startswith("rows.jsonl:1: option_c: differs")
    assert counts(import_german([better], replace=True, licence="CC0")) == {
        "read": 1,
        "changed": 1,
        "replaced": 1,
    }
    translation = Translation.objects.get()
    assert translation.current_version.number == 2
    assert translation.source.licence == "CC0"


def test_a_back_translation_may_be_in_the_source_language_and_no_other_translation(
    import_rows: RunImport, import_german: RunImport
) -> None:
    import_rows([row(0)])
    import_german([row(0)], language="en", origin="back-translation")
    with pytest.raises(ImportRefusedError, match="quiz is written in en: only a back-translation"):
        import_german([row(0)], language="en")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"benchmark": "nope"}, "There is no benchmark 'nope' to translate; there are: quiz"),
        ({"benchmark": "no pe"}, "'no pe' is no name for a benchmark"),
        ({"system": ""}, "needs the name of the system"),
        ({"origin": "human"}, "'mt-one' is kept in de with the origin machine, not human"),
        ({"mapping": {"q": "questoin"}}, "--map q=questoin: 'questoin' is no field; there are answer"),
        ({"item_type": "essay"}, "'essay' is no item type"),
        ({"workspace": "nope"}, "with --workspace SLUG; there are: main"),
    ],
)
def test_an_import_that_cannot_be_done_is_refused_with_the_cure(
    import_rows: RunImport, import_german: RunImport, options: dict[str, object], said: str
) -> None:
    import_rows([row(0)])
    import_german([german(0)])
    before = Import.objects.count()
    with pytest.raises(ImportRefusedError) as raised:
        import_german([german(0)], **options)
    assert said in str(raised.value)
    assert Import.objects.count() == before


def test_items_of_another_language_do_not_go_into_a_benchmark(import_rows: RunImport) -> None:
    import_rows([row(0)])
    with pytest.raises(ImportRefusedError, match="quiz is in en, not de"):
        import_rows([german(0)], language="de")


# Published votes


def kept_votes(external_id: str) -> Votes:
    votes = PublishedVotes.objects.get(item__external_id=external_id)
    return Votes(**{name: getattr(votes, name) for name in asdict(parse_votes(voted(0)))})


def test_votes_come_with_items_that_are_not_there_yet(import_rows: RunImport) -> None:
    import_rows([row(0)])
    outcome = import_rows([voted(0), voted(1)], kind=ANNOTATIONS)
    assert counts(outcome) == {"read": 2, "created": 1, "unchanged": 1, "votes": 2}
    published = voted(1)
    assert render_votes(kept_votes("arithmetic/test/1")) == {
        name: published[name] for name in render_votes(parse_votes(published))
    }


def test_the_same_votes_again_change_nothing(import_rows: RunImport) -> None:
    import_rows([voted(0)], kind=ANNOTATIONS)
    before = list(PublishedVotes.objects.values())
    assert counts(import_rows([voted(0)], kind=ANNOTATIONS)) == {"read": 1, "unchanged": 1}
    assert list(PublishedVotes.objects.values()) == before


def test_changed_votes_are_told_and_taken_only_with_replace(import_rows: RunImport, heard: Heard) -> None:
    import_rows([voted(0)], kind=ANNOTATIONS)
    other = voted(0, "['regional', 'regional', 'none']")
    assert counts(import_rows([other], kind=ANNOTATIONS)) == {"read": 1, "changed": 1}
    assert heard.changed[0].startswith("rows.jsonl:1: votes: differs")
    assert kept_votes("arithmetic/test/0").required_knowledge == ["none", "regional", "none"]
    outcome = import_rows([other], kind=ANNOTATIONS, replace=True)
    assert counts(outcome) == {"read": 1, "changed": 1, "replaced": 1, "votes": 1}
    assert kept_votes("arithmetic/test/0").required_knowledge == ["regional", "regional", "none"]
    assert ItemVersion.objects.count() == 1


def test_votes_on_a_text_that_differs_wait_for_replace(import_rows: RunImport) -> None:
    import_rows([row(0, question="Another?")])
    assert counts(import_rows([voted(0)], kind=ANNOTATIONS)) == {"read": 1, "changed": 1}
    assert not PublishedVotes.objects.exists()


def test_votes_that_would_not_come_out_the_same_are_refused(import_rows: RunImport, heard: Heard) -> None:
    outcome = import_rows([voted(0, "['none','none']"), voted(1)], kind=ANNOTATIONS)
    assert counts(outcome) == {"read": 2, "created": 1, "votes": 1, "refused": 1}
    assert heard.refused[0].startswith("rows.jsonl:1: required_knowledge: is")


# News, and imports that died


def test_later_rooms_hear_of_new_and_replaced_texts_and_not_of_unchanged_ones(
    import_rows: RunImport,
    import_german: RunImport,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    heard: list[tuple[str, object, object]] = []

    def listen(name: str) -> None:
        monkeypatch.setattr(signals, name, Signal())

        def hear(import_id: int, benchmark_id: int, language: str, **_: object) -> None:
            heard.append((name, import_id, language))

        getattr(signals, name).connect(hear, weak=False)

    listen("versions_imported")
    listen("versions_replaced")
    with django_capture_on_commit_callbacks(execute=True):
        items = import_rows([row(0)])
        first = import_german([german(0)])
        import_german([german(0)])
        last = import_german([german(0, option_c="nichts")], replace=True)
    assert heard == [
        ("versions_imported", items.import_id, "en"),
        ("versions_imported", first.import_id, "de"),
        ("versions_replaced", last.import_id, "de"),
        ("versions_imported", last.import_id, "de"),
    ]


def test_a_later_room_that_fails_is_told_of_and_undoes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    (told, kept) = [], lambda write: True
    assert _follow_up(kept) is kept
    assert _follow_up(ValueError("no pass"))(told.append) is False
    assert told == ["The texts are imported, but work on them could not begin: ValueError('no pass')"]
    assert "could not begin" in caplog.text


def dead_import(now: datetime) -> Import:
    """This function will make what an import killed midway leaves."""
    benchmark = Benchmark.objects.get()
    left = Import.objects.create(
        benchmark=benchmark, source=Source.objects.get(), kind="items", started_at=now
    )
    StagedRow.objects.create(
        imported_by=left, number=1, file=0, line=1, external_id="x", fields={}, attributes={}, sha256=b"",
        subject="", subject_category="", split="test", position=0,
    )  # fmt: skip
    return left


def test_what_a_dead_import_left_is_cleared_by_the_next(import_rows: RunImport, now: datetime) -> None:
    import_rows([row(0)])
    left = dead_import(now)
    import_rows([row(1)])
    left.refresh_from_db()
    assert left.failed_at == now
    assert not StagedRow.objects.exists()
    assert Item.objects.count() == 2


def test_a_live_import_is_left_alone(import_rows: RunImport, now: datetime) -> None:
    import_rows([row(0)])
    live = dead_import(now)
    parameters = connection.get_connection_params()
    with psycopg.connect(**parameters) as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [0x15060, live.pk])
        assert clear_dead_imports(now=now) == 0
        assert StagedRow.objects.count() == 1
    assert clear_dead_imports(now=now) == 1
