import pytest

from flagging.checks import SET_CHECKS, SetRow, by_name, evidence, summarise_one_for_many
from flagging.checks.base import Finding, SetCheck


def rows(*texts: tuple[str, str], field: str = "question") -> list[SetRow]:
    return [SetRow(number, field, source, target) for number, (source, target) in enumerate(texts)]


def found(name: str, given: list[SetRow]) -> dict[int, Finding]:
    check = by_name(name)
    assert isinstance(check, SetCheck)
    return dict(check.run(iter(given)))


def test_one_translation_for_two_sources_is_flagged_on_each_of_its_rows():
    hits = found("one_for_many", rows(("Why?", "لماذا؟"), ("How?", "لماذا؟"), ("Who?", "من؟")))
    assert sorted(hits) == [0, 1]
    assert hits[0].params["sources"] == 2


@pytest.mark.parametrize(
    "given",
    [
        rows(("Why?", "Warum?"), ("Why?", "Warum?")),
        rows(("Why?", "Warum?"), ("How?", "warum?")),
        rows(("Why?", ""), ("How?", "")),
        rows(("yes", "ja"), ("right", "ja"), field="option_a"),
    ],
)
def test_equal_sources_other_strings_blanks_and_options_are_fine(given):
    assert not found("one_for_many", given)


def test_the_evidence_says_for_how_many_sources_it_stands():
    hits = found("one_for_many", rows(("Why?", "ለምን?"), ("How?", "ለምን?"), ("How?", "ለምን?")))
    text = evidence("one_for_many", hits[2].params)
    assert "2 different sources" in text
    assert "3 rows" in text


def test_one_source_translated_in_two_ways_shows_another_way():
    hits = found("two_for_one", rows(("Why?", "Warum?"), ("Why?", "Wieso?"), ("Who?", "Wer?")))
    assert sorted(hits) == [0, 1]
    assert "Wieso?" in evidence("two_for_one", hits[0].params)


def test_one_source_translated_one_way_is_fine():
    assert not found("two_for_one", rows(("Why?", "为什么？"), ("Why?", "为什么？")))


def test_a_summary_counts_rows_from_three_sources_on_and_names_the_two_largest():
    texts = [(f"Question {number}?", "مرحبا؟") for number in range(5)]
    texts += [(f"Line {number}?", "أهلا؟") for number in range(3)]
    texts += [("One?", "واحد؟"), ("Two?", "واحد؟")]
    hits = found("one_for_many", rows(*texts))
    summary = summarise_one_for_many(hit.params for hit in hits.values())
    assert summary.rows == 8
    assert [count for count, _ in summary.strings] == [5, 3]
    assert str(summary) == (
        "In 8 rows the question stands for three or more different sources (5 of them one string, 3 another)."
    )


def test_every_set_check_reads_an_empty_set():
    assert not any(list(check.run([])) for check in SET_CHECKS)
