"""How many bad translations are left among those nobody has reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from flagging.measures.intervals import Interval, normal_quantile, total, wilson


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of a language from which `reviewed` of `size` translations were drawn at random; `bad` of them
    were bad (and are counted as repaired). `name` is flagged, audit, rest or whatever the design calls it."""

    name: str
    size: int
    reviewed: int
    bad: int

    def __post_init__(self) -> None:
        if not 0 <= self.bad <= self.reviewed <= self.size:
            raise ValueError(
                f"stratum {self.name!r} has {self.bad} bad of {self.reviewed} reviewed of {self.size}: "
                "each must be at least 0 and at most the next."
            )

    @property
    def unreviewed(self) -> int:
        """Translations that nobody has reviewed."""
        return self.size - self.reviewed

    @property
    def inclusion(self) -> float:
        """The probability with which a translation of this stratum was reviewed."""
        return self.reviewed / self.size if self.size else 1.0


@dataclass(frozen=True)
class Left:
    """The estimate of bad translations left; `unseen` translations lie in strata without a single verdict,
    of which it says nothing."""

    errors: Interval
    deviation: float
    unreviewed: int
    unseen: int


def errors_left(strata: Sequence[Stratum], confidence: float = 0.95) -> Left:
    """This function will estimate how many bad translations are left in strata drawn independently.

    Horvitz–Thompson for simple random draws without replacement: sum over strata of (N - n) b / n. Its variance
    is N² (1 - n/N) s² / n with s² = n p (1 - p) / (n - 1) (Cochran 1977, ch. 5A); `deviation` is the root of the
    sum. The interval takes Wilson's for each share, with n (N - 1) / (N - n) verdicts for the finite
    population, and adds them by variance recovery: a stratum without anything bad still has an upper bound.
    """
    seen = [one for one in strata if one.reviewed and one.unreviewed]
    parts = [(float(one.unreviewed), _share(one, confidence)) for one in seen]
    left = sum(one.unreviewed for one in strata)
    unseen = sum(one.unreviewed for one in strata if not one.reviewed)
    found = total(parts)
    errors = Interval(found.value, max(0.0, found.low), min(float(left - unseen), found.high))
    return Left(errors, sqrt(sum(_variance(one) for one in seen)), left, unseen)


def _share(stratum: Stratum, confidence: float) -> Interval:
    # The interval of the share among those left is N / (N - n) as wide as that of the whole stratum's share.
    trials = stratum.reviewed * (stratum.size - 1) / stratum.unreviewed
    share = wilson(stratum.bad / stratum.reviewed * trials, trials, confidence)
    stretch = stratum.size / stratum.unreviewed
    return Interval(
        share.value,
        max(0.0, share.value - stretch * (share.value - share.low)),
        min(1.0, share.value + stretch * (share.high - share.value)),
    )


def _variance(stratum: Stratum) -> float:
    drawn = stratum.reviewed
    share = stratum.bad / drawn
    spread = share * (1 - share) * drawn / (drawn - 1) if drawn > 1 else 0.25
    return stratum.size**2 * (1 - stratum.inclusion) * spread / drawn


def horvitz_thompson(bad: ArrayLike, inclusion: ArrayLike, confidence: float = 0.95) -> Interval:
    """This function will return the number of bad translations in all, from rows included independently.

    sum of y / pi, with variance sum of (1 - pi) / pi² y² (Poisson sampling) and a normal interval, never below
    what was found.
    """
    verdicts, chances = np.asarray(bad, np.float64), np.asarray(inclusion, np.float64)
    value = float((verdicts / chances).sum())
    deviation = sqrt(float(((1 - chances) * (verdicts / chances) ** 2).sum()))
    return _around(value, deviation, confidence, float(verdicts.sum()), float("inf"))


def hajek(bad: ArrayLike, inclusion: ArrayLike, size: int, confidence: float = 0.95) -> Interval:
    """This function will return the number of bad among `size` translations: size × weighted mean.

    Steadier than Horvitz–Thompson where the number of rows varies; its variance is linearised,
    (size / sum w)² sum of (1 - pi) / pi² (y - mean)². Raises `ValueError` without rows.
    """
    verdicts, chances = np.asarray(bad, np.float64), np.asarray(inclusion, np.float64)
    if not len(verdicts):
        raise ValueError("no verdicts: an estimate needs at least one. Review some of the audit first.")
    mean = float(np.average(verdicts, weights=1 / chances))
    scale = size / float((1 / chances).sum())
    deviation = scale * sqrt(float(((1 - chances) * ((verdicts - mean) / chances) ** 2).sum()))
    return _around(size * mean, deviation, confidence, float(verdicts.sum()), float(size))


def _around(value: float, deviation: float, confidence: float, least: float, most: float) -> Interval:
    half = normal_quantile(confidence) * deviation
    return Interval(value, min(value, max(least, value - half)), max(value, min(most, value + half)))
