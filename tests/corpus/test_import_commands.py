"""The three commands: what they print, and how they end."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.dispatch import Signal

from corpus import signals
from corpus.actions.imports import run_import
from corpus.actions.requests import Outcome
from corpus.models import Item, PublishedVotes, Source, Translation
from tests.corpus.conftest import german, row, voted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_later_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "versions_imported", Signal())
    monkeypatch.setattr(signals, "versions_replaced", Signal())


def run(*arguments: object) -> tuple[str, str]:
    """This function will run a command and return what it wrote to output and error stream."""
    out, err = StringIO(), StringIO()
    call_command(*map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def table(output: str) -> dict[str, str]:
    """This function will return the last table of an output, name to number."""
    cells = [line.strip("│| ").split() for line in output.splitlines() if line.startswith("│")]
    return {" ".join(words[:-1]).rstrip(" │"): words[-1] for words in cells}


def test_the_whole_corpus_comes_in_by_three_commands(write_rows: Callable[..., Path], tmp_path: Path) -> None:
    items = tmp_path / "en.jsonl.gz"
    items.write_bytes(gzip.compress("".join(json.dumps(row(n)) + "\n" for n in range(3)).encode()))
    out, err = run("import_items", items, "--benchmark", "quiz", "--language", "en", "--licence", "MIT")
    assert table(out) == {"read": "3", "created": "3", "unchanged": "0", "refused": "0"}
    assert err == ""
    assert "3 rows read" in out
    translations = write_rows([german(0), german(1, option_a=" ")])
    command = ("import_translations", translations, "--benchmark", "quiz", "--language", "de")
    out, _ = run(*command, "--system", "mt-one", "--source-url", "https://example.org", "--maker", "Us")
    assert table(out)["created"] == "2"
    assert table(out)["warning: blank-option"] == "1"
    source = Source.objects.get(language="de")
    assert (source.origin, source.url, source.maker) == ("machine", "https://example.org", "Us")
    out, _ = run("import_annotations", write_rows([voted(2), voted(3)]), "--benchmark", "quiz")
    assert (table(out)["votes"], table(out)["created"]) == ("2", "1")
    assert (Item.objects.count(), Translation.objects.count(), PublishedVotes.objects.count()) == (4, 2, 2)


def test_a_refused_row_goes_to_the_error_stream_and_makes_the_exit_code_1(
    write_rows: Callable[..., Path],
) -> None:
    path, out, err = write_rows([row(0), row(1, answer="Z")]), StringIO(), StringIO()
    with pytest.raises(CommandError, match=r"1 of 2 rows were refused\.") as raised:
        call_command("import_items", path, "--benchmark", "quiz", "--language", "en", stdout=out, stderr=err)
    assert raised.value.returncode == 1
    assert err.getvalue().startswith(f"refused {path}:2: answer: is 'Z', which is no option")
    assert Item.objects.count() == 1


def test_a_changed_row_is_printed_and_is_no_failure(write_rows: Callable[..., Path]) -> None:
    options = ("--benchmark", "quiz", "--language", "en")
    run("import_items", write_rows([row(0)]), *options)
    path = write_rows([row(0, question="Another?")])
    out, _ = run("import_items", path, *options)
    assert f"changed {path}:1: question: differs from what is kept" in out
    out, _ = run("import_items", path, *options, "--replace")
    assert table(out)["replaced"] == "1"


def test_a_language_may_be_named_as_a_release_names_it(write_rows: Callable[..., Path]) -> None:
    run("import_items", write_rows([row(0)]), "--benchmark", "quiz", "--language", "en")
    path = write_rows([row(0)])
    run("import_translations", path, "--benchmark", "quiz", "--language", "zh", "--system", "mt")
    assert Translation.objects.get().language_id == "zh-Hans"


def test_columns_are_mapped_from_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("key;x,frage,option_a,option_b,answer\nq1,Was?,1,2,0\n", encoding="utf-8")
    options = ("--benchmark", "quiz", "--language", "de", "--split", "test")
    run("import_items", path, *options, "--map", "key;x=sample_id", "frage=question")
    assert Item.objects.get().current_version.fields["question"] == "Was?"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--language", "xx"), "'xx' is not a language this installation knows"),
        (("--language", "en", "--map", "question"), "'question' is no COLUMN=FIELD"),
        (("--language", "en", "--map", "q=nope"), "'nope' is no field"),
        (("--language", "en", "--workspace", "nope"), "there are: none yet"),
        (
            ("--language", "en"),
            "cannot be opened: No such file or directory; check its name. Nothing was imported.",
        ),
    ],
)
def test_a_command_that_cannot_be_done_says_the_cure(arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError) as raised:
        run("import_items", "nowhere.jsonl", "--benchmark", "quiz", *arguments)
    assert said in str(raised.value)
    assert not Item.objects.exists()


def test_work_that_later_rooms_made_ready_is_seen_through_and_its_failure_shows(
    write_rows: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = [True, False]

    def follow_up(write: Callable[[str], object]) -> bool:
        write("Checked: 3 questions are one string.")
        return ends.pop(0)

    def run_with_follow_up(**given: Any) -> Outcome:
        return replace(run_import(**given), follow_ups=(follow_up,))

    monkeypatch.setattr("corpus.management.commands._imports.run_import", run_with_follow_up)
    options = ("--benchmark", "quiz", "--language", "en")
    out, _ = run("import_items", write_rows([row(0)]), *options)
    assert out.endswith("Checked: 3 questions are one string.\n")
    with pytest.raises(CommandError, match="work on them failed"):
        run("import_items", write_rows([row(0)]), *options)
