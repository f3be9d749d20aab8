"""Two halves are told as one."""

from __future__ import annotations

from pathlib import Path

from tests.halves import FIRST, ROOT, summed_up


def test_the_counts_of_both_halves_are_added() -> None:
    first = "....\n\n1 failed, 20 passed, 3 warnings in 10.00s\nsays 99 passed elsewhere\n"
    second = "....\n=== 30 passed, 2 skipped, 1 deselected in 12.50s (0:00:12) ===\n"
    told = summed_up([first, second], 75)
    assert told == "1 failed, 50 passed, 2 skipped, 1 deselected in two halves in 75s (1:15)"


def test_a_half_without_a_closing_line_is_an_error() -> None:
    assert summed_up(["5 passed in 1.00s", "Killed"], 2).startswith("1 error")


def test_the_folders_of_the_first_half_are_there() -> None:
    assert all(Path(ROOT, folder).is_dir() for folder in FIRST)
