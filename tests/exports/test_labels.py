"""The label rule and columns 10–17: rules, theirs and ours, and the real published rows."""

import ast
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.labels import (
    TAGS,
    PublishedVotes,
    SensitivityJudgement,
    Span,
    label_of,
    label_of_counts,
    sensitivity_columns,
    with_judgements,
)

LISTS = ("required_knowledge", "time_sensitive", "reference", "culture", "region", "country")
ANA = SensitivityJudgement(
    contributor="ana",
    tags=frozenset({"regional", "dialect"}),
    time_sensitive=True,
    spans=(Span(4, 9, "Geographic"),),
    culture="Other",
    region="Europe",
    country="Sweden",
)
BEN = SensitivityJudgement(contributor="ben", time_sensitive=False)
RUI = SensitivityJudgement(contributor="rui", tags=frozenset({"regional"}), time_sensitive=False)
FOUR_VOTES = PublishedVotes(
    required_knowledge=("none", "cultural", "none", "none"),
    time_sensitive=("No", "No", "No", "No"),
    reference=("-", {"start": 0, "score": None, "label": "Cultural", "end": 3}, "-", "-"),
    culture=("Western Culture",),
    label="CA",
    is_annotated=True,
)

people = st.lists(st.frozensets(st.sampled_from(TAGS)), max_size=10)
published_entries = st.lists(st.sampled_from((*TAGS, "none")), max_size=10)


@pytest.mark.parametrize(
    ("entries", "label"),
    [
        (["none", "none", "cultural", "cultural"], "CS"),
        (["none", "none", "none", "cultural"], "CA"),
        (["regional", "cultural", "none", "none"], "CA"),
        (["none", "dialect", "dialect"], "CS"),
        (["none"] * 3, "CA"),
        (["cultural", "cultural"], "-"),
        ([], "-"),
    ],
)
def test_a_tag_holds_with_half_of_at_least_three_voters(entries: list[str], label: str) -> None:
    assert label_of(entries) == label


@given(published_entries, people)
def test_the_column_gives_the_label_that_all_chosen_tags_give(
    published: list[str], tag_sets: list[frozenset[str]]
) -> None:
    ours = [SensitivityJudgement(str(n), tags) for n, tags in enumerate(tag_sets)]
    votes = Counter(published)
    for tags in tag_sets:
        votes.update(tags)
    column = with_judgements(PublishedVotes(tuple(published)), ours).required_knowledge
    assert len(column) == len(published) + len(tag_sets)
    assert label_of(column) == label_of_counts(votes, len(column))


@given(published_entries, people)
def test_every_entry_is_a_tag_its_person_chose_and_theirs_come_first(
    published: list[str], tag_sets: list[frozenset[str]]
) -> None:
    ours = [SensitivityJudgement(str(n), tags) for n, tags in enumerate(tag_sets)]
    column = with_judgements(PublishedVotes(tuple(published)), ours).required_knowledge
    assert list(column[: len(published)]) == published
    for entry, tags in zip(column[len(published) :], tag_sets, strict=True):
        assert entry in (tags or {"none"})


def test_equal_votes_go_to_cultural_then_regional_then_dialect() -> None:
    both = SensitivityJudgement("ana", frozenset({"dialect", "regional", "cultural"}))
    second = SensitivityJudgement("ben", frozenset({"dialect", "regional"}))
    third = SensitivityJudgement("rui", frozenset({"cultural"}))
    columns = sensitivity_columns(None, [both, second, third])
    assert columns.required_knowledge == "['cultural', 'regional', 'cultural']"


def test_three_of_our_judgements_fill_the_columns_in_submission_order() -> None:
    columns = sensitivity_columns(None, [ANA, BEN, RUI])
    assert columns.required_knowledge == "['regional', 'none', 'regional']"
    assert columns.time_sensitive == "['Yes', 'No', 'No']"
    assert columns.reference == "[{'end': 9, 'label': 'Geographic', 'score': None, 'start': 4}, '-', '-']"
    assert (columns.culture, columns.region, columns.country) == ("['Other']", "['Europe']", "['Sweden']")
    assert (columns.cultural_sensitivity_label, columns.is_annotated) == ("CS", True)
    assert columns.label_source == "rule"


def test_two_voters_leave_an_item_not_annotated() -> None:
    columns = sensitivity_columns(None, [ANA, RUI])
    assert [getattr(columns, name) for name in LISTS] == ["[]"] * 6
    assert (columns.cultural_sensitivity_label, columns.is_annotated) == ("-", False)
    assert columns.label_source == "none"


def test_a_person_who_is_not_sure_is_no_voter() -> None:
    unsure = SensitivityJudgement("mia", not_sure=True, time_sensitive=True, culture="Other")
    assert sensitivity_columns(None, [ANA, unsure, RUI]).is_annotated is False
    assert sensitivity_columns(FOUR_VOTES, [unsure]) == sensitivity_columns(FOUR_VOTES, [])


