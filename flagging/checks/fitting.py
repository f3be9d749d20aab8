"""Which of several sources a translation fits, by the words that go together in the rest of its set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

import regex

from flagging.checks.wording import lower_words

# How much better than every other source the best one must fit, on a scale of 0 to 1.
MARGIN = 0.08
# And how well it must fit at all.
LEAST = 0.25
# Rows outside the group in which a source word must stand to say anything.
FEWEST_ROWS = 2
_UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]{2,}"
)


@lru_cache(maxsize=4096)
def tokens(text: str) -> frozenset[str]:
    """This function will return the distinct words of a text in lower case, and pairs of signs of a script that
    writes no gaps between words."""
    found = set(lower_words(text))
    for run in _UNSPACED.findall(text):
        found.discard(run)
        found.update(run[at : at + 2] for at in range(len(run) - 1))
    return frozenset(found)


class Companions:
    """In which rows of a set the words of some texts stand, on either side."""

    def __init__(self, rows: Sequence[tuple[str, str]], texts: Iterable[tuple[str, str]]) -> None:
        """This function will look up the words of `texts` in `rows`, both (source, target)."""
        pairs = list(texts)
        self._rows = len(rows)
        self._ours: dict[str, set[int]] = {word: set() for source, _ in pairs for word in tokens(source)}
        self._theirs: dict[str, set[int]] = {word: set() for _, target in pairs for word in tokens(target)}
        for place, (source, target) in enumerate(rows):
            for index, text in ((self._ours, source), (self._theirs, target)):
                for word in tokens(text) & index.keys():
                    index[word].add(place)

    def fit(self, source: str, target: str, without: set[int]) -> float:
        """This function will return how well the source's words go with the target's in rows not `without`: the
        mean, over words of the source, of the largest rise of a target word's share beside it; 0 for no evidence."""
        rises = []
        for word in tokens(source):
            beside = self._ours[word] - without
            if FEWEST_ROWS <= len(beside) <= self._rows // 4:
                rises.append(
                    max((self._rise(beside, other, without) for other in tokens(target)), default=0.0)
                )
        return sum(rises) / len(rises) if rises else 0.0

    def _rise(self, beside: set[int], other: str, without: set[int]) -> float:
        rows = self._theirs[other] - without
        return len(beside & rows) / len(beside) - len(rows) / max(self._rows, 1)


def best_fit(companions: Companions, sources: Iterable[str], target: str, without: set[int]) -> str | None:
    """This function will return the one source that the target fits best, None where none
    stands out."""
    fits: dict[float, list[str]] = defaultdict(list)
    for source in set(sources):
        fits[companions.fit(source, target, without)].append(source)
    ranked = sorted(fits, reverse=True)
    if ranked[0] < LEAST or len(fits[ranked[0]]) > 1 or (len(ranked) > 1 and ranked[0] - ranked[1] < MARGIN):
        return None
    return fits[ranked[0]][0]
