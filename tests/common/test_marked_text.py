"""What a page shows of a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from common.marked_text import Mark, code_point_name, pieces

MARKS = st.lists(st.builds(Mark, st.integers(-2, 30), st.integers(-2, 30), st.just("suspect")), max_size=4)


@given(st.text(max_size=30), MARKS)
def test_the_pieces_joined_are_the_text(text: str, marks: list[Mark]) -> None:
    cut = list(pieces(text, marks))
    assert "".join(piece.text for piece in cut) == text
    assert all(text[piece.start : piece.start + len(piece.text)] == piece.text for piece in cut)


@given(st.text(min_size=1, max_size=30), st.data())
def test_a_mark_covers_exactly_its_characters(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    mark = Mark(start, data.draw(st.integers(start + 1, len(text))), "suspect")
    assert "".join(piece.text for piece in pieces(text, [mark]) if piece.marks) == text[mark.start : mark.end]


def test_overlapping_marks_are_cut_where_they_meet() -> None:
    first, second = Mark(0, 4, "broken"), Mark(2, 6, "notice")
    assert [(piece.text, piece.marks) for piece in pieces("abcdefg", [first, second])] == [
        ("ab", (first,)),
        ("cd", (first, second)),
        ("ef", (second,)),
        ("g", ()),
    ]


def test_white_space_at_the_edges_stands_apart() -> None:
    assert [(p.text, p.oddity) for p in pieces("  a b\n")] == [("  ", "edge"), ("a b", ""), ("\n", "edge")]


def test_a_text_of_nothing_but_white_space_is_one_edge() -> None:
    assert [(piece.text, piece.oddity) for piece in pieces(" \t ")] == [(" \t ", "edge")]


def test_controls_and_bidi_overrides_stand_apart_but_joiners_do_not() -> None:
    odd = [(p.text, p.oddity) for p in pieces("a\x85b\u202ec\u200ed می\u200cخواهم") if p.oddity]
    assert odd == [("\x85", "control"), ("\u202e", "control"), ("\u200e", "order")]


def test_a_code_point_is_named_with_its_number() -> None:
    assert code_point_name("\u202e") == "U+202E RIGHT-TO-LEFT OVERRIDE"
    assert code_point_name("\x85") == "U+0085"
