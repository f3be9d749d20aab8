"""What a text may hold: found by place, never changed."""

from __future__ import annotations

import pytest

from corpus import text


def test_control_characters_are_found_by_span_and_common_ones_are_not() -> None:
    assert text.control_spans("a\tb\nc\rd") == []
    assert text.control_spans("a\x00\x1fb\x7f\x80\x9fc\xa0") == [(1, 3), (4, 7)]


def test_carriage_returns_are_told_from_line_feeds() -> None:
    assert text.carriage_return_spans("a\r\nb\r\r") == [(1, 2), (4, 6)]


def test_bidi_overrides_are_found_and_marks_and_isolates_are_not() -> None:
    assert text.bidi_override_spans("a\u202eb\u202d") == [(1, 2), (3, 4)]
    assert text.bidi_override_spans("\u200f\u200e\u202a\u202b\u2066\u2069") == []


@pytest.mark.parametrize(
    ("value", "spans"),
    [
        ("a b", []),
        ("", []),
        ("  ", []),
        (" a", [(0, 1)]),
        ("a\n\n", [(1, 3)]),
        ("\u00a0a\u3000", [(0, 1), (2, 3)]),
        ("\u200ba", []),
    ],
)
def test_edge_white_space_is_found_at_both_ends_and_not_in_a_blank(
    value: str, spans: list[text.Span]
) -> None:
    assert text.edge_whitespace_spans(value) == spans


@pytest.mark.parametrize("value", ["", " ", "\t\n", "\u00a0", "\u200b\ufeff "])
def test_what_a_reader_cannot_see_is_blank(value: str) -> None:
    assert text.is_blank(value)


@pytest.mark.parametrize("value", [".", "0", " x ", "\x96"])
def test_what_leaves_a_mark_is_not_blank(value: str) -> None:
    assert not text.is_blank(value)


def test_equal_texts_are_grouped_by_code_points_alone() -> None:
    same = {"a": "x", "b": "X", "c": "x", "d": "x ", "e": "X"}
    assert text.equal_groups(same) == [["a", "c"], ["b", "e"]]


def test_what_utf_8_and_postgresql_cannot_hold_is_explained() -> None:
    assert text.unstorable("fine \U0001f600") is None
    assert "U+0000) at offset 1" in (text.unstorable("a\x00") or "")
    assert "U+DC00) at offset 0" in (text.unstorable("\udc00") or "")
