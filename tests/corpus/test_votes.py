"""Published votes come out as they went in, or are refused with the column and the reason."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.votes import COLUMNS, Votes, VotesError, parse_votes, render_votes

ANNOTATED: dict[str, object] = {
    "required_knowledge": "['regional', 'none', 'cultural']",
    "time_sensitive": "['No', 'Yes']",
    "reference": "[{'end': 9, 'label': 'Geographic', 'score': None, 'start': 4}, '-']",
    "culture": "['Western Culture']",
    "region": '["Côte d\'Azur"]',
    "country": "[]",
    "cultural_sensitivity_label": "CS",
    "is_annotated": True,
}
BLANK: dict[str, object] = {
    **dict.fromkeys(COLUMNS[:6], "[]"),
    "cultural_sensitivity_label": "-",
    "is_annotated": False,
}
SPANS = st.builds(
    lambda start, length, label: {"end": start + length, "label": label, "score": None, "start": start},
    st.integers(0, 500),
    st.integers(0, 50),
    st.sampled_from(["Geographic", "Cultural", "Dialect"]),
)
NAMES = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=4)


@pytest.mark.parametrize("row", [ANNOTATED, BLANK])
def test_published_columns_come_out_as_they_went_in(row: dict[str, object]) -> None:
    assert render_votes(parse_votes(row)) == row
    assert tuple(render_votes(parse_votes(row))) == COLUMNS


def test_lists_of_different_lengths_are_kept_a_column_each() -> None:
    votes = parse_votes(ANNOTATED)
    assert (len(votes.required_knowledge), len(votes.time_sensitive), votes.voters) == (3, 2, 3)


def test_a_span_is_written_in_the_published_order_whatever_order_it_was_kept_in() -> None:
    votes = parse_votes(ANNOTATED)
    votes.reference[0] = {"start": 4, "score": None, "label": "Geographic", "end": 9}
    assert render_votes(votes)["reference"] == ANNOTATED["reference"]


@pytest.mark.parametrize("label", ["", "-", None])
def test_an_annotated_row_may_come_without_its_label(label: str | None) -> None:
    votes = parse_votes({**ANNOTATED, "cultural_sensitivity_label": label})
    assert votes.label == (label or "")


def test_a_flag_may_be_text_as_csv_has_it() -> None:
    assert parse_votes({**ANNOTATED, "is_annotated": "True"}).is_annotated is True


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("required_knowledge", None, "hold a Python list as text"),
        ("required_knowledge", ["none"], "hold a Python list as text"),
        ("required_knowledge", "['none'", "not a Python list"),
        ("required_knowledge", "__import__('os').getcwd()", "not a Python list"),
        ("required_knowledge", "(" * 3000, "not a Python list"),
        ("required_knowledge", "['none', 'legal']", "holds 'legal'; known are none, cultural"),
        ("required_knowledge", "[]", None),
        ("required_knowledge", "['none','none']", "would be written as \"['none', 'none']\""),
        ("required_knowledge", '["none"]', "would be written as"),
        ("time_sensitive", "['Maybe']", "holds 'Maybe'; known are Yes, No"),
        ("time_sensitive", "[1]", "holds 1"),
        ("reference", "[3]", "neither '-' nor a span"),
        ("reference", "[{'end': 9}]", "neither '-' nor a span of end, label, score, start"),
        ("reference", "[{'label': 'Cultural', 'end': 9, 'score': None, 'start': 4}]", "would be written"),
        ("reference", "[{'end': 1, 'label': 'Cultural', 'score': None, 'start': 4}]", "is no span"),
        ("reference", "[{'end': 9, 'label': 'Other', 'score': None, 'start': 4}]", "the label 'Other'"),
        ("reference", "[{'end': 9, 'label': 'Cultural', 'score': 'x', 'start': 4}]", "which is no number"),
        ("culture", "[1]", "something that is no text"),
        ("country", "['" + "x" * 100_000 + "']", "100000 are the most"),
        ("cultural_sensitivity_label", "Maybe", "known are CS, CA"),
        ("is_annotated", "perhaps", "true or false"),
        ("is_annotated", 1, "true or false"),
        ("is_annotated", False, None),
    ],
)
def test_what_would_not_come_out_the_same_is_refused(column: str, value: object, said: str | None) -> None:
    with pytest.raises(VotesError) as raised:
        parse_votes({**ANNOTATED, column: value})
    if said is None:
        assert "is_annotated" in str(raised.value)
    else:
        assert raised.value.field == column
        assert said in raised.value.message


@given(st.lists(SPANS | st.just("-"), max_size=4), NAMES, NAMES)
def test_any_votes_survive_text_and_json(
    reference: list[object], culture: list[str], region: list[str]
) -> None:
    votes = Votes(["none"], ["No"], json.loads(json.dumps(reference)), culture, region, [], "CA", True)
    assert parse_votes(render_votes(votes)) == votes
