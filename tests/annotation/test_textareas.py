"""What comes back from a textarea."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from annotation.textareas import restore

TEXTS = st.text(alphabet="\r\n ab\u0628\u0085\t", max_size=40)


def as_sent_by_a_browser(text: str) -> str:
    return re.sub(r"\r\n|\r|\n", "\r\n", text)


def as_read_by_a_script(text: str) -> str:
    return re.sub(r"\r\n|\r|\n", "\n", text)


@given(TEXTS)
def test_an_untouched_save_changes_no_byte(original: str) -> None:
    assert restore(original, as_sent_by_a_browser(original)) == original
    assert restore(original, as_read_by_a_script(original)) == original


@given(TEXTS, TEXTS)
def test_an_edit_comes_back_as_typed_but_for_the_form_of_its_line_breaks(original: str, typed: str) -> None:
    restored = restore(original, as_sent_by_a_browser(typed))
    assert as_read_by_a_script(restored) == as_read_by_a_script(typed)


@given(TEXTS, TEXTS, TEXTS)
def test_the_way_it_was_sent_makes_no_difference(original: str, before: str, after: str) -> None:
    typed = before + "new" + after
    assert restore(original, as_sent_by_a_browser(typed)) == restore(original, as_read_by_a_script(typed))


def test_lines_that_were_not_touched_keep_their_carriage_returns() -> None:
    assert restore("one\rtwo\r\nthree\nfour", "one\r\ntwo\r\n3\r\nfour") == "one\rtwo\r\n3\nfour"


def test_a_line_put_in_leaves_the_breaks_around_it_alone() -> None:
    assert restore("one\r\ntwo\rthree", "one\n\nnew\ntwo\nthree") == "one\r\n\r\nnew\r\ntwo\rthree"


def test_a_line_taken_out_takes_its_break_along() -> None:
    assert restore("one\rtwo\nthree", "one\r\nthree") == "one\rthree"


def test_new_lines_follow_the_commonest_break_of_the_text() -> None:
    assert restore("one\rtwo\rthree\nfour", "one\r\ntwo\r\nthree\r\nfour\r\nfive").endswith("four\rfive")
    assert restore("one", "one\r\ntwo") == "one\ntwo"


def test_white_space_at_the_edges_is_text_like_any_other() -> None:
    assert restore("\n\n Why? ", "\r\n\r\n Why? ") == "\n\n Why? "
    assert restore(" Why? ", "Why?") == "Why?"


def test_a_blank_line_put_in_after_a_carriage_return_is_not_swallowed() -> None:
    assert restore("one\rtwo\nthree\nfour", "one\r\n\r\ntwo\r\nthree\r\nfour") == "one\r\n\ntwo\nthree\nfour"
