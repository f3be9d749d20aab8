"""How well probabilities of bad agree with the verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

import numpy as np

from flagging.measures.auroc import length_bins
from flagging.measures.intervals import Interval, wilson
from flagging.measures.sample import Floats, Sample, bootstrap_counts, effective_size

BINS = 10
DRAWS = 200
# A bin of fewer rows says more about chance than about the probabilities.
LEAST_IN_BIN = 20


@dataclass(frozen=True)
class Bin:
    """Rows of about one probability: their share of the weight, their mean probability, the share found bad."""

    weight: float
    predicted: float
    observed: Interval


@dataclass(frozen=True)
class Reliability:
    """Expected calibration error with its band, what labels drawn from the probabilities themselves would give
    in 19 of 20 cases (`noise`: an error below it is no sign of anything), Brier score, and the bins."""

    error: Interval
    noise: float
    brier: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class Losses:
    """Weighted means over the rows: logarithmic loss in nats, and Brier's."""

    log: float
    brier: float


def losses(probability: Floats, sample: Sample) -> Losses:
    """This function will return the weighted log loss and Brier score; probabilities lie inside (0, 1)."""
    bad = sample.bad.astype(np.float64)
    chance = np.clip(probability, 1e-12, 1 - 1e-12)
    log = -(bad * np.log(chance) + (1 - bad) * np.log1p(-chance))
    squares = (probability - bad) ** 2
    weight = sample.weight
    return Losses(float(np.average(log, weights=weight)), float(np.average(squares, weights=weight)))


def reliability(
    probability: Floats, sample: Sample, *, bins: int = BINS, draws: int = DRAWS, seed: int = 0
) -> Reliability:
    """This function will compare probabilities with verdicts in bins of equal weight.

    Expected calibration error = sum over bins of weight share × |mean probability - share bad| (Naeini et al.
    2015), its band the bootstrap's percentiles; `noise` by consistency resampling (Bröcker and Smith 2007).
    Up to `bins` bins, of `LEAST_IN_BIN` rows or more in the mean. Raises `ValueError` for an empty sample.
    """
    if not len(sample):
        raise ValueError("no verdicts to compare probabilities with: review some of the audit first.")
    count = max(1, min(bins, ceil(len(sample) / LEAST_IN_BIN)))
    bin_of = length_bins(probability, sample.weight, count).astype(np.int64)
    bad = sample.bad.astype(np.float64)
    value = _error(bin_of, probability, bad, sample.weight)
    redrawn = [
        _error(bin_of, probability, bad, sample.weight * counts)
        for counts in bootstrap_counts(sample.weight, draws, seed)
    ]
    random = np.random.default_rng(seed)
    alike = [
        _error(bin_of, probability, (random.random(len(bad)) < probability).astype(np.float64), sample.weight)
        for _ in range(draws)
    ]
    low, high = (float(bound) for bound in np.quantile(redrawn, [0.025, 0.975]))
    return Reliability(
        Interval(value, min(low, value), max(high, value)),
        float(np.quantile(alike, 0.95)),
        losses(probability, sample).brier,
        tuple(_bins(bin_of, probability, sample)),
    )


def _error(bin_of: np.ndarray, probability: Floats, bad: Floats, weight: Floats) -> float:
    gap = np.bincount(bin_of, weights=weight * (probability - bad))
    return float(np.abs(gap).sum() / weight.sum())


def _bins(bin_of: np.ndarray, probability: Floats, sample: Sample) -> Iterable[Bin]:
    for number in np.unique(bin_of):
        part = sample.rows(bin_of == number)
        size = effective_size(part.weight)
        share = float(np.average(part.bad, weights=part.weight))
        yield Bin(
            float(part.weight.sum() / sample.weight.sum()),
            float(np.average(probability[bin_of == number], weights=part.weight)),
            wilson(share * size, size),
        )
