"""`manage.py evaluate_scorer`: figures of a file, in a table or as JSON alone."""

import gzip
import io
import json
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from flagging.evaluation.scorers import measure, recall, spearman, within
from tests.flagging.learning.sets import made

KEYS = {"n", "spearman", "auroc", "recall_at", "length_controlled_auroc", "longest_first_auroc"}


def rows_of(count: int, **more) -> list[dict]:
    pairs, goodness = made(count)
    return [
        {
            "id": str(number),
            "src_lang": "en",
            "tgt_lang": "xx",
            "source": source,
            "target": target,
            "score": float(good),
            "split": ("train", "test20", "test21")[number % 3],
            "nmt_logprob": -float(number % 7),
            **more,
        }
        for number, ((source, target), good) in enumerate(zip(pairs, goodness, strict=True))
    ]


def written(path: Path, rows: list[dict]) -> Path:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return path


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    return written(tmp_path / "en-xx.jsonl.gz", rows_of(300))


def told(*arguments: object) -> str:
    out = io.StringIO()
    call_command("evaluate_scorer", *map(str, arguments), stdout=out, stderr=io.StringIO())
    return out.getvalue()


def as_json(*arguments: object) -> dict:
    return json.loads(told("--json", *arguments))["pairs"]["en-xx"]


def test_json_holds_the_agreed_keys_and_nothing_else(judged):
    found = json.loads(told("--json", "--detector", "surface", judged))
    assert set(found) == {"pairs"} and set(found["pairs"]) == {"en-xx"}
    figures = found["pairs"]["en-xx"]
    assert set(figures) == KEYS and list(figures["recall_at"]) == ["5", "10", "20", "30", "50"]


def test_only_test_splits_are_evaluated(judged):
    assert as_json("--detector", "surface", judged)["n"] == 200


def test_the_surface_score_and_the_lexicon_find_what_is_wrong(judged):
    assert as_json("--detector", "surface", judged)["auroc"] > 0.8
    assert as_json("--detector", "lexicon", judged)["auroc"] > 0.8


def test_a_column_is_a_detector(judged):
    assert 0.3 < as_json("--detector", "nmt_logprob", judged)["auroc"] < 0.7


def test_without_labels_the_head_is_the_surface_score(judged):
    assert as_json("--labels", 0, judged) == as_json("--detector", "surface", judged)


def test_a_file_without_splits_is_evaluated_whole(tmp_path):
    rows = [{name: value for name, value in row.items() if name != "split"} for row in rows_of(100)]
    assert as_json("--labels", 50, written(tmp_path / "a.jsonl.gz", rows))["n"] == 100


def test_test_judgements_never_reach_a_detector(tmp_path, judged):
    rows = [
        row | {"score": -row["score"] if row["split"] != "train" else row["score"]} for row in rows_of(300)
    ]
    turned = as_json(written(tmp_path / "b.jsonl.gz", rows))
    assert turned["spearman"] == pytest.approx(-as_json(judged)["spearman"])


def test_the_table_has_a_longest_first_row_and_intervals(judged):
    table = told("--detector", "surface", judged)
    assert "longest_first\n" in table and "surface\n" in table and "[0." in table
    assert sum(line.startswith("mean") for line in table.splitlines()) == 2


def test_the_same_call_gives_the_same_table(judged):
    assert told("--detector", "surface", judged) == told("--detector", "surface", judged)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"score": "good"}, r"line 1: field score: is 'good', not a number\. Write a number"),
        ({"score": None}, r"line 1: field score: is None, not a number"),
        ({"source": " "}, r"line 1: field source: is empty\. Write"),
        ({"target": 3}, r"line 1: field target: is 3, not text\. Write a string"),
    ],
)
def test_a_bad_row_is_named_by_line_field_and_cure(tmp_path, change, message):
    with pytest.raises(CommandError, match=message):
        told(written(tmp_path / "c.jsonl.gz", rows_of(9, **change)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "has no rows"),
        (b"{", r"line 1: is no JSON .* Write one object a line"),
        (b"[1]", "line 1: is list, not an object"),
        (b"\xff\xfe", "cannot be read .* Give JSON lines in UTF-8"),
    ],
)
def test_a_file_that_is_no_json_lines_is_refused(tmp_path, content, message):
    path = tmp_path / "d.jsonl"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=message):
        told(path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--signals", "nothing"], "No row has a number 'nothing'"),
        (["--signals", "hter"], "hter is a judgement, no signal"),
        (["--labels", "-1"], "--labels -1 is below 0"),
        (["--split", "dev"], "No file has rows of a split 'dev'"),
    ],
)
def test_an_option_that_cannot_be_is_refused(judged, arguments, message):
    with pytest.raises(CommandError, match=message):
        told(judged, *arguments)


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"There is no file .*none\.jsonl"):
        told(tmp_path / "none.jsonl")


def test_an_order_by_length_earns_nothing_within_a_length():
    lengths = np.repeat(np.arange(5.0), 40)
    bad = np.random.default_rng(0).random(200) < 0.1 + 0.15 * lengths
    assert within(-lengths, bad, lengths.astype(int)) == pytest.approx(0.5)


def test_recall_and_correlation_of_a_perfect_and_a_constant_score():
    goodness = np.arange(100.0)
    assert recall(goodness, goodness < 20, 10) == 0.5 and recall(goodness, goodness < 20, 20) == 1
    assert spearman(goodness, goodness) == pytest.approx(1) and np.isnan(spearman(goodness * 0, goodness))


def test_a_figure_lies_within_its_interval():
    rng = np.random.default_rng(1)
    goodness = rng.normal(size=300)
    figures = measure(goodness + rng.normal(size=300), goodness, rng.integers(10, 99, 300).astype(float))
    low, high = figures.intervals["auroc"]
    assert low < figures.auroc < high and high - low < 0.2
