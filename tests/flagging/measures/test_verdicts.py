"""What counts as bad, and how much of a text an edit touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagging.measures.verdicts import (
    BAD_VERSION,
    HTER_FLOOR,
    VerdictRow,
    edit_rate,
    is_bad,
    judge,
    tells_of_translation,
)

FOX = {"question": "the quick brown fox jumps over the lazy dog today"}


def _edited(text: str) -> VerdictRow:
    return VerdictRow("edit", machine=FOX, post_edited={"question": text})


BAD = {
    "a rejection": VerdictRow("reject"),
    "an accepted translation with a major error": VerdictRow("accept", severity="major"),
    "an edit of a critical error": VerdictRow("edit", severity="critical"),
    "an answer that was changed": VerdictRow("accept", answer_before="A", answer_after="B"),
    "a reason that says the answer changed": VerdictRow("edit", reason="answer_changed"),
    "four words of ten rewritten": _edited("a slow red wolf jumps over the lazy dog today"),
}
GOOD = {
    "an acceptance": VerdictRow("accept"),
    "a minor error": VerdictRow("edit", severity="minor", reason="fluency"),
    "a neutral remark": VerdictRow("accept", severity="neutral"),
    "two words of ten, which may be taste": _edited("the quick red fox leaps over the lazy dog today"),
    "an answer that stayed": VerdictRow("accept", answer_before="A", answer_after="A"),
    "an item without an answer": VerdictRow("accept", answer_before=None, answer_after="A"),
    "an item that cannot be translated": VerdictRow("cannot_translate", reason="untranslatable.lexeme"),
}


@pytest.mark.parametrize("row", BAD.values(), ids=BAD)
def test_is_bad(row):
    assert is_bad(row)


@pytest.mark.parametrize("row", GOOD.values(), ids=GOOD)
def test_is_not_bad(row):
    assert not is_bad(row)


def test_a_judgement_names_its_version_and_all_its_grounds():
    found = judge(VerdictRow("reject", severity="critical", answer_before="A", answer_after="C"))
    assert (found.version, found.grounds) == (BAD_VERSION, ("rejected", "severity", "answer"))


def test_an_edit_at_the_floor_itself_is_not_bad():
    three_of_ten = judge(_edited("a slow red fox jumps over the lazy dog today"))
    assert three_of_ten.hter == pytest.approx(HTER_FLOOR)
    assert not three_of_ten.bad


def test_texts_beside_a_verdict_that_is_no_edit_are_not_compared():
    assert not is_bad(VerdictRow("accept", machine=FOX, post_edited={"question": "all else"}))


def test_an_unknown_verdict_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r"'maybe' is no verdict.*accept edit reject"):
        judge(VerdictRow("maybe"))


def test_only_what_cannot_be_translated_says_nothing_of_the_translation():
    assert not tells_of_translation(VerdictRow("cannot_translate"))
    assert tells_of_translation(VerdictRow("cannot_translate", severity="critical"))
    assert tells_of_translation(VerdictRow("accept"))


@pytest.mark.parametrize(
    ("before", "after", "rate"),
    [
        ("one two three four", "one two five four", 1 / 4),
        ("one two", "one two three four", 2 / 4),
        ("它是一只狗。", "它是一只猫。", 1 / 6),
        ("これは犬です", "これは猫です", 1 / 6),
        ("หมากินข้าว", "แมวกินข้าว", 2 / 8),
        ("Stop!", "Stop.", 1 / 2),
        ("cafe\u0301 noir", "café noir", 0.0),
        ("a b", "", 1.0),
        ("", "", 0.0),
    ],
)
def test_the_rate_counts_words_and_characters_where_no_spaces_stand(before, after, rate):
    assert edit_rate({"q": before}, {"q": after}) == pytest.approx(rate)


def test_the_rate_is_over_all_fields_together():
    machine = {"question": "one two three four five six", "option_a": "red", "option_b": "blue"}
    assert edit_rate(machine, {"option_a": "green"}) == pytest.approx(1 / 8)


def test_a_field_that_only_the_post_edit_has_counts_whole():
    assert edit_rate({"a": "one two"}, {"b": "three four"}) == pytest.approx(2 / 4)


@given(st.text(), st.text())
def test_the_rate_is_nought_for_the_same_and_never_negative(one, other):
    assert edit_rate({"q": one}, {"q": one}) == 0
    assert edit_rate({"q": one}, {"q": other}) >= 0
