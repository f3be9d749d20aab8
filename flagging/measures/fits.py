"""Monotone curves from suspicion to the probability of bad: logistic, isotonic, and logistic shared by languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from sklearn.isotonic import isotonic_regression

from flagging.measures.sample import Floats, Integers, Sample, effective_size

# Weak prior on a slope over standardised suspicion (Gelman et al. 2008): it only matters where a few verdicts
# are told apart perfectly, which would send the slope to infinity.
SLOPE_DEVIATION = 2.5
_ROUNDS = 60
_EM_ROUNDS = 40


class Scale(NamedTuple):
    """Where a language's suspicions lie: their mean and standard deviation."""

    centre: float
    spread: float


@dataclass(frozen=True)
class Logistic:
    """p = 1 / (1 + exp(-(intercept + slope × (suspicion - centre) / spread))); slope is not negative."""

    centre: float
    spread: float
    slope: float
    intercept: float

    def __call__(self, suspicion: Floats) -> Floats:
        return _sigmoid(self.intercept + self.slope * (suspicion - self.centre) / self.spread)

    def to_json(self) -> dict[str, Any]:
        """This function will return what `curve_from_json` reads."""
        return {
            "method": "logistic",
            "centre": self.centre,
            "spread": self.spread,
            "slope": self.slope,
            "intercept": self.intercept,
        }


@dataclass(frozen=True)
class Isotonic:
    """Straight lines between knots, level beyond them; neither knots nor values ever fall."""

    knots: tuple[float, ...]
    values: tuple[float, ...]

    def __call__(self, suspicion: Floats) -> Floats:
        return np.asarray(np.interp(suspicion, self.knots, self.values))

    def to_json(self) -> dict[str, Any]:
        """This function will return what `curve_from_json` reads."""
        return {"method": "isotonic", "knots": list(self.knots), "values": list(self.values)}


Curve: TypeAlias = Logistic | Isotonic


def curve_from_json(stored: Mapping[str, Any]) -> Curve:
    """This function will return the curve of a `to_json`; `ValueError` for a method that is none."""
    values = {key: value for key, value in stored.items() if key != "method"}
    if stored["method"] == "logistic":
        return Logistic(**values)
    if stored["method"] == "isotonic":
        return Isotonic(tuple(values["knots"]), tuple(values["values"]))
    raise ValueError(f"{stored['method']!r} is no curve: logistic or isotonic. Fit the calibration again.")


def scale_of(suspicion: Floats, weight: Floats | None = None) -> Scale:
    """This function will return the scale of suspicions, best of all those of the language, labelled or not."""
    centre = float(np.average(suspicion, weights=weight))
    spread = sqrt(float(np.average((suspicion - centre) ** 2, weights=weight)))
    return Scale(centre, spread if spread > 1e-12 else 1.0)


def fit_logistic(sample: Sample, scale: Scale | None = None) -> Logistic:
    """This function will fit a language's own logistic curve (Platt 2000) to its weighted verdicts."""
    where = scale or scale_of(sample.suspicion, sample.weight)
    return fit_shared({"": sample}, {"": where}, deviation=1e-6)[""]


def fit_isotonic(sample: Sample) -> Isotonic:
    """This function will fit the weighted least squares curve that never falls (pool adjacent violators).

    Drawn towards the share of bad by 1 / (effective size + 1), so that no probability is 0 or 1.
    """
    knots, inverse = np.unique(sample.suspicion, return_inverse=True)
    mass = np.bincount(inverse, weights=sample.weight)
    share = np.bincount(inverse, weights=sample.weight * sample.bad) / mass
    level = np.asarray(isotonic_regression(share, sample_weight=mass), dtype=np.float64)
    pull = 1 / (effective_size(sample.weight) + 1)
    level = (1 - pull) * level + pull * base_rate(sample)
    kept = _block_ends(level)
    return Isotonic(tuple(knots[kept].tolist()), tuple(level[kept].tolist()))


def _block_ends(level: Floats) -> Integers:
    change = np.flatnonzero(np.diff(level) > 0)
    return np.unique(np.concatenate(([0], change, change + 1, [len(level) - 1])))


def base_rate(sample: Sample) -> float:
    """This function will return the weighted share of bad, drawn towards one half by one verdict."""
    size = effective_size(sample.weight)
    share = float(np.average(sample.bad, weights=sample.weight))
    return (share * size + 0.5) / (size + 1)


