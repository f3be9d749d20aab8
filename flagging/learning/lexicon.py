"""A lexicon that a set of translations learns from its own pairs: IBM Model 1, in both directions.

Brown et al. (1993), "The Mathematics of Statistical Machine Translation", section 4.2. A pair that
was fitted is scored as if it had been left out: its own expected counts are taken back first, so
that a word seen once proves nothing about itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flagging.learning.words import LONGEST, Floats, Ids, Ragged, encode, sums, units

Mask = NDArray[np.bool_]

ROUNDS = 5
# Cells (a unit of one side by a unit of the other) that a fit looks at; a larger set is sampled.
MOST_CELLS = 5_000_000
# Cells scored at a time, which bounds the memory.
CHUNK_CELLS = 2_000_000
# Counts of the prior by which a unit's translations are smoothed towards the target's own frequencies.
PRIOR = 1.0
# Probability that a unit stands unchanged on both sides, before anything is known of it.
COPIED = 0.3
# A unit counts as explained when some unit of the other side makes it this many times likelier.
EXPLAINED = 10.0
# Share of a unit's own frequency below which its likelihood cannot fall.
FLOOR = 0.1
# Translations of a unit that count: probability above this.
TRANSLATION = 0.1

FIGURES = ("lift", "covered", "covered_rare", "worst", "worst_three", "translations", "confidence")


@dataclass(frozen=True, slots=True)
class Cells:
    """Every (given unit, seen unit) of each pair: their ids, the seen unit's place, the given unit's
    place and the pair."""

    given: Ids
    seen: Ids
    place: Ids
    given_place: Ids
    row: Ids


def _cells(given: Ragged, seen: Ragged) -> Cells:
    width = given.lengths[seen.rows]
    place = np.repeat(np.arange(len(seen.ids)), width)
    offset = np.arange(len(place)) - np.repeat(np.cumsum(width) - width, width)
    row = seen.rows[place]
    given_place = given.starts[row] + offset
    return Cells(given.ids[given_place], seen.ids[place], place, given_place, row)


@dataclass(frozen=True)
class Direction:
    """Expected counts of (given, seen) under sorted keys given * size + seen, and what follows from them.

    `unigram` is the frequency of each seen unit, the last one standing
    for unknown ones.
    """

    size: int
    keys: Ids
    counts: Floats
    totals: Floats
    unigram: Floats

    @classmethod
    def fit(cls, given: Ragged, seen: Ragged, sizes: tuple[int, int]) -> Direction:
        """This function will estimate expected counts by EM from uniform translations; `sizes` are the
        numbers of given and of seen units known."""
        cells, (many, size) = _cells(given, seen), sizes
        keys, where = np.unique(cells.given * size + cells.seen, return_inverse=True)
        probability = np.ones(len(keys))
        counts, totals = probability, np.zeros(many)
        for _ in range(ROUNDS):
            share = _shares(probability[where], cells.place, len(seen.ids))
            counts = sums(where, share, len(keys))
            totals = sums(keys // size, counts, many)
            probability = counts / np.maximum(totals[keys // size], 1e-300)
        frequency = np.bincount(seen.ids, minlength=size + 1) + 0.5
        return cls(size, keys, counts, totals, frequency / frequency.sum())

    def count(self, given: Ids, seen: Ids) -> Floats:
        """This function will look up expected counts, 0 where the two never met."""
        if not len(self.keys):
            return np.zeros(len(given))
        wanted = given * self.size + seen
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        known = (self.keys[place] == wanted) & (seen < self.size)
        return np.where(known, self.counts[place], 0.0)

    def probabilities(self, cells: Cells, own: Mask, same: Mask, places: int) -> Floats:
        """This function will return p(seen | given) per cell, without what rows marked `own` added;
        `same` marks the cells whose two units are one string."""
        counts = self.count(cells.given, cells.seen)
        totals = np.append(self.totals, 0.0)[cells.given]
        if own.any():
            mine = own[cells.row]
            raw = np.where(mine, counts / np.maximum(totals, 1e-300), 0.0)
            share = np.where(mine, _shares(raw, cells.place, places), 0.0)
            counts = np.maximum(counts - _together(share, cells, self.size), 0.0)
            totals = np.maximum(totals - _of_given(share, cells), 0.0)
        prior = PRIOR * ((1 - COPIED) * self.unigram[cells.seen] + COPIED * same)
        return (counts + prior) / (totals + PRIOR)

    def variety(self) -> tuple[Floats, Floats]:
        """This function will return, per given unit, its translations above .1 and its likeliest one's
        probability; both 0 for an unknown unit."""
        given = self.keys // self.size
        probability = self.counts / np.maximum(self.totals[given] + PRIOR, 1e-300)
        many = sums(given, (probability > TRANSLATION).astype(np.float64), len(self.totals) + 1)
        best = np.zeros(len(self.totals) + 1)
        np.maximum.at(best, given, probability)
        return many.astype(np.float64), best


def _shares(probability: Floats, place: Ids, places: int) -> Floats:
    """Each cell's part of its seen unit."""
    whole = sums(place, probability, places)
    return probability / np.maximum(whole[place], 1e-300)


