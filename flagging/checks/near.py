"""Texts of a set that are nearly the same, found without comparing each with each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import ceil

# Jaccard similarity of two texts' words, and the words a text must have.
NEAR = 0.8
FEWEST_WORDS = 6


def near_twins(texts: Sequence[frozenset[str]]) -> dict[int, list[int]]:
    """This function will return, by place, the places of texts whose words are nearly the same (Jaccard at least
    0.8, of six words or more), equal ones included.

    Prefix filtering (Bayardo, Ma, Srikant 2007): two such texts share one of their few rarest words.
    """
    counts = Counter(word for text in texts for word in text)
    index: dict[str, list[int]] = defaultdict(list)
    twins: dict[int, list[int]] = defaultdict(list)
    firsts: dict[frozenset[str], int] = {}
    same: dict[int, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        if len(text) < FEWEST_WORDS:
            continue
        first = firsts.setdefault(text, place)
        same[first].append(place)
        if first != place:
            continue
        rarest = sorted(text, key=lambda word: (counts[word], word))
        prefix = rarest[: len(text) - ceil(NEAR * len(text)) + 1]
        for other in {one for word in prefix for one in index[word]}:
            if _is_near(text, texts[other]):
                twins[place].append(other)
                twins[other].append(place)
        for word in prefix:
            index[word].append(place)
    return _spread(twins, same)


def _is_near(one: frozenset[str], two: frozenset[str]) -> bool:
    if min(len(one), len(two)) < NEAR * max(len(one), len(two)):
        return False
    shared = len(one & two)
    return shared >= NEAR * (len(one) + len(two) - shared)


def _spread(twins: dict[int, list[int]], same: dict[int, list[int]]) -> dict[int, list[int]]:
    """From the first of equal texts to all of them."""
    found = {}
    for first, places in same.items():
        near = [one for other in (first, *twins.get(first, ())) for one in same[other]]
        for place in places:
            others = [one for one in near if one != place]
            if others:
                found[place] = others
    return found