def test_a_person_who_judged_twice_votes_once_with_the_later_judgement() -> None:
    changed = SensitivityJudgement("ana", frozenset({"cultural"}))
    columns = sensitivity_columns(None, [ANA, BEN, RUI, changed])
    assert columns.required_knowledge == "['none', 'regional', 'cultural']"


def test_our_vote_joins_the_published_ones_at_the_end() -> None:
    columns = sensitivity_columns(FOUR_VOTES, [ANA])
    assert columns.required_knowledge == "['none', 'cultural', 'none', 'none', 'regional']"
    assert columns.reference == (
        "['-', {'end': 3, 'label': 'Cultural', 'score': None, 'start': 0}, '-', '-', "
        "{'end': 9, 'label': 'Geographic', 'score': None, 'start': 4}]"
    )
    assert columns.culture == "['Western Culture', 'Other']"
    assert columns.cultural_sensitivity_label == "CA"


def test_our_vote_can_turn_a_published_label() -> None:
    cultural = SensitivityJudgement("ana", frozenset({"cultural"}))
    another = SensitivityJudgement("ben", frozenset({"cultural"}))
    assert sensitivity_columns(FOUR_VOTES, [cultural, another]).cultural_sensitivity_label == "CS"


def test_a_published_label_stands_even_where_the_rule_says_otherwise() -> None:
    odd = PublishedVotes(required_knowledge=("none",) * 4, label="CS", is_annotated=True)
    assert sensitivity_columns(odd, []).cultural_sensitivity_label == "CS"
    assert sensitivity_columns(odd, []).label_source == "published"


@pytest.mark.parametrize("blank", [None, "", "-"])
def test_a_blank_published_label_is_filled_by_the_rule(blank: str | None) -> None:
    votes = PublishedVotes(
        required_knowledge=("cultural", "none", "cultural"), label=blank, is_annotated=True
    )
    columns = sensitivity_columns(votes, [])
    assert (columns.cultural_sensitivity_label, columns.label_source) == ("CS", "rule")


def test_a_row_published_without_votes_passes_as_not_annotated() -> None:
    columns = sensitivity_columns(PublishedVotes(label="-", is_annotated=False), [])
    assert (columns.required_knowledge, columns.cultural_sensitivity_label) == ("[]", "-")
    assert columns.is_annotated is False


def test_an_unknown_tag_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'geographic' is none of cultural, regional, dialect"):
        SensitivityJudgement("ana", frozenset({"geographic"}))


@pytest.mark.parametrize(("start", "end"), [(3, 3), (4, 2), (-1, 2)])
def test_a_span_that_covers_nothing_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="empty or runs backwards"):
        Span(start, end, "Cultural")


@cache
def rows_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").split("\n") if line]


@pytest.fixture
def published_rows(shared_data: Path) -> list[dict[str, Any]]:
    return rows_of(shared_data / "global-mmlu-test-1000" / "en.jsonl")


def as_votes(row: dict[str, Any], label: str | None) -> PublishedVotes:
    lists = {name: tuple(ast.literal_eval(row[name])) for name in LISTS}
    through_json = {
        name: tuple(json.loads(json.dumps(values, sort_keys=True))) for name, values in lists.items()
    }
    return PublishedVotes(**through_json, label=label, is_annotated=row["is_annotated"])


def test_every_real_row_comes_out_as_it_was_published(published_rows: list[dict[str, Any]]) -> None:
    same = 0
    for row in published_rows:
        columns = sensitivity_columns(as_votes(row, row["cultural_sensitivity_label"]), [])
        names = (*LISTS, "cultural_sensitivity_label", "is_annotated")
        same += all(getattr(columns, name) == row[name] for name in names)
    assert (same, len(published_rows)) == (1000, 1000)


def test_the_rule_gives_all_real_labels_where_column_16_is_blank(
    published_rows: list[dict[str, Any]],
) -> None:
    annotated = [row for row in published_rows if row["is_annotated"]]
    ruled = [sensitivity_columns(as_votes(row, ""), []).cultural_sensitivity_label for row in annotated]
    published = [row["cultural_sensitivity_label"] for row in annotated]
    assert sum(a == b for a, b in zip(ruled, published, strict=True)) == len(annotated) == 352
    assert Counter(ruled) == {"CA": 341, "CS": 11}


def test_rows_without_votes_stay_unlabelled_where_column_16_is_blank(
    published_rows: list[dict[str, Any]],
) -> None:
    rest = [row for row in published_rows if not row["is_annotated"]]
    assert {sensitivity_columns(as_votes(row, ""), []).cultural_sensitivity_label for row in rest} == {"-"}