def _together(share: Floats, cells: Cells, size: int) -> Floats:
    """What a cell's row gave to that cell's key: a unit may stand twice in a text."""
    key = (cells.row * (cells.given.max(initial=0) + 1) + cells.given) * (size + 1) + cells.seen
    _, where = np.unique(key, return_inverse=True)
    return sums(where, share, 0)[where]


def _of_given(share: Floats, cells: Cells) -> Floats:
    _, where = np.unique(cells.row * (cells.given.max(initial=0) + 1) + cells.given, return_inverse=True)
    return sums(where, share, 0)[where]


def _measured(direction: Direction, given: Ragged, seen: Ragged, own: Mask) -> Floats:
    """How well the given side explains the seen one; [rows, len(FIGURES)]."""
    cells = _cells(given, seen)
    places = len(seen.ids)
    same = given.names[cells.given_place] == seen.names[cells.place]
    probability = direction.probabilities(cells, own, same, places)
    total = sums(cells.place, probability, places)
    best = np.zeros(places)
    np.maximum.at(best, cells.place, probability)
    unigram = direction.unigram[seen.ids]
    width = np.maximum(given.lengths[seen.rows], 1)
    lift = np.log((total / width + FLOOR * unigram) / ((1 + FLOOR) * unigram))
    return _figures(seen, lift, best > EXPLAINED * unigram, -np.log(unigram), direction, given)


def _figures(
    seen: Ragged,
    lift: Floats,
    covered: Mask,
    rarity: Floats,
    direction: Direction,
    given: Ragged,
) -> Floats:
    worst, three = _lowest(seen, np.where(covered, 0.0, -rarity))
    many, best = direction.variety()
    rare = _mean(seen, rarity * covered) / np.maximum(_mean(seen, rarity), 1e-9)
    columns = (
        _mean(seen, lift),
        _mean(seen, covered.astype(np.float64)),
        rare,
        worst,
        three,
        _mean(given, many[given.ids]),
        _mean(given, best[given.ids]),
    )
    return np.stack(columns, axis=1)


def _mean(rows: Ragged, values: Floats) -> Floats:
    return sums(rows.rows, values, len(rows.starts) - 1) / np.maximum(rows.lengths, 1)


def _lowest(rows: Ragged, values: Floats) -> tuple[Floats, Floats]:
    """The lowest value of each row and the mean of its lowest three; 0 in an empty row."""
    order = np.lexsort((values, rows.rows))
    rank = np.arange(len(values)) - rows.starts[rows.rows[order]]
    size = len(rows.starts) - 1
    first = sums(rows.rows[order][rank < 1], values[order][rank < 1], size)
    three = sums(rows.rows[order][rank < 3], values[order][rank < 3], size)
    return first, three / np.clip(rows.lengths, 1, 3)


