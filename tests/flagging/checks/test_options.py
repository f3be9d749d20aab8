import pytest

from flagging.checks import evidence
from tests.flagging.checks.helpers import findings, item, pair

TREES = item("Which one is a tree?", "oak", "rose", "wheat", "moss")


@pytest.mark.parametrize("blank", ["", "   ", "\u3000", "-", "…", "."])
def test_an_option_without_text_is_flagged_with_its_letter(blank):
    given = pair(TREES, item("Was ist ein Baum?", "Eiche", blank, "Weizen", "Moos"))
    (found,) = findings("option_missing", given)
    assert (found.field, found.params["letter"]) == ("option_b", "B")
    assert "“rose”" in evidence("option_missing", found.params)


def test_an_option_that_the_translation_lacks_altogether_is_missing():
    (found,) = findings(
        "option_missing", pair(TREES, item("Mti ni upi?", "mwaloni", "waridi", "ngano"), "sw")
    )
    assert found.field == "option_d"


@pytest.mark.parametrize(
    ("source", "target"),
    [("oak", "Eiche"), ("—", "—"), ("+", "+"), ("", ""), ("None", "None"), ("x", "x"), ("٪", "%")],
)
def test_an_option_with_text_or_blank_in_both_is_there(source, target):
    given = pair(item("Q?", source, "b"), item("F?", target, "b"))
    assert not findings("option_missing", given)


def test_a_question_without_text_is_missing_and_is_no_option():
    given = pair(TREES, item(" ", "Eiche", "Rose", "Weizen", "Moos"))
    assert [one.field for one in findings("field_missing", given)] == ["question"]
    assert not findings("option_missing", given)


@pytest.mark.parametrize(
    ("source", "target", "letters"),
    [
        (("oak", "oak tree", "rose"), ("Eiche", "Eiche", "Rose"), "A, B"),
        (("more", "rising", "fewer"), ("أكثر", "أكثر", "أقل"), "A, B"),
        (("I only", "I alone", "II"), ("केवल I", "केवल I", "II"), "A, B"),
        (("big", "large", "huge"), ("大", "大", "大"), "A, B, C"),
        (("left.", "right.", "up."), ("gauche", "gauche.", "haut"), "A, B"),
        (("Polish", "polish", "x"), ("polnisch", "polnisch", "x"), "A, B"),
        (("BB × bb", "Bb × bb", "x"), ("Bb × bb", "Bb × bb", "x"), "A, B"),
    ],
)
def test_options_that_differ_only_in_the_source_collide(source, target, letters):
    found = findings("options_collide", pair(item("Q?", *source), item("F?", *target)))
    assert [one.params["letters"] for one in found] == [letters]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (("Bb × bb", "bb × Bb"), ("Bb × bb", "bb × Bb")),
        (("x²", "x2"), ("x²", "x2")),
        (("AaBb", "aabb"), ("AaBb", "aabb")),
        (("Co", "CO"), ("Co", "CO")),
        (("oak", "oak"), ("Eiche", "Eiche")),
        (("oak", "oak "), ("Eiche", "Eiche")),
        (("Yes", "yes."), ("Ja", "ja")),
        (("oak", "rose"), ("", "")),
        (("१", "1"), ("१", "1")),
        (("resume", "résumé"), ("wiederaufnehmen", "Lebenslauf")),
    ],
)
def test_options_that_differ_or_are_equal_on_both_sides_do_not_collide(source, target):
    assert not findings("options_collide", pair(item("Q?", *source), item("F?", *target)))


@pytest.mark.parametrize(
    ("source", "target", "language"),
    [
        (("1999", "oak", "2005", "rose"), ("2005", "Eiche", "1999", "Rose"), "de"),
        (("12%", "oak", "30%", "rose"), ("30٪", "بلوط", "١٢٪", "وردة"), "ar"),
        (("Ada Obi", "an oak", "a rose", "moss"), ("ein Moos", "eine Eiche", "eine Rose", "Ada Obi"), "de"),
        (("1,500", "2,500", "7", "8"), ("2.500", "1.500", "7", "8"), "de"),
    ],
)
def test_options_that_read_alike_under_another_letter_are_out_of_order(source, target, language):
    assert findings("option_order", pair(item("Q?", *source), item("F?", *target), language))


@pytest.mark.parametrize(
    ("source", "target", "language"),
    [
        (("1999", "oak", "2005", "rose"), ("1999", "Eiche", "2005", "Rose"), "de"),
        (("1,500", "15", "150", "0"), ("1.500", "15", "150", "0"), "de"),
        (("3 and 4", "4 and 3", "x", "y"), ("3 y 4", "4 y 3", "x", "y"), "es"),
        (("May 3", "June 4", "x", "y"), ("3 maggio", "4 giugno", "x", "y"), "it"),
        (("5", "6", "7", "8"), ("五", "六", "七", "八"), "ja"),
    ],
)
def test_options_in_their_places_are_in_order(source, target, language):
    assert not findings("option_order", pair(item("Q?", *source), item("F?", *target), language))


@pytest.mark.parametrize(
    "marked", ["Eiche *", "Eiche ✓", "Eiche (richtig)", "*Eiche", "Eiche (correct answer)"]
)
def test_a_mark_on_the_right_option_gives_the_answer_away(marked):
    given = pair(TREES, item("Was ist ein Baum?", marked, "Rose", "Weizen", "Moos"), answer="A")
    assert [one.field for one in findings("answer_leak", given)] == ["option_a"]


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        (("Eiche *", "Rose *", "Weizen", "Moos"), "A"),
        (("Eiche *", "Rose", "Weizen", "Moos"), "B"),
        (("Eiche *", "Rose", "Weizen", "Moos"), None),
        (("Eiche (Baum)", "Rose", "Weizen", "Moos"), "A"),
    ],
)
def test_marks_elsewhere_or_on_several_options_give_nothing_away(options, answer):
    given = pair(TREES, item("Was ist ein Baum?", *options), answer=answer)
    assert not findings("answer_leak", given)