def _drawn_in(sample: Sample) -> Floats:
    """Verdicts as 0 and 1, drawn towards the share of bad as in `fit_isotonic`: one kind alone has a finite fit."""
    pull = 1 / (effective_size(sample.weight) + 1)
    return (1 - pull) * sample.bad.astype(np.float64) + pull * base_rate(sample)


def fit_shared(
    samples: Mapping[str, Sample], scales: Mapping[str, Scale], *, deviation: float | None = None
) -> dict[str, Logistic]:
    """This function will fit one slope over standardised suspicion, and an intercept for each language.

    Intercepts are drawn towards their mean as if normal with standard deviation `deviation`; None estimates it
    from the languages themselves (EM over the Laplace approximation). A language's weights are scaled to sum to
    its effective size. A slope below 0 is taken for 0: then a curve is its language's level.
    """
    rows = _Rows.of(samples, scales)
    variance = 1.0 if deviation is None else deviation**2
    values, spread = rows.fit(variance)
    if deviation is None:
        for _ in range(_EM_ROUNDS):
            before = variance
            variance = float(np.clip(np.mean(values[2:] ** 2 + spread[2:]), 1e-4, 9.0))
            values, spread = rows.fit(variance)
            if abs(variance - before) < 1e-4 * before:
                break
    if values[1] < 0:
        values, _ = rows.level().fit(variance)
        values[1] = 0.0
    return {
        language: Logistic(*scales[language], float(values[1]), float(values[0] + values[2 + number]))
        for number, language in enumerate(samples)
    }


@dataclass(frozen=True, eq=False)
class _Rows:
    """All rows of some languages: standardised suspicion, verdict, scaled weight, number of the language."""

    place: Floats
    bad: Floats
    weight: Floats
    language: Integers
    languages: int

    @classmethod
    def of(cls, samples: Mapping[str, Sample], scales: Mapping[str, Scale]) -> _Rows:
        places = [(one.suspicion - scales[tag].centre) / scales[tag].spread for tag, one in samples.items()]
        weights = [one.weight * effective_size(one.weight) / one.weight.sum() for one in samples.values()]
        return cls(
            np.concatenate(places),
            np.concatenate([_drawn_in(one) for one in samples.values()]),
            np.concatenate(weights),
            np.repeat(np.arange(len(samples)), [len(one) for one in samples.values()]),
            len(samples),
        )

    def level(self) -> _Rows:
        """The same rows as if all were equally suspect."""
        return _Rows(np.zeros_like(self.place), self.bad, self.weight, self.language, self.languages)

    def fit(self, variance: float) -> tuple[Floats, Floats]:
        """Intercept, slope and each language's shift at the mode, and their variances (Newton's method)."""
        precision = np.concatenate(([1e-9, SLOPE_DEVIATION**-2], np.full(self.languages, 1 / variance)))
        values = np.zeros(2 + self.languages)
        mean = np.clip(np.average(self.bad, weights=self.weight), 1e-3, 1 - 1e-3)
        values[0] = np.log(mean / (1 - mean))
        for _ in range(_ROUNDS):
            chance = self._chance(values)
            gradient = self._sums(self.weight * (self.bad - chance)) - precision * values
            step = np.linalg.solve(self._curvature(chance, precision), gradient)
            # Newton's steps may overshoot far from the mode; a bounded one cannot, the problem being convex.
            values = values + step * min(1.0, 2.0 / max(1e-12, float(np.abs(step).max())))
            if np.abs(step).max() < 1e-9:
                break
        curvature = self._curvature(self._chance(values), precision)
        return values, np.diag(np.linalg.inv(curvature)).copy()

    def _chance(self, values: Floats) -> Floats:
        return _sigmoid(values[0] + values[1] * self.place + values[2 + self.language])

    def _sums(self, parts: Floats) -> Floats:
        by_language = np.bincount(self.language, weights=parts, minlength=self.languages)
        return np.concatenate(([parts.sum(), parts @ self.place], by_language))

    def _curvature(self, chance: Floats, precision: Floats) -> Floats:
        parts = self.weight * chance * (1 - chance)
        found = np.diag(precision)
        plain, tilted = self._sums(parts), self._sums(parts * self.place)
        found[0, :] += plain
        found[1, :] += tilted
        found[2:, 0] += plain[2:]
        found[2:, 1] += tilted[2:]
        found[np.arange(2, len(plain)), np.arange(2, len(plain))] += plain[2:]
        return found


def _sigmoid(value: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(value, -35, 35))))
