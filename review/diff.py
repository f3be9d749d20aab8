"""Two texts compared word by word, both of them rebuilt exactly by the pieces. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

import regex

# A word is letters with their marks and digits, joined by the zero-width joiners that spell words. Scripts
# that put no space between words are compared by what a reader sees as one character.
_TOKEN = regex.compile(
    r"\s+"
    r"|(?:(?![\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}])[\p{L}\p{M}\p{N}\u200c\u200d])+"
    r"|\X",
    regex.DOTALL,
)
# Comparing takes time by the product of the lengths; beyond this a text counts as written anew.
_MOST_COMPARISONS = 4_000_000


class Side(StrEnum):
    """Which of the texts a piece stands in."""

    BOTH = "both"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and the side it stands in."""

    side: Side
    text: str


def tokens(text: str) -> list[str]:
    """This function will cut a text into words, white space and single other characters; joined they are it."""
    return list(_TOKEN.findall(text))


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """This function will return how `before` becomes `after`, what goes standing ahead of what comes.

    The pieces of BOTH and BEFORE joined are `before`, those of BOTH and AFTER are `after`, code point for
    code point.
    """
    old, new = tokens(before), tokens(after)
    start, end = _common(old, new), _common(old[::-1], new[::-1])
    end = min(end, min(len(old), len(new)) - start)
    middle = _changes(old[start : len(old) - end], new[start : len(new) - end])
    blocks = [(old[:start], old[:start]), *middle, (old[len(old) - end :], old[len(old) - end :])]
    return tuple(_pieces(_without_islands(blocks)))


_Block = tuple[Sequence[str], Sequence[str]]


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    count = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        count += 1
    return count


def _changes(old: Sequence[str], new: Sequence[str]) -> list[_Block]:
    if len(old) * len(new) > _MOST_COMPARISONS:
        return [(old, new)]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [(old[a:b], new[c:d]) for _, a, b, c, d in matcher.get_opcodes()]


def _without_islands(blocks: Iterable[_Block]) -> list[_Block]:
    """White space that alone is the same between two changes is drawn into them: it reads as one change."""
    kept: list[_Block] = []
    for old, new in blocks:
        if not old and not new:
            continue
        is_change = old != new
        if is_change and len(kept) > 1 and _is_blank(kept[-1]) and kept[-2][0] != kept[-2][1]:
            space, earlier = kept.pop(), kept.pop()
            old, new = [*earlier[0], *space[0], *old], [*earlier[1], *space[1], *new]
        kept.append((old, new))
    return kept


def _is_blank(block: _Block) -> bool:
    return block[0] == block[1] and not "".join(block[0]).strip()


def _pieces(blocks: Iterable[_Block]) -> Iterator[Piece]:
    for old, new in blocks:
        if old == new:
            yield Piece(Side.BOTH, "".join(old))
            continue
        if old:
            yield Piece(Side.BEFORE, "".join(old))
        if new:
            yield Piece(Side.AFTER, "".join(new))
