"""Intervals for shares, differences and sums of shares. Closed forms, no resampling."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple


class Interval(NamedTuple):
    """An estimate and the bounds of its interval."""

    value: float
    low: float
    high: float


def normal_quantile(confidence: float) -> float:
    """This function will return z of a two-sided interval: 1.96 for .95. Raises `ValueError` outside (0, 1)."""
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence of {confidence} is none: give one between 0 and 1, such as .95.")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(successes: float, trials: float, confidence: float = 0.95) -> Interval:
    """This function will return a share with its score interval (Wilson 1927).

    `trials` may be an effective size and need not be whole; 0 of them gives .5 in [0, 1].
    """
    if trials <= 0:
        return Interval(0.5, 0.0, 1.0)
    z = normal_quantile(confidence)
    share = successes / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * sqrt(max(0.0, share * (1 - share)) / trials + (z / (2 * trials)) ** 2)
    return Interval(share, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)))


def difference(one: Interval, other: Interval) -> Interval:
    """This function will return `one - other` of two independent estimates with its interval.

    Newcombe's hybrid score method (1998, method 10) when both are Wilson's.
    """
    value = one.value - other.value
    low = sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
    high = sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2)
    return Interval(value, value - low, value + high)


def total(parts: Iterable[tuple[float, Interval]]) -> Interval:
    """This function will return the sum of factor × estimate over independent estimates with its interval.

    The method of variance estimates recovery (Zou and Donner 2008); factors are not negative.
    """
    value = low = high = 0.0
    for factor, one in parts:
        value += factor * one.value
        low += (factor * (one.value - one.low)) ** 2
        high += (factor * (one.high - one.value)) ** 2
    return Interval(value, value - sqrt(low), value + sqrt(high))
