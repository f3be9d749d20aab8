from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from review.diff import Piece, Side, tokens, word_diff

TEXTS = st.text(
    alphabet=st.one_of(st.sampled_from("ab \r\n\t,.é\u0301\u200dकी中タก́"), st.characters(codec="utf-8")),
    max_size=60,
)


def rebuilt(pieces: tuple[Piece, ...], side: Side) -> str:
    return "".join(piece.text for piece in pieces if piece.side in (Side.BOTH, side))


@given(TEXTS, TEXTS)
@example("a\r\nb", "a\nb")
@example("e\u0301", "e")
def test_both_texts_are_rebuilt_exactly(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert rebuilt(pieces, Side.BEFORE) == before
    assert rebuilt(pieces, Side.AFTER) == after
    assert all(piece.text for piece in pieces)


@given(TEXTS)
def test_a_text_compared_with_itself_has_no_change(text: str) -> None:
    assert {piece.side for piece in word_diff(text, text)} <= {Side.BOTH}


@given(TEXTS)
def test_the_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(tokens(text)) == text


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Sechs Seiten.", ["Sechs", " ", "Seiten", "."]),
        ("हिन्दी में", ["हिन्दी", " ", "में"]),
        ("الوضعية القانونية", ["الوضعية", " ", "القانونية"]),
        ("五行説", ["五", "行", "説"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
    ],
)
def test_a_word_is_what_a_reader_of_the_script_sees_as_one(text: str, cut: list[str]) -> None:
    assert tokens(text) == cut


def test_a_changed_word_is_told_apart_from_the_words_around_it() -> None:
    assert word_diff("der rote Ball", "der blaue Ball") == (
        Piece(Side.BOTH, "der "),
        Piece(Side.BEFORE, "rote"),
        Piece(Side.AFTER, "blaue"),
        Piece(Side.BOTH, " Ball"),
    )


def test_words_changed_in_a_row_are_one_change() -> None:
    assert word_diff("ein roter Ball", "mein blauer Ball")[:2] == (
        Piece(Side.BEFORE, "ein roter"),
        Piece(Side.AFTER, "mein blauer"),
    )


def test_a_long_text_written_anew_is_compared_in_a_moment() -> None:
    before, after = ("".join(chr(start + i % 3000) for i in range(5000)) for start in (0x4E00, 0x6000))
    began = time.perf_counter()
    pieces = word_diff(before, after)
    assert time.perf_counter() - began < 5
    assert rebuilt(pieces, Side.AFTER) == after
