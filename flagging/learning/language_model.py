"""N-gram models of the texts of one set: letters and words, each text scored as if it had been left out.

Interpolated with a Dirichlet prior on the shorter history: MacKay & Peto (1995), "A hierarchical
Dirichlet language model".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flagging.learning.words import Floats, Ids, Ragged, encode, share, sums

NDArrayU = NDArray[np.uint64]

LETTER_ORDER = 6
WORD_ORDER = 3
# Counts that the shorter history weighs.
LETTER_PRIOR = 4.0
WORD_PRIOR = 8.0
# Letters of all texts that are looked at, and of each.
MOST_LETTERS, SHORTEST, LONGEST = 1_600_000, 60, 600
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Surprise:
    """Per text: mean log-probability of a unit, the lowest mean over a window of five units, and the share
    of units whose longest history but one was never seen elsewhere."""

    mean: Floats
    lowest: Floats
    unseen: Floats

    @property
    def columns(self) -> list[Floats]:
        """The three figures in order."""
        return [self.mean, self.lowest, self.unseen]


def letters(texts: Sequence[str], reference: Sequence[str] = ()) -> Surprise:
    """This function will score the texts by an order-6 model of their letters; `reference` holds more
    texts of the language to learn from."""
    longest = share(MOST_LETTERS, len(texts) + len(reference), SHORTEST, LONGEST)
    every = [list(text.lower()[:longest]) for text in (*texts, *reference)]
    return _surprise(encode(every, {}, grow=True), len(texts), LETTER_ORDER, LETTER_PRIOR)


def words(texts: Sequence[list[str]]) -> Surprise:
    """This function will score texts given as lists of units by an order-3 model of the units."""
    return _surprise(encode(texts, {}, grow=True), len(texts), WORD_ORDER, WORD_PRIOR)


def _surprise(rows: Ragged, texts: int, order: int, prior: float) -> Surprise:
    if not len(rows.ids):
        return Surprise(*(np.zeros(texts) for _ in range(3)))
    scores, unseen = _log_probabilities(rows, order, prior)
    keep = rows.rows < texts
    rows = Ragged(rows.ids[keep], rows.starts[: texts + 1], rows.names[keep])
    count = np.maximum(rows.lengths, 1)
    mean = sums(rows.rows, scores[keep], texts) / count
    return Surprise(
        mean, _lowest_window(rows, scores[keep], mean), sums(rows.rows, unseen[keep], texts) / count
    )


def _log_probabilities(rows: Ragged, order: int, prior: float) -> tuple[Floats, Floats]:
    """Log p of each unit given up to `order` - 1 before it, its own text left out; and whether its
    middle-order n-gram stands in no other text."""
    size = int(rows.ids.max()) + 2
    probability = np.full(len(rows.ids), 1.0 / size)
    history = np.zeros(len(rows.ids), dtype=np.uint64)
    total = _elsewhere(history, rows)
    unseen = np.zeros(len(rows.ids))
    for length in range(1, order + 1):
        gram = _hash(history, rows.ids)
        count = _elsewhere(gram, rows)
        probability = (count + prior * probability) / (total + prior)
        if length == (order + 2) // 2:
            unseen = (count == 0).astype(np.float64)
        history = _longer(rows, length)
        total = _elsewhere(history, rows)
    return np.log(probability), unseen


def _hash(history: NDArrayU, ids: Ids) -> NDArrayU:
    mixed = (history ^ (ids.astype(np.uint64) + np.uint64(1))) * _MIX
    return mixed ^ (mixed >> np.uint64(29))


def _longer(rows: Ragged, length: int) -> NDArrayU:
    """Hashes of the `length` units before each place; before the start stands one empty unit."""
    places = np.arange(len(rows.ids))
    start = rows.starts[rows.rows]
    result = np.full(len(places), length, dtype=np.uint64)
    for back in range(length, 0, -1):
        before = places - back
        ids = np.where(before >= start, rows.ids[np.maximum(before, 0)], -1) + 1
        result = _hash(result, ids)
    return result


def _elsewhere(keys: NDArrayU, rows: Ragged) -> Floats:
    """How often each place's key stands in other texts."""
    _, where, counts = np.unique(keys, return_inverse=True, return_counts=True)
    mine = where * len(rows.starts) + rows.rows
    _, own, own_counts = np.unique(mine, return_inverse=True, return_counts=True)
    return np.asarray(counts[where] - own_counts[own], dtype=np.float64)


def _lowest_window(rows: Ragged, scores: Floats, mean: Floats, width: int = 5) -> Floats:
    """The lowest mean of `width` units in a row within each text; the text's mean where it is shorter."""
    ahead = np.concatenate([[0.0], np.cumsum(scores)])
    places = np.arange(len(scores))
    fits = places + width <= rows.starts[rows.rows + 1]
    lowest = np.where(rows.lengths < width, mean, np.inf)
    windows = (ahead[places[fits] + width] - ahead[places[fits]]) / width
    np.minimum.at(lowest, rows.rows[fits], windows)
    return lowest
