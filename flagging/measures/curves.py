"""Recall against the share reviewed, most suspect first, and what a target recall costs.

Every curve is Hájek's: both the share reviewed and the share of the bad found are ratios of weighted sums.
Within equal suspicion items are taken as read in random order, so a curve is straight there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from flagging.measures.intervals import Interval
from flagging.measures.sample import Floats, Integers, Sample, SampleError, bootstrap_counts

GRID: Floats = np.linspace(0.0, 1.0, 101)
DRAWS = 400


@dataclass(frozen=True, eq=False)
class Curve:
    """Recall with its band at shares of the population that are reviewed first, all in [0, 1]."""

    share: Floats
    recall: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Effort:
    """What a target recall takes: share of the language, items, and hours of one person, each with its band."""

    target: float
    share: Interval
    items: Interval
    hours: Interval


@dataclass(frozen=True, eq=False)
class _Ranked:
    """Rows in the order of review, and where each run of equal suspicion ends."""

    order: Integers
    ends: Integers
    bad: Floats
    weight: Floats

    def points(self, counts: NDArray[np.int64] | None = None) -> tuple[Floats, Floats]:
        """Share reviewed and recall at the ends of the runs, from 0; row i counted `counts[i]` times."""
        weight = self.weight if counts is None else self.weight * counts[self.order]
        read, found = np.cumsum(weight), np.cumsum(weight * self.bad)
        return _from_zero(read[self.ends] / read[-1]), _from_zero(found[self.ends] / found[-1])

    def redrawn(self, strata: Floats, draws: int, seed: int) -> Iterator[tuple[Floats, Floats]]:
        """The points of bootstrap samples; those without anything bad have no curve and are left out."""
        bad = np.zeros(len(self.order), dtype=np.bool_)
        bad[self.order] = self.bad > 0
        for counts in bootstrap_counts(strata, draws, seed):
            if counts[bad].any():
                yield self.points(counts)


def _from_zero(values: Floats) -> Floats:
    return np.concatenate(([0.0], values))


def _ranked(sample: Sample) -> _Ranked:
    if not sample.bads:
        raise SampleError(
            f"none of {len(sample)} verdicts is bad: recall needs some. Review more of the audit."
        )
    order = np.argsort(-sample.suspicion, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(sample.suspicion[order])), len(order) - 1)
    return _Ranked(order, ends, sample.bad[order].astype(np.float64), sample.weight[order])


def recall_curve(
    sample: Sample, *, shares: Floats = GRID, draws: int = DRAWS, seed: int = 0, confidence: float = 0.95
) -> Curve:
    """This function will return the recall of a review, most suspect first, at each share of the population.

    The band is the bootstrap's percentiles, rows redrawn within those of equal weight. Raises `SampleError`
    where nothing is bad.
    """
    ranked = _ranked(sample)
    recall = np.interp(shares, *ranked.points())
    drawn = [np.interp(shares, *points) for points in ranked.redrawn(sample.weight, draws, seed)]
    tail = (1 - confidence) / 2
    low, high = np.quantile(np.array(drawn or [recall]), [tail, 1 - tail], axis=0)
    return Curve(shares, recall, np.minimum(low, recall), np.maximum(high, recall))


def longest_first(sample: Sample) -> Sample:
    """This function will return the sample with its lengths as suspicion: the order that every figure is
    shown against."""
    return replace(sample, suspicion=sample.length)


def expected_curve(probability: Floats, *, shares: Floats = GRID) -> Curve:
    """This function will return the recall that calibrated probabilities of a language's translations expect.

    Read from the greatest probability on, a share finds the sum of its probabilities, of all that there is to
    find. It is concave, uses every translation and not those of the sample alone, and is as right as its
    probabilities: it has no band. `recall_curve`, which assumes no calibration, is the one to report. Raises
    `SampleError` where the probabilities are all 0.
    """
    total = float(probability.sum())
    if not total:
        raise SampleError(f"{len(probability)} probabilities sum to 0: recall needs something to find.")
    found = _from_zero(np.cumsum(np.sort(probability)[::-1]) / total)
    recall = np.minimum(1.0, np.interp(shares, np.linspace(0, 1, len(found)), found))
    return Curve(shares, recall, recall, recall)


def chance_curve(shares: Floats = GRID) -> Curve:
    """This function will return the curve of a review in random order: the diagonal."""
    return Curve(shares, shares, shares, shares)


def share_for_recall(
    sample: Sample, target: float, *, draws: int = DRAWS, seed: int = 0, confidence: float = 0.95
) -> Interval:
    """This function will return the least share to review, most suspect first, for a recall of `target`.

    With the bootstrap's percentiles. Raises `SampleError` where nothing is bad, `ValueError` for a target
    outside (0, 1].
    """
    if not 0 < target <= 1:
        raise ValueError(f"a recall of {target} is none: give one above 0 and at most 1, such as .9.")
    ranked = _ranked(sample)
    value = _first_share(*ranked.points(), target)
    drawn = [_first_share(*points, target) for points in ranked.redrawn(sample.weight, draws, seed)] or [
        value
    ]
    tail = (1 - confidence) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Interval(value, min(value, float(low)), max(value, float(high)))


def _first_share(share: Floats, recall: Floats, target: float) -> float:
    rises, first = np.unique(recall, return_index=True)
    after = int(np.searchsorted(rises, target - 1e-12))
    upper = int(first[after])
    # On the straight line that climbs to the first point at or above the target.
    climb = recall[upper] - recall[upper - 1]
    part = min(1.0, (target - recall[upper - 1]) / climb)
    return float(share[upper - 1] + part * (share[upper] - share[upper - 1]))


def effort(sample: Sample, target: float, *, items: int, seconds: float, seed: int = 0) -> Effort:
    """This function will return what a recall of `target` takes in a language of `items` translations at
    `seconds` of active time each; items are rounded up."""
    share = share_for_recall(sample, target, seed=seed)
    wanted = Interval(*(float(np.ceil(round(part * items, 6))) for part in share))
    return Effort(target, share, wanted, Interval(*(part * seconds / 3600 for part in wanted)))
