"""How well an order finds what is bad; weighted, and fast enough to be computed some thousand times."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flagging.learning.words import Floats, Ids

Mask = NDArray[np.bool_]
# The share of a set that is called bad where judgements are graded.
WORST = 0.2
# Groups that are drawn whole.
FEWEST_GROUPS = 5


def worst_fifth(goodness: Floats, share: float = WORST) -> Mask:
    """This function will mark the worst share of the values (rounded to whole rows; of equal ones at
    the limit the first come first)."""
    marked = np.zeros(len(goodness), dtype=np.bool_)
    marked[np.argsort(goodness, kind="stable")[: round(share * len(goodness))]] = True
    return marked


def auroc(score: Floats, bad: Mask, weight: Floats | None = None) -> float:
    """This function will return the chance that a bad row's score (higher = better) is below a good
    one's, equal scores counting half; rows by their weight. NaN where one kind is missing."""
    weight = np.ones(len(score)) if weight is None else weight
    _, where = np.unique(score, return_inverse=True)
    size = int(where.max(initial=-1)) + 1
    bads = np.bincount(where, weight * bad, minlength=size)
    goods = np.bincount(where, weight * ~bad, minlength=size)
    whole = bads.sum() * goods.sum()
    above = goods.sum() - np.cumsum(goods)
    return float((bads * (above + goods / 2)).sum() / whole) if whole else float("nan")


def resampled(groups: Ids | None, count: int, draws: int, rng: np.random.Generator) -> list[Floats]:
    """This function will return `draws` bootstrap weights of `count` rows: how often each was drawn. Whole
    groups are drawn where there are at least five of them, since one annotator's rows hang together."""
    places, many = np.arange(count), count
    if groups is not None and len(np.unique(groups)) >= FEWEST_GROUPS:
        names, places = np.unique(groups, return_inverse=True)
        many = len(names)
    drawn = (np.bincount(rng.integers(0, many, many), minlength=many) for _ in range(draws))
    return [one[places].astype(np.float64) for one in drawn]
