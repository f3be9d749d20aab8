import pytest

from flagging.checks import TEXT_CHECKS, Finding, Span, Text, TextCheck, by_name
from tests.flagging.checks.helpers import item

GOOD = [
    item("Which one is a tree?", "oak", "rose", "wheat", "moss"),
    item("أي واحدة شجرة؟\u200f", "بلوط", "وردة"),
    item("Line one\r\nline two\twith a tab", "a", "b"),
    item("कौन सा पेड़ है?", "क्\u200dष", "ब"),
    item("Which cross?", "Bb × bb", "bb × Bb", "x²", "x2"),
    item("Emoji 👩\u200d🌾 and \u00a0 inside", "a", "b"),
]


def text_findings(name: str, fields: dict[str, str]) -> list[Finding]:
    check = by_name(name)
    assert isinstance(check, TextCheck)
    return list(check.run(Text(fields, "en", "source")))


@pytest.mark.parametrize("fields", GOOD)
def test_good_texts_pass_every_check(fields):
    assert [check.name for check in TEXT_CHECKS if list(check.run(Text(fields, "en")))] == []


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\n"])
def test_a_blank_option_is_flagged_with_its_letter(blank):
    (found,) = text_findings("blank_option", item("Q?", "a", blank, "c"))
    assert (found.field, found.params["letter"]) == ("option_b", "B")


@pytest.mark.parametrize(("one", "two"), [("oak", "oak"), ("oak", "oak "), ("بلوط", "بلوط"), ("湖", " 湖")])
def test_equal_options_are_flagged_with_their_letters(one, two):
    (found,) = text_findings("equal_options", item("Q?", one, "rose", two))
    assert found.params["letters"] == "A, C"


def test_two_blank_options_are_blank_and_not_equal():
    assert not text_findings("equal_options", item("Q?", "", ""))


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a\x00b", "U+0000 at 1"),
        ("1990\x961995", "U+0096 at 4"),
        ("\x7f", "U+007F at 0"),
        ("é\x1f", "U+001F at 1"),
    ],
)
def test_a_control_character_is_named_with_its_place(text, where):
    (found,) = text_findings("control_characters", item(text))
    assert found.params["where"] == where
    assert found.spans[0].side == "source"


@pytest.mark.parametrize("sign", ["\u202e", "\u202b", "\u2066"])
def test_a_character_that_forces_direction_is_flagged(sign):
    (found,) = text_findings("bidi_overrides", item(f"السؤال {sign}abc"))
    assert found.params["count"] == 1


@pytest.mark.parametrize(
    ("text", "start", "end"), [(" oak", 0, 1), ("oak\r\n", 3, 5), ("湖\u3000", 1, 2), ("\u00a0بلوط", 0, 1)]
)
def test_white_space_at_an_edge_is_marked(text, start, end):
    (found,) = text_findings("edge_white_space", item(text))
    assert found.spans == (Span("source", "question", start, end),)