@dataclass(frozen=True)
class Lexicon:
    """Translations of units learned on a set, and the pairs it was learned on."""

    source_ids: dict[str, int]
    target_ids: dict[str, int]
    to_target: Direction
    to_source: Direction
    members: frozenset[tuple[str, str]]
    longest: int = LONGEST

    @classmethod
    def fit(cls, pairs: Sequence[tuple[str, str]], seed: int = 0, longest: int = LONGEST) -> Lexicon:
        """This function will learn from the first `longest` units of (source, target) pairs, a seeded
        sample of them where they are more than 5 million cells."""
        source_ids: dict[str, int] = {}
        target_ids: dict[str, int] = {}
        source = encode([units(one, longest=longest) for one, _ in pairs], source_ids, grow=True)
        target = encode([units(other, longest=longest) for _, other in pairs], target_ids, grow=True)
        kept = _sample(source.lengths * target.lengths, seed)
        source, target = source.take(kept), target.take(kept)
        return cls(
            source_ids,
            target_ids,
            Direction.fit(source, target, (len(source_ids), len(target_ids))),
            Direction.fit(target, source, (len(target_ids), len(source_ids))),
            frozenset(pairs[row] for row in kept),
            longest,
        )

    def figures(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """This function will return, per pair, the seven `FIGURES` of the target given the source and then
        of the source given the target: [pairs, 14]. A fitted pair is scored as if left out.

        `lift` is the mean log of how many times likelier the other side makes a unit; `covered` the share
        of units explained, `covered_rare` the same weighted by rarity; `worst`, `worst_three` minus the
        rarity of the rarest unexplained units; `translations`, `confidence` how many translations a unit
        of the given side has, and how sure the first of them is.
        """
        sources = [units(one, longest=self.longest) for one, _ in pairs]
        targets = [units(other, longest=self.longest) for _, other in pairs]
        source, target = encode(sources, self.source_ids), encode(targets, self.target_ids)
        names: dict[str, int] = {}
        source, target = source.named(sources, names), target.named(targets, names)
        own = np.array([pair in self.members for pair in pairs], dtype=np.bool_)
        result = np.zeros((len(pairs), 2 * len(FIGURES)))
        for rows in _chunks(source.lengths * target.lengths):
            some, other = source.take(rows), target.take(rows)
            there = _measured(self.to_target, some, other, own[rows])
            back = _measured(self.to_source, other, some, own[rows])
            result[rows] = np.concatenate([there, back], axis=1)
        return result

    def score(self, source: str, target: str) -> float:
        """This function will return the mean lift of both directions: above 0 where the two texts have
        units in common that translate each other, higher = better."""
        return float(self.scores([(source, target)])[0])

    def scores(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """This function will return `score` of every pair, [pairs]."""
        figures = self.figures(pairs)
        lift = FIGURES.index("lift")
        return (figures[:, lift] + figures[:, len(FIGURES) + lift]) / 2

    def similarity(self, sources: Sequence[str], targets: Sequence[str]) -> Floats:
        """This function will return `score` of every source with every target: [sources, targets]. The
        best of a row or column tells which text is a translation of which."""
        pairs = [(source, target) for source in sources for target in targets]
        return self.scores(pairs).reshape(len(sources), len(targets))


def _sample(cells: Ids, seed: int) -> Ids:
    """Rows that a fit looks at, in order: all, or a seeded draw within `MOST_CELLS`."""
    order = np.random.default_rng(seed).permutation(len(cells))
    return np.sort(order[np.cumsum(cells[order]) <= MOST_CELLS])


def _chunks(cells: Ids) -> list[Ids]:
    """The rows in pieces of about `CHUNK_CELLS`."""
    piece = np.cumsum(cells) // CHUNK_CELLS
    return [np.flatnonzero(piece == one) for one in np.unique(piece)]
