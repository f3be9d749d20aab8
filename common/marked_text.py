"""Cuts a text into pieces that can be shown: marks over it, and what the eye would miss made visible. Pure.

The pieces joined are the text again, code point for code point.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# LRM, RLM and ALM order the text around them: they are pointed out without being taken out of the flow.
_ORDER_MARKS = frozenset("\u200e\u200f\u061c")
# Zero-width joiners spell words in Persian, Hindi, Sinhala and others; setting them apart would break them.
_SPELLING = frozenset("\u200c\u200d")
_PLAIN_CONTROLS = frozenset("\n\t")


@dataclass(frozen=True, slots=True)
class Mark:
    """Half-open code-point offsets into the text, a style `kind`, and words that say why."""

    start: int
    end: int
    kind: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text under the same marks; `oddity` is "", `edge`, `control` or `order`."""

    text: str
    start: int
    marks: tuple[Mark, ...]
    oddity: str


def pieces(text: str, marks: Sequence[Mark] = ()) -> Iterator[Piece]:
    """This function will yield the pieces of `text` in order, cut wherever a mark or an oddity begins or ends.

    White space at an edge is one piece; every control or invisible formatting character is one of its own.
    Marks outside the text are cut to it.
    """
    odd = _oddities(text)
    cuts = {0, len(text)} | {place for mark in marks for place in (mark.start, mark.end)}
    cuts |= {place for start, end in odd for place in (start, end)}
    ordered = sorted(cut for cut in cuts if 0 <= cut <= len(text))
    for start, end in itertools.pairwise(ordered):
        over = tuple(mark for mark in marks if mark.start <= start and end <= mark.end)
        oddity = next((kind for (a, b), kind in odd.items() if a <= start and end <= b), "")
        yield Piece(text[start:end], start, over, oddity)


def _oddities(text: str) -> dict[tuple[int, int], str]:
    single = {(place, place + 1): kind for place, char in enumerate(text) if (kind := _kind(char))}
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    edges = [(0, start), (end, len(text))] if start < len(text) else [(0, len(text))]
    return single | {edge: "edge" for edge in edges if edge[0] < edge[1]}


def _kind(char: str) -> str:
    if char in _ORDER_MARKS:
        return "order"
    if char in _SPELLING or char in _PLAIN_CONTROLS:
        return ""
    return "control" if unicodedata.category(char) in ("Cc", "Cf") else ""


def code_point_name(char: str) -> str:
    """This function will return how a code point is named: `U+200E LEFT-TO-RIGHT MARK`, `U+0085`."""
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip()
