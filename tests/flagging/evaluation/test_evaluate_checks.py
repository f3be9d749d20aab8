"""`manage.py evaluate_checks`: figures on rows whose errors are known, without a database."""

import gzip
import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from flagging.evaluation.checks import evaluate
from flagging.evaluation.rows import labelled

ROOT = Path(__file__).resolve().parents[3]


def row(
    target: str, *options: str, language: str = "de", kind: str = "", **more: object
) -> dict[str, object]:
    source = {
        "question": "Which of the trees is the oldest one?",
        "options": ["oak tree", "rose bush"],
        "answer": 0,
    }
    return {
        "id": target, "src_lang": "en", "tgt_lang": language, "source": "s", "target": target,
        "label": "bad" if kind else "ok", "kind": kind or "clean", "origin": "made up",
        "source_item": source, "target_item": {"question": target, "options": list(options)}, **more,
    }  # fmt: skip


ROWS = [
    row("Welcher der Bäume ist der älteste?", "Eiche", "Rose"),
    row("Welcher der Bäume ist am ältesten?", "Eiche", "Eiche", kind="collision"),
    row("Welcher Baum ist hier der älteste?", "Eiche", "Rose", kind="subtle"),
    row("Quel arbre est le plus vieux ?", "chêne", "chêne", language="fr"),
    row("Which of the trees is the oldest one?", "chêne", "rose", language="fr", kind="copy"),
]
FIGURES = {
    "kinds": {
        "collision": {"n": 1, "recall": 1.0},
        "copy": {"n": 1, "recall": 1.0},
        "subtle": {"n": 1, "recall": 0.0},
    },
    "false_alarms": {"overall": 0.5, "by_language": {"de": 0.0, "fr": 1.0}},
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(one) + "\n" for one in ROWS).encode()))
    return path


def run(*words: object) -> str:
    said = StringIO()
    call_command("evaluate_checks", *map(str, words), stdout=said)
    return said.getvalue()


def test_json_is_the_figures_and_nothing_else(file):
    assert json.loads(run(file, "--json")) == FIGURES


def test_the_table_names_kinds_languages_and_checks(file):
    table = run(file)
    for line in (
        "collision            1          1.000  options_collide:1",
        "fr                   1          1.000  options_collide:1",
        "options_collide        1          0.500",
    ):
        assert line.split() in [one.split() for one in table.splitlines()]


def test_several_files_are_one_set(file):
    assert json.loads(run(file, file, "--json"))["kinds"]["copy"]["n"] == 2


def test_a_bad_row_ends_the_command_with_its_place(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(ROWS[0] | {"label": "fine"}), encoding="utf-8")
    with pytest.raises(CommandError, match=r"rows\.jsonl:1: label: is 'fine'; write ok or bad"):
        run(path)
    with pytest.raises(CommandError, match=r"none\.jsonl"):
        run(tmp_path / "none.jsonl")


def test_a_set_is_the_rows_of_one_pair_of_languages_and_one_origin():
    one = row("Welcher der Bäume ist der älteste?", "Eiche", "Rose")
    two = one | {"source_item": {"question": "Who planted the hedge?", "options": ["Ana", "Ben"]}}
    for origin, count in (("made up", 2), ("another", 0)):
        tally = evaluate(map(labelled, (one, two | {"origin": origin})))
        assert tally.hits("")["one_for_many"] == count


def test_a_file_without_clean_rows_has_no_rate_of_false_alarms():
    tally = evaluate([labelled(ROWS[1])])
    assert tally.to_json()["false_alarms"] == {"overall": None, "by_language": {}}


def test_it_runs_without_servers_and_without_torch(file, tmp_path):
    program = (
        "import sys, manage\n"
        "sys.modules['torch'] = None\n"
        f"sys.argv = ['manage.py', 'evaluate_checks', {str(file)!r}, '--json']\n"
        "manage.main()"
    )
    environment = {"PATH": "", "DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        check=False,
    )
    assert (done.returncode, json.loads(done.stdout or "null"), done.stderr) == (0, FIGURES, "")
    assert not (tmp_path / "data").exists()
