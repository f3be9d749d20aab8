"""Counts over the real files: rows, warnings by code (rows, not fields), refusals."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from corpus import item_types
from corpus.formats import RawRow, open_rows
from corpus.votes import COLUMNS, parse_votes, render_votes

MCQ = item_types.by_name("mcq")


# Rows that earn each warning, in this order after the number of rows.
CODES = ("equal-options", "control-character", "carriage-return", "edge-whitespace")


def counts(*paths: Path, translation: bool = True) -> tuple[int, ...]:
    """This function will return the number of rows, then of rows that earn each of `CODES`."""
    found: Counter[str] = Counter()
    for path in paths:
        for row in open_rows(path):
            assert isinstance(row, RawRow), row
            parsed = MCQ.parse(row.values, {}, translation=translation)
            found["rows"] += 1
            found.update({warning.code for warning in MCQ.warnings(parsed.fields)})
    assert set(found) <= {"rows", *CODES}
    return tuple(found[code] for code in ("rows", *CODES))


def test_the_english_test_split_has_9_equal_80_control_and_1003_padded_rows(shared_data: Path) -> None:
    # equal: two options the same code points; control: U+0080 to U+009F; padded: `str.strip` would cut
    # a field (one of the 1,003 by a no-break space alone)
    path = shared_data / "mmlu-en/en.test.jsonl.gz"
    assert counts(path, translation=False) == (14_042, 9, 80, 0, 1_003)


def test_the_dev_split_in_42_languages(shared_data: Path) -> None:
    paths = sorted((shared_data / "global-mmlu-dev").glob("*.dev.jsonl.gz"))
    assert len(paths) == 42
    each = [counts(path) for path in paths]
    assert {rows for rows, *_ in each} == {285}
    assert tuple(map(sum, zip(*each, strict=True))) == (42 * 285, 71, 0, 26, 568)
    # the item that is published with equal options differs by letter case in Russian and Ukrainian
    assert sum(equal > 0 for _, equal, *_ in each) == 40


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mmlu-ar/ar.dev", (285, 1, 0, 0, 0)),
        ("mmlu-ar/ar.test", (14042, 27, 5, 0, 0)),
        ("mmlu-de-systems/DeepSeek-V3", (1000, 0, 0, 0, 1)),
        ("mmlu-de-systems/Llama-3.2-1B-Instruct", (1000, 47, 0, 0, 31)),
        ("mmlu-de-systems/Meta-Llama-3.1-8B-Instruct", (1000, 3, 0, 0, 15)),
        ("mmlu-african/af.bt", (604, 1, 0, 0, 2)),
        ("mmlu-african/af.human", (604, 1, 0, 0, 2)),
        ("mmlu-african/af.mt", (604, 0, 0, 0, 2)),
        ("mmlu-african/am.bt", (604, 7, 0, 0, 15)),
        ("mmlu-african/am.human", (604, 2, 0, 0, 15)),
        ("mmlu-african/am.mt", (604, 1, 0, 0, 2)),
        ("mmlu-african/bm.bt", (604, 20, 0, 0, 46)),
        ("mmlu-african/bm.human", (604, 17, 0, 0, 46)),
        ("mmlu-african/bm.mt", (604, 4, 0, 0, 2)),
        ("mmlu-african/nso.bt", (604, 10, 0, 0, 31)),
        ("mmlu-african/nso.human", (604, 11, 0, 0, 31)),
        ("mmlu-african/nso.mt", (604, 5, 0, 0, 2)),
        ("mmlu-african/sn.bt", (604, 8, 0, 0, 76)),
        ("mmlu-african/sn.human", (604, 7, 0, 0, 76)),
        ("mmlu-african/sn.mt", (604, 4, 0, 0, 2)),
    ],
)
def test_arabic_german_and_african_translations(
    shared_data: Path, name: str, expected: tuple[int, ...]
) -> None:
    assert counts(shared_data / f"{name}.jsonl.gz") == expected


def test_a_thousand_published_rows_give_their_votes_back_byte_for_byte(shared_data: Path) -> None:
    annotated = 0
    for row in open_rows(shared_data / "global-mmlu-test-1000/en.jsonl"):
        assert isinstance(row, RawRow)
        votes = parse_votes(row.values)
        annotated += votes.is_annotated
        assert render_votes(votes) == {column: row.values[column] for column in COLUMNS}
    assert annotated == 352
