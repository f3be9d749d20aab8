"""The sample campaign: its files hold what they say they hold, and the cast says what the rules allow."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from annotation import labels
from corpus.votes import parse_votes
from demo import script

OPTIONS = script.FIELDS[1:]
ANSWERS = {"option_a": "A", "option_b": "B", "option_c": "C", "option_d": "D"}
Row = Mapping[str, Any]


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (script.DATA / name).read_bytes().decode().split("\n")[:-1]]


ITEMS = {row["sample_id"]: row for row in rows("items.jsonl")}
ERRORS: list[dict[str, Any]] = json.loads((script.DATA / "errors.json").read_text(encoding="utf-8"))
SETS = [(language, system) for language, system, _ in script.TRANSLATIONS]


def name_of(error: Row) -> str:
    return f"{error['language']}-{error['system']}-{error['sample_id']}"


def kept_tokens(text: str) -> list[str]:
    """Blanks, tags and formulas: what a translation keeps letter by letter. Money is no formula."""
    return re.findall(r"_____|</?\w+>|\$[^$]*[\\^=+][^$]*\$", text)


def digits(text: str) -> list[str]:
    return sorted(re.findall(r"\d+(?:[.,]\d+)*", text))


# --- the source ---------------------------------------------------------------------------------------


def test_the_sample_has_six_questions_in_each_of_eight_subjects() -> None:
    subjects = Counter(row["subject"] for row in ITEMS.values())

    assert len(ITEMS) == 48 and len(rows("items.jsonl")) == 48
    assert set(subjects.values()) == {6} and len(subjects) == 8
    for sample_id, row in ITEMS.items():
        assert re.fullmatch(row["subject"] + r"/(test/[0-4]|dev/0)", sample_id)


def test_the_keys_are_spread_evenly() -> None:
    assert Counter(row["answer"] for row in ITEMS.values()) == {"A": 12, "B": 12, "C": 12, "D": 12}


def test_every_question_has_four_different_options() -> None:
    for sample_id, row in ITEMS.items():
        assert len({row[option].strip().casefold() for option in OPTIONS}) == 4, sample_id


def test_one_question_holds_carriage_returns_and_one_option_ends_in_a_blank() -> None:
    returns = [sample_id for sample_id, row in ITEMS.items() if "\r\n" in row["question"]]
    edges = [sample_id for sample_id, row in ITEMS.items() for o in OPTIONS if row[o] != row[o].strip()]

    assert returns == edges == ["miscellaneous/test/3"]


@pytest.mark.parametrize("path", sorted(script.DATA.glob("*.jsonl")), ids=lambda path: path.name)
def test_a_file_of_rows_is_canonical(path: Path) -> None:
    written = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows(path.name))

    assert path.read_bytes() == written.encode()


@pytest.mark.parametrize("path", sorted(script.DATA.glob("*.json")), ids=lambda path: path.name)
def test_a_json_file_is_canonical(path: Path) -> None:
    text = path.read_bytes().decode()

    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n"


# --- the translations ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "system", "name"), script.TRANSLATIONS)
def test_a_translation_has_every_item_in_order_with_the_same_answer(
    language: str, system: str, name: str
) -> None:
    found = rows(name)

    assert [row["sample_id"] for row in found] == list(ITEMS)
    for row in found:
        source = ITEMS[row["sample_id"]]
        assert list(row) == list(source)
        assert (row["subject"], row["answer"]) == (source["subject"], source["answer"])


@pytest.mark.parametrize(("language", "system"), SETS)
def test_the_mended_text_keeps_blanks_tags_formulas_and_line_ends(language: str, system: str) -> None:
    for sample_id, source in ITEMS.items():
        right = script.right_fields(language, sample_id, system)
        for field in script.FIELDS:
            assert sorted(kept_tokens(right[field])) == sorted(kept_tokens(source[field])), (sample_id, field)
            assert right[field].count("\r\n") == source[field].count("\r\n")


@pytest.mark.parametrize(("language", "system"), SETS)
def test_the_mended_options_are_four_and_different(language: str, system: str) -> None:
    for sample_id in ITEMS:
        right = script.right_fields(language, sample_id, system)
        assert len({right[option].strip() for option in OPTIONS} - {""}) == 4, sample_id


@pytest.mark.parametrize(("language", "system"), SETS)
def test_between_two_thirds_and_four_fifths_of_the_rows_are_good(language: str, system: str) -> None:
    bad = {e["sample_id"] for e in ERRORS if (e["language"], e["system"]) == (language, system)}

    assert 2 / 3 <= 1 - len(bad) / len(ITEMS) <= 4 / 5


def test_the_two_german_systems_word_many_rows_differently() -> None:
    right = [
        [script.right_fields("de", i, system) for i in ITEMS] for system in (script.MAIN_SYSTEM, "mt-beta")
    ]

    assert sum(alpha != beta for alpha, beta in zip(*right, strict=True)) >= 20


# --- the deliberate errors ----------------------------------------------------------------------------


def in_another_row(error: Row, field: str) -> Iterator[tuple[str, str]]:
    """(English, translation) of the same field in the other items of the set."""
    for sample_id in ITEMS:
        if sample_id != error["sample_id"]:
            fields = script.machine_fields(error["language"], sample_id, error["system"])
            yield ITEMS[sample_id][field], fields[field]


def pasted_over(error: Row, field: str, english: str, text: str) -> bool:
    return text in {other for _, other in in_another_row(error, field)}


def translated_otherwise(error: Row, field: str, english: str, text: str) -> bool:
    return any(source == english and other != text for source, other in in_another_row(error, field))


def collides(error: Row, field: str, english: str, text: str) -> bool:
    fields = script.machine_fields(error["language"], error["sample_id"], error["system"])
    return [fields[option] for option in OPTIONS].count(text) == 2


def foreign(error: Row, field: str, english: str, text: str) -> bool:
    own = {"ur": r"[\u0600-\u06ff]", "ja": r"[\u3040-\u30ff]"}[error["language"]]
    return re.search(own, error["correct"][field]) is not None and re.search(own, text) is None


PRESENT: Mapping[str, Callable[[Row, str, str, str], bool]] = {
    "untranslated_field": lambda error, field, english, text: text == english,
    "option_missing": lambda error, field, english, text: text.strip() == "",
    "options_collide": collides,
    "options_swapped": lambda error, field, english, text: text in set(error["correct"].values()),
    "number_changed": lambda error, field, english, text: digits(text) != digits(error["correct"][field]),
    "blank_lost": lambda error, field, english, text: "_____" in english and "_____" not in text,
    "reference_lost": lambda error, field, english, text: "A" in english and "A" not in text,
    "markup_broken": lambda error, field, english, text: (
        kept_tokens(text) != kept_tokens(english) or text.count("{") != text.count("}")
    ),
    "repetition_loop": lambda error, field, english, text: re.search(r"(.{6,}?)\1{3}", text) is not None,
    "preamble": lambda error, field, english, text: text.endswith(error["correct"][field]) and ":" in text,
    "source_appended": lambda error, field, english, text: (
        text.startswith(error["correct"][field]) and english in text
    ),
    "truncation": lambda error, field, english, text: error["correct"][field].startswith(text),
    "wrong_script": foreign,
    "same_translation": pasted_over,
    "two_translations": translated_otherwise,
}
BY_CHECK = [error for error in ERRORS if error["caught_by"] == "check"]


@pytest.mark.parametrize("error", ERRORS, ids=name_of)
def test_a_listed_error_changes_the_right_text(error: Row) -> None:
    fields = script.machine_fields(error["language"], error["sample_id"], error["system"])

    assert error["fields"] == list(error["correct"]) and error["note"]
    for field, correct in error["correct"].items():
        assert fields[field] != correct and correct.strip()


@pytest.mark.parametrize("error", BY_CHECK, ids=name_of)
def test_an_error_that_a_check_can_find_is_really_there(error: Row) -> None:
    fields = script.machine_fields(error["language"], error["sample_id"], error["system"])

    for field in error["fields"]:
        english = ITEMS[error["sample_id"]][field]
        assert PRESENT[error["kind"]](error, field, english, fields[field]), (field, fields[field])


def test_every_kind_of_structural_error_is_in_the_sample() -> None:
    assert {error["kind"] for error in BY_CHECK} == set(PRESENT)


def test_one_question_text_stands_for_three_items_in_arabic_and_swahili() -> None:
    for language in ("ar", "sw"):
        questions = Counter(script.machine_fields(language, i)["question"] for i in ITEMS)
        assert 3 in questions.values()


@pytest.mark.parametrize(("language", "system"), SETS)
def test_rows_without_a_listed_error_have_no_broken_structure(language: str, system: str) -> None:
    listed = {e["sample_id"] for e in ERRORS if (e["language"], e["system"]) == (language, system)}

    for sample_id in set(ITEMS) - listed:
        fields = script.machine_fields(language, sample_id, system)
        assert len({fields[option].strip() for option in OPTIONS} - {""}) == 4, sample_id


def test_an_item_has_at_most_one_listed_error_in_a_set() -> None:
    listed = Counter((error["language"], error["system"], error["sample_id"]) for error in ERRORS)

    assert set(listed.values()) == {1}


# --- the votes ----------------------------------------------------------------------------------------


def test_the_votes_are_in_the_published_form_and_on_the_same_texts() -> None:
    found = rows("votes.jsonl")

    assert len(found) == 6
    for row in found:
        assert len(row) == 17 and parse_votes(row).voters >= 3
        assert {name: row[name] for name in ITEMS[row["sample_id"]]} == ITEMS[row["sample_id"]]


def test_the_marks_in_the_votes_lie_inside_the_question() -> None:
    for row in rows("votes.jsonl"):
        for mark in parse_votes(row).reference:
            if isinstance(mark, dict):
                quote = row["question"][mark["start"] : mark["end"]]
                assert quote and quote == quote.strip() and mark["end"] <= len(row["question"])


# --- the script ---------------------------------------------------------------------------------------


def test_the_cast_signs_in_at_addresses_that_reach_nobody() -> None:
    assert [person.name for person in script.people()] == ["Mia", "Rui", "Ana", "Ben", "Chi", "Dev", "Oz"]
    assert all(person.email.endswith("@example.org") for person in script.people())


def test_two_people_verify_every_language_and_four_tag() -> None:
    for language in script.LANGUAGES:
        assert len(script.judges(script.VERIFICATION, language)) == script.VERIFICATION_OVERLAP
    assert len(script.judges(script.SENSITIVITY, "en")) == script.SENSITIVITY_OVERLAP


def test_oz_is_given_nothing_to_say() -> None:
    with pytest.raises(LookupError, match="Oz does no verification"):
        script.for_task(person="Oz", kind=script.VERIFICATION, language="ar", sample_id="astronomy/test/0")


def test_every_verdict_holds_together() -> None:
    for judgement in (*script.opening(), *script.rest()):
        if isinstance(judgement.answer, labels.VerificationAnswer):
            judged = script.machine_fields(judgement.language, judgement.sample_id, judgement.system)
            labels.check_verification(judgement.answer, judged)


def test_the_second_german_system_can_be_judged_too() -> None:
    for sample_id in ITEMS:
        found = script.for_task(
            person="Ana", kind=script.VERIFICATION, language="de", sample_id=sample_id, system="mt-beta"
        )
        assert isinstance(found.answer, labels.VerificationAnswer)
        labels.check_verification(found.answer, script.machine_fields("de", sample_id, "mt-beta"))


def test_every_sensitivity_answer_holds_together_and_quotes_the_question() -> None:
    for judgement in (*script.opening(), *script.rest()):
        if isinstance(judgement.answer, labels.SensitivityAnswers):
            labels.check_sensitivity(judgement.answer, ITEMS[judgement.sample_id]["question"])


def test_a_marked_quote_stands_once_in_its_question() -> None:
    for row in json.loads((script.DATA / "sensitivity.json").read_text(encoding="utf-8")):
        for answer in row["answers"].values():
            for mark in answer["marks"]:
                assert ITEMS[row["sample_id"]]["question"].count(mark["quote"]) == 1, mark


def test_about_a_third_of_the_items_come_out_as_sensitive() -> None:
    holds = 0
    for sample_id in ITEMS:
        votes: Counter[str] = Counter()
        for person in script.judges(script.SENSITIVITY, "en"):
            found = script.for_task(
                person=person, kind=script.SENSITIVITY, language="en", sample_id=sample_id
            )
            assert isinstance(found.answer, labels.SensitivityAnswers)
            votes.update(found.answer.tags)
        holds += any(count * 2 >= script.SENSITIVITY_OVERLAP for count in votes.values())

    assert 14 <= holds <= 22


def test_opening_and_rest_fill_every_slot_once() -> None:
    everything = [(j.person, j.kind, j.language, j.sample_id) for j in (*script.opening(), *script.rest())]

    assert len(set(everything)) == len(everything)
    assert len(everything) == len(ITEMS) * (4 + 2 * len(script.LANGUAGES))


def test_the_opening_leaves_work_for_everybody_who_annotates() -> None:
    left = script.counts(script.rest())

    for person in script.people():
        for language in person.annotates:
            kind = script.SENSITIVITY if language == script.SOURCE_LANGUAGE else script.VERIFICATION
            assert left[person.name, kind, language] >= 20


def texts_of(judgement: script.Judgement) -> tuple[str, str, str]:
    answer = judgement.answer
    assert isinstance(answer, labels.VerificationAnswer)
    return answer.verdict, answer.severity, json.dumps(dict(answer.fields or {}))


def conflicts(judgements: tuple[script.Judgement, ...]) -> set[tuple[str, str]]:
    """Tasks with a reject, or whose judgements differ in verdict, severity or text."""
    said: dict[tuple[str, str], set[tuple[str, str, str]]] = {}
    for judgement in judgements:
        if judgement.kind == script.VERIFICATION:
            said.setdefault((judgement.language, judgement.sample_id), set()).add(texts_of(judgement))
    stuck = {labels.Verdict.REJECT, labels.Verdict.CANNOT_TRANSLATE}
    return {task for task, texts in said.items() if len(texts) > 1 or any(v in stuck for v, _, _ in texts)}


def test_the_settlements_are_exactly_the_conflicts_of_the_whole_run() -> None:
    settled = (*script.opening_settlements(), *script.settlements())

    assert len({(s.language, s.sample_id) for s in settled}) == len(settled)
    assert {(s.language, s.sample_id) for s in settled} == conflicts((*script.opening(), *script.rest()))


def test_the_campaign_opens_with_settled_and_waiting_conflicts() -> None:
    settled = {(s.language, s.sample_id) for s in script.opening_settlements()}
    waiting = conflicts(script.opening()) - settled

    assert len(settled) == 3
    assert len(waiting) >= 10 and {language for language, _ in waiting} >= {
        "ar",
        "ur",
        "hi",
        "ja",
        "sw",
        "de",
    }


def test_rui_picks_people_who_judged_and_writes_whole_texts() -> None:
    for settled in (*script.opening_settlements(), *script.settlements()):
        assert settled.reason
        if settled.outcome == "pick":
            picked = script.for_task(
                person=settled.picked,
                kind=script.VERIFICATION,
                language=settled.language,
                sample_id=settled.sample_id,
            )
            assert texts_of(picked)[0] in ("accept", "edit")
        else:
            assert not settled.picked
        assert (list(settled.fields) == list(script.FIELDS)) is (settled.outcome == "write")


def test_a_task_on_which_all_agree_is_settled_as_its_first_annotator_said() -> None:
    found = script.settlement_for("de", "astronomy/test/0")

    assert (found.outcome, found.picked) == ("pick", "Ana") and found.reason
