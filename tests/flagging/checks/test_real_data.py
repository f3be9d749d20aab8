"""Figures on real benchmarks: what the checks find, and how often they cry wolf."""

from pathlib import Path

import pytest

from bench.checks import (
    Example,
    Outcome,
    african,
    benchlike,
    english_test,
    global_dev,
    item_fields,
    read_rows,
    run,
)
from bench.injected import languages, tallies
from flagging.checks import SET_CHECKS, SetRow, Text, by_name, summarise_one_for_many
from flagging.checks.base import SetCheck, TextCheck
from flagging.evaluation.checks import Tally

pytestmark = pytest.mark.slow

# A little below what was measured, on every pair and on the checks together.
FLOORS = {
    "untranslated_all": 0.97,
    "untranslated_copy": 0.97,
    "untranslated_question": 0.97,
    "wrong_language_question": 0.97,
    "option_missing": 0.98,
    "options_collide": 0.98,
    "answer_leak": 0.98,
    "repetition_loop": 0.97,
    "llm_preamble": 0.98,
    "source_appended": 0.97,
    "half_untranslated": 0.97,
    "sentence_untranslated": 0.97,
    "truncated_question": 0.95,
    "number_changed": 0.90,
    "untranslated_option": 0.90,
    "wrong_language_option": 0.90,
    "options_swapped": 0.50,
}


@pytest.fixture(scope="module")
def injected(shared_data: Path) -> Outcome:
    return run(benchlike(shared_data))[0]


@pytest.fixture(scope="module")
def english(shared_data: Path) -> dict[str, dict[str, str]]:
    return {key: item_fields(row) for key, row in english_test(shared_data).items()}


@pytest.fixture(scope="module")
def arabic(shared_data: Path, english: dict[str, dict[str, str]]) -> list[SetRow]:
    rows = read_rows(shared_data / "mmlu-ar" / "ar.test.jsonl.gz")
    return [
        SetRow(number, "question", english[row["sample_id"]]["question"], row["question"])
        for number, row in enumerate(rows)
    ]


def test_arabic_questions_stand_for_many_sources_as_counted(arabic):
    check = by_name("one_for_many")
    assert isinstance(check, SetCheck)
    params = [found.params for _, found in check.run(arabic)]
    lent = list(SET_CHECKS[[one.name for one in SET_CHECKS].index("lent_to_another")].run(arabic))
    summary = summarise_one_for_many(params)
    assert (len(arabic), len(params) + len(lent)) == (14042, 1335)
    assert (summary.rows, [count for count, _ in summary.strings[:2]]) == (1259, [309, 217])
    assert str(summary) == (
        "In 1,259 rows the question stands for three or more different sources "
        "(309 of them one string, 217 another)."
    )


def test_arabic_questions_are_variants_of_one_too(arabic):
    check = by_name("nearly_one_for_many")
    assert isinstance(check, SetCheck)
    assert sum(1 for _ in check.run(arabic)) > 900


@pytest.mark.parametrize(
    ("name", "rows"),
    [("equal_options", 9), ("control_characters", 80), ("edge_white_space", 1003), ("blank_option", 0)],
)
def test_english_rows_have_the_published_flaws(english, name, rows):
    check = by_name(name)
    assert isinstance(check, TextCheck)
    hits = sum(1 for fields in english.values() if next(iter(check.run(Text(fields, "en", "source"))), None))
    assert hits == rows


@pytest.mark.parametrize("kind", FLOORS)
def test_an_injected_error_is_recalled(injected, kind):
    assert injected.rate(kind) >= FLOORS[kind]


def test_truncation_is_recalled(injected):
    seen = {
        kind: sum(injected.seen[key] for key in injected.seen if key[0] == kind)
        for kind in ("truncated", "truncated_question")
    }
    found = sum(injected.rate(kind) * count for kind, count in seen.items())
    assert found / sum(seen.values()) >= 0.95


def test_clean_human_translations_raise_few_false_alarms(injected):
    assert injected.rate("clean") <= 0.04
    for language in injected.languages():
        assert injected.rate("clean", language) <= 0.09, language


def rates(examples: list[Example], kind: str) -> dict[str, float]:
    outcome, _ = run(examples)
    return {language: outcome.rate(kind, language) for language in outcome.languages()}


def test_african_human_translations_raise_few_false_alarms(shared_data):
    found = rates(african(shared_data, "human"), "human")
    assert set(found) == {"af", "am", "bm", "nso", "sn"}
    assert sum(found.values()) / len(found) <= 0.08
    # The Shona ones leave many terms in English: a third of what is flagged there is that.
    assert max(found.values()) <= 0.125


def test_published_translations_raise_few_false_alarms(shared_data):
    found = rates(global_dev(shared_data, ["ar", "de", "hi", "ja", "ru", "sw", "zh"]), "dev")
    assert max(found.values()) <= 0.06


# Kinds for which flagging.md sets a target, on errors put into 41 languages, most of them machine-translated;
# a little below what was measured.
INJECTED = {
    "untranslated_all": 0.97,
    "untranslated_question": 0.97,
    "wrong_language_question": 0.97,
    "option_missing": 0.98,
    "options_collide": 0.98,
    "repetition_loop": 0.96,
    "llm_preamble": 0.98,
    "preamble_own_language": 0.95,
    "refusal": 0.98,
    "answer_leak": 0.95,
    "answer_leak_in_question": 0.97,
    "half_untranslated": 0.93,
    "truncated_by_half": 0.97,
    "truncated_a_little": 0.90,
    "untranslated_option": 0.80,
    "wrong_language_option": 0.85,
}


@pytest.fixture(scope="module")
def everywhere(shared_data: Path) -> Tally:
    return tallies(shared_data, languages(shared_data), range(1, 2))


@pytest.mark.long
@pytest.mark.parametrize("kind", INJECTED)
def test_an_error_put_into_any_language_is_recalled(everywhere, kind):
    assert everywhere.rate(kind) >= INJECTED[kind]


@pytest.mark.long
def test_translations_without_an_injected_error_raise_few_alarms_in_every_language(everywhere):
    assert everywhere.rate("") <= 0.06
    # The Shona split leaves many options in English, which is no false alarm.
    worst = {language: everywhere.rate("", language) for language in everywhere.languages()}
    assert [language for language, rate in worst.items() if rate > 0.12] in ([], ["sn"])
