"""Features of a set of translations that need nothing but its texts, and one score made of them.

Every feature is put on one scale by its rank within the set (a normal score), so that a weight means
the same in every language and a set of 300 pairs stands beside one of 14,000.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from flagging.learning import language_model, shape
from flagging.learning.grams import Grams, Matrix
from flagging.learning.lexicon import FIGURES, Lexicon
from flagging.learning.words import LONGEST, Floats, Ids, share, units

# Cells of the lexicon that are scored, and the fewest units of a text.
MOST_CELLS, SHORTEST = 10_000_000, 16
# Whole words for counting, stems for translating.
WHOLE_WORD = 40
RARITY_NAMES = ("rarity", "rarest", "rarest_three", "unseen", "uncommon", "middle", "top")
MODEL_NAMES = ("mean", "lowest", "unseen")
# Seen fewer times than this elsewhere, a unit is uncommon.
UNCOMMON = 5


@dataclass(frozen=True)
class Features:
    """Rows of a set: `dense` [n, len(names)] of normal scores, `grams` [n, buckets] of both sides'
    letter n-grams, and the surface `score` [n], higher = better."""

    names: tuple[str, ...]
    dense: Floats
    grams: Matrix
    score: Floats

    def take(self, rows: Ids) -> Features:
        """This function will return these rows alone, in this order."""
        return Features(self.names, self.dense[rows], self.grams[rows], self.score[rows])


def surface(pairs: Sequence[tuple[str, str]], seed: int = 0) -> Features:
    """This function will learn what is usual in the whole set from its (source, target) pairs, no labels,
    and return every pair's features in that light. Give it the whole set, not a part: a feature is a
    place among the others."""
    names, raw = _raw(pairs, seed)
    dense = normal_scores(raw)
    return Features(names, dense, Grams.fit(pairs).matrix(pairs), score(names, dense))


def normal_scores(raw: Floats) -> Floats:
    """This function will replace each column's values by the normal quantiles of their ranks, equal
    values by their mean rank's, and bring it to variance 1; a constant column becomes 0."""
    if not len(raw):
        return raw
    ranked = np.stack([_mean_ranks(column) for column in raw.T], axis=1)
    scores = ndtri((ranked + 0.5) / len(raw))
    deviation = scores.std(axis=0)
    return np.asarray((scores - scores.mean(axis=0)) / np.where(deviation > 1e-9, deviation, 1.0))


def _mean_ranks(values: Floats) -> Floats:
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray(((last - counts) + (last - 1))[where] / 2)


def _raw(pairs: Sequence[tuple[str, str]], seed: int) -> tuple[tuple[str, ...], Floats]:
    cut = [(units(source, WHOLE_WORD), units(target, WHOLE_WORD)) for source, target in pairs]
    blocks: dict[str, Floats] = {}
    sides = [[pair[side] for pair in pairs] for side in (0, 1)]
    cuts = [[pair[side] for pair in cut] for side in (0, 1)]
    shapes = [shape.measured(text, cut_text) for text, cut_text in zip(sides, cuts, strict=True)]
    for side, texts, cut_texts, measured in zip(("source", "target"), sides, cuts, shapes, strict=True):
        _add(blocks, f"{side}_", shape.TEXT_NAMES, measured)
        _add(blocks, f"{side}_", RARITY_NAMES, _rarity(cut_texts))
        letters, words = language_model.letters(texts), language_model.words(cut_texts)
        _add(blocks, f"{side}_letters_", MODEL_NAMES, np.stack(letters.columns, axis=1))
        _add(blocks, f"{side}_words_", MODEL_NAMES, np.stack(words.columns, axis=1))
    _add(blocks, "more_", shape.TEXT_NAMES, shapes[1] - shapes[0])
    _add(blocks, "", shape.PAIR_NAMES, shape.compared(pairs, cut))
    longest = math.isqrt(share(MOST_CELLS, len(pairs), SHORTEST**2, LONGEST**2))
    figures = Lexicon.fit(pairs, seed, longest).figures(pairs)
    _add(blocks, "to_target_", FIGURES, figures[:, : len(FIGURES)])
    _add(blocks, "to_source_", FIGURES, figures[:, len(FIGURES) :])
    return tuple(blocks), np.stack(list(blocks.values()), axis=1)


def _add(blocks: dict[str, Floats], prefix: str, names: Sequence[str], columns: Floats) -> None:
    blocks.update({prefix + name: columns[:, place] for place, name in enumerate(names)})


def _rarity(texts: Sequence[list[str]]) -> Floats:
    """How rare each text's units are in the other texts of the set; [texts, len(RARITY_NAMES)]."""
    counts: Counter[str] = Counter(unit for text in texts for unit in text)
    total = max(counts.total(), 1)
    return np.array([_rarity_of(text, counts, total) for text in texts]).reshape(-1, len(RARITY_NAMES))


def _rarity_of(text: list[str], counts: Counter[str], total: int) -> list[float]:
    own = Counter(text)
    elsewhere = np.array(sorted(counts[unit] - own[unit] for unit in text) or [0])
    scores = np.log((elsewhere + 0.5) / total)
    return [
        float(scores.mean()),
        float(scores[0]),
        float(scores[:3].mean()),
        float((elsewhere == 0).mean()),
        float((elsewhere < UNCOMMON).mean()),
        float(scores[len(scores) // 2]),
        float(scores[-1]),
    ]


# Ridge regression of ranked direct assessments on these features, over the training rows of seven public
# language pairs (MLQE-PE, CC0). Each weight was the same within .015 whichever pair was left out.
WEIGHTS = {
    "to_target_confidence": 0.13,
    "target_types": 0.12,
    "to_source_lift": 0.11,
    "source_letters_mean": 0.075,
    "to_source_confidence": 0.065,
    "target_units": 0.06,
    "to_target_lift": 0.05,
    "target_commas": -0.05,
    "to_source_translations": 0.04,
}


def score(names: Sequence[str], dense: Floats) -> Floats:
    """This function will return the surface score of each row, higher = better, made of `WEIGHTS`."""
    place = {name: number for number, name in enumerate(names)}
    whole = np.asarray(sum(weight * dense[:, place[name]] for name, weight in WEIGHTS.items()))
    return normal_scores(whole[:, None])[:, 0]
