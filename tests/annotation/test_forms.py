"""What the workbench's forms say, read without a database."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.http import QueryDict

from annotation.forms import active_ms, handed, said_in, sensitivity_answers, verification_answer
from annotation.labels import LabelError, SensitivitySpan

JUDGED = {"question": " Warum?\rWeil. ", "option_a": "Ja", "option_b": "Nein"}
QUESTION = "Why is a 😀 chuffed to bits?"


def post(**values: object) -> QueryDict:
    sent = QueryDict(mutable=True)
    for name, value in values.items():
        sent.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
    return sent


def test_fields_that_were_not_sent_were_not_touched() -> None:
    answer = verification_answer(post(verdict="edit", text__option_a="Doch"), JUDGED)
    assert answer.fields == {**JUDGED, "option_a": "Doch"}


def test_an_untouched_field_comes_back_byte_for_byte() -> None:
    sent = post(verdict="edit", text__question=" Warum?\r\nWeil. ", text__option_a="Doch")
    assert verification_answer(sent, JUDGED).fields == {**JUDGED, "option_a": "Doch"}


def test_accepting_a_changed_text_is_refused_and_not_silently_dropped() -> None:
    with pytest.raises(LabelError) as refusal:
        verification_answer(post(verdict="accept", text__option_a="Doch"), JUDGED)
    assert refusal.value.field == "verdict"


def test_an_accept_carries_no_text_even_where_the_browser_sent_all_of_them() -> None:
    sent = post(
        verdict="accept", text__question=" Warum?\r\nWeil. ", text__option_a="Ja", text__option_b="Nein"
    )
    assert verification_answer(sent, JUDGED).fields is None


def test_a_wrong_source_may_be_reported_beside_any_verdict() -> None:
    assert verification_answer(post(verdict="accept", source_wrong="on"), JUDGED).reason == "source_wrong"
    sent = post(verdict="reject", reason="fluency", source_wrong="on")
    assert verification_answer(sent, JUDGED).reason == "fluency"


@pytest.mark.parametrize("verdict", ["", "delete", "ACCEPT"])
def test_a_verdict_nobody_knows_is_refused(verdict: str) -> None:
    with pytest.raises(LabelError):
        verification_answer(post(verdict=verdict), JUDGED)


def test_a_refused_form_keeps_what_was_typed_and_only_that() -> None:
    said = said_in(post(verdict="edit", text__option_a="Doch", text__option_b="Nein", note=" n "), JUDGED)
    assert dict(said.texts) == {"option_a": "Doch"}
    assert said.note == " n "


def test_a_form_cut_short_is_refused() -> None:
    for sent in (post(), post(key="7", item_version="1"), post(key=str(uuid4()), item_version="one")):
        with pytest.raises(LabelError):
            handed(sent)


@pytest.mark.parametrize(
    ("sent", "counted"), [("1200", 1200), ("-5", 0), ("", 0), ("٣", 0), ("9" * 20, 86_400_000)]
)
def test_active_time_is_a_number_of_milliseconds_of_at_most_a_day(sent: str, counted: int) -> None:
    assert active_ms(post(active_ms=sent)) == counted


def test_none_and_not_sure_are_answers_but_no_tags() -> None:
    assert sensitivity_answers(post(tags="none"), QUESTION).tags == ()
    assert sensitivity_answers(post(tags="not_sure"), QUESTION).not_sure


@pytest.mark.parametrize("tags", [[], ["none", "cultural"], ["none", "not_sure"]])
def test_an_answer_to_the_first_question_is_wanted_and_must_not_contradict_itself(tags: list[str]) -> None:
    with pytest.raises(LabelError):
        sensitivity_answers(post(tags=tags), QUESTION)


def test_spans_come_as_code_points_from_a_page_with_a_script() -> None:
    span = {"start": 11, "end": 26, "label": "Dialect", "quote": "chuffed to bits"}
    answers = sensitivity_answers(post(tags="dialect", spans=json.dumps([span])), QUESTION)
    assert answers.spans == (SensitivitySpan(**span),)
    assert QUESTION[11:26] == "chuffed to bits"


def test_words_quoted_without_a_script_become_the_same_spans() -> None:
    answers = sensitivity_answers(post(tags="dialect", quote__dialect="chuffed to bits\r\n\r\nWhy"), QUESTION)
    assert [(span.start, span.end) for span in answers.spans] == [(11, 26), (0, 3)]


def test_words_that_are_not_in_the_question_are_named() -> None:
    with pytest.raises(LabelError, match="Chuffed"):
        sensitivity_answers(post(tags="dialect", quote__dialect="Chuffed"), QUESTION)


@pytest.mark.parametrize(
    "spans",
    ["{", "7", "[7]", "[{}]", '[{"start": true, "end": 2, "label": "Dialect", "quote": "h"}]',
     '[{"start": 0, "end": 2, "label": "Slang", "quote": "Wh"}]', "[" * 100_000],
)  # fmt: skip
def test_spans_that_are_none_are_refused(spans: str) -> None:
    with pytest.raises(LabelError):
        sensitivity_answers(post(tags="dialect", spans=spans), QUESTION)
