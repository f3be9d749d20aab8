"""Area under the ROC curve from a weighted sample, with its interval, and within quintiles of length."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np

from flagging.measures.intervals import Interval, normal_quantile
from flagging.measures.sample import Floats, Sample, effective_size


def _placements(suspicion: Floats, of: Floats, weight: Floats) -> Floats:
    """For each value: the weighted share of `of` below it, ties half."""
    order = np.argsort(of, kind="stable")
    ranked = of[order]
    below = np.concatenate(([0.0], np.cumsum(weight[order]))) / weight.sum()
    left, right = np.searchsorted(ranked, suspicion, "left"), np.searchsorted(ranked, suspicion, "right")
    return np.asarray((below[left] + below[right]) / 2)


def weighted_auroc(sample: Sample) -> float:
    """This function will return the chance that a bad item is more suspect than a good one, ties half.

    Both are drawn by weight: sum over pairs w_i w_j [s_i > s_j] / (W_bad W_good), which with w = 1/inclusion
    probability is the Hájek estimate for the population. NaN where one of the two kinds is missing.
    """
    bad, good = sample.rows(sample.bad), sample.rows(~sample.bad)
    if not len(bad) or not len(good):
        return float("nan")
    places = _placements(bad.suspicion, good.suspicion, good.weight)
    return min(1.0, float(np.average(places, weights=bad.weight)))


def auroc_interval(sample: Sample, confidence: float = 0.95) -> Interval:
    """This function will return the weighted AUROC with an interval on the logit scale.

    Variance: DeLong's placements (1988), weighted by linearisation of the two Hájek means, and never less than
    Newcombe's (2006, method 5) with Kish's effective sizes at an area drawn half a pair towards chance, so that
    a perfect order of few verdicts is no certainty. All NaN where one kind is missing.
    """
    area = weighted_auroc(sample)
    if np.isnan(area):
        return Interval(area, area, area)
    bad, good = sample.rows(sample.bad), sample.rows(~sample.bad)
    bads, goods = effective_size(bad.weight), effective_size(good.weight)
    shrunk = (area * bads * goods + 0.5) / (bads * goods + 1)
    variance = max(_delong(bad, good, area), _score_variance(shrunk, bads, goods))
    if area in (0.0, 1.0):
        return _of_a_perfect_order(area, bads, goods, normal_quantile(confidence))
    # The derivative of the logit at the shrunk area.
    half = normal_quantile(confidence) * sqrt(variance) / (shrunk * (1 - shrunk))
    middle = log(shrunk / (1 - shrunk))
    return Interval(area, min(area, _logistic(middle - half)), max(area, _logistic(middle + half)))


def _of_a_perfect_order(area: float, bads: float, goods: float, quantile: float) -> Interval:
    """The areas from which one of 0 or 1 is no further than `quantile` deviations, by Newcombe's method 5: the logit
    has no width there."""
    near, far = area, 1 - area
    for _ in range(60):
        middle = (near + far) / 2
        within = (area - middle) ** 2 <= quantile**2 * _score_variance(middle, bads, goods)
        near, far = (middle, far) if within else (near, middle)
    return Interval(area, min(area, near), max(area, near))


def _logistic(value: float) -> float:
    return 1 / (1 + exp(-max(-700.0, value)))


def _delong(bad: Sample, good: Sample, area: float) -> float:
    over = _placements(bad.suspicion, good.suspicion, good.weight)
    under = 1 - _placements(good.suspicion, bad.suspicion, bad.weight)
    return _mean_variance(over - area, bad.weight) + _mean_variance(under - area, good.weight)


def _mean_variance(deviation: Floats, weight: Floats) -> float:
    size = len(weight)
    if size < 2:
        return 0.0
    share = weight / weight.sum()
    return float(((share * deviation) ** 2).sum()) * size / (size - 1)


def _score_variance(area: float, bads: float, goods: float) -> float:
    spread = (bads + goods) / 2 - 1
    tails = spread * (1 - area) / (2 - area) + spread * area / (1 + area)
    return area * (1 - area) * (1 + tails) / (bads * goods)


def length_controlled_auroc(sample: Sample, bins: int = 5) -> float:
    """This function will return the AUROC over pairs of about the same length.

    Rows are cut into `bins` of equal weight by length (equal lengths stay together); each bin's AUROC counts
    by its pairs, W_bad × W_good. NaN where no bin holds both kinds.
    """
    pairs = gained = 0.0
    cuts = length_bins(sample.length, sample.weight, bins)
    for number in np.unique(cuts):
        part = sample.rows(cuts == number)
        weight = float(part.weight[part.bad].sum() * part.weight[~part.bad].sum())
        if weight:
            pairs += weight
            gained += weight * weighted_auroc(part)
    return gained / pairs if pairs else float("nan")


def length_bins(length: Floats, weight: Floats, bins: int) -> Floats:
    """This function will number each row's bin of equal weight by length, from 0; equal lengths share one."""
    values, inverse = np.unique(length, return_inverse=True)
    mass = np.bincount(inverse, weights=weight, minlength=len(values))
    middle = (np.cumsum(mass) - mass / 2) / mass.sum() if len(values) else mass
    return np.asarray(np.minimum(np.floor(middle * bins), bins - 1)[inverse])
