"""The probability that a translation is bad, from its suspicion, fitted within each language on the audit.

A language with verdicts enough has a curve of its own, isotonic or logistic, whichever predicts the verdicts of
annotators it has not seen better; one with few shares its slope with the others and keeps an intercept of its
own, drawn towards theirs; one with fewer still has none yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from flagging.checks.base import gettext_noop
from flagging.measures.fits import (
    Curve,
    Scale,
    base_rate,
    curve_from_json,
    fit_isotonic,
    fit_logistic,
    fit_shared,
    scale_of,
)
from flagging.measures.intervals import Interval
from flagging.measures.reliability import Losses, losses, reliability
from flagging.measures.sample import Floats, Integers, Sample

CALIBRATION_VERSION = 1
# A curve of two parameters wants some 20 verdicts of the rarer kind; below that the pool's slope is better.
OWN_LABELS, OWN_OF_A_KIND = 200, 20
# What the pool as a whole must hold before it is one, and a language before it gets an intercept from it.
POOL_LABELS, POOL_OF_A_KIND = 100, 20
LEAST_LABELS = 20
FOLDS = 5


NOT_ENOUGH = gettext_noop(
    "Not enough data yet: %(labels)d verdicts of the audit sample, %(bad)d bad. A probability takes "
    "%(least)d verdicts here, and %(pool)d with %(kind)d bad and good over all languages."
)


@dataclass(frozen=True)
class LanguageCalibration:
    """One language's curve, and how well it predicts verdicts it was not fitted on.

    `source` is "own" or "pooled". `cross_validated` holds the losses of each method tried and of the bare share
    of bad ("base_rate"); `error`, `noise` and `brier` are of the held-out predictions (`reliability`).
    `grouped`: whether whole annotators were held out; else there was only one.
    """

    source: str
    curve: Curve
    labels: int
    bads: int
    cross_validated: Mapping[str, Losses]
    error: Interval
    noise: float
    brier: float
    grouped: bool

    def to_json(self) -> dict[str, Any]:
        """This function will return what `from_json` reads."""
        tried = {name: asdict(one) for name, one in self.cross_validated.items()}
        curve, error = self.curve.to_json(), list(self.error)
        return {**self.__dict__, "curve": curve, "cross_validated": tried, "error": error}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> LanguageCalibration:
        """This function will return what `to_json` was made from."""
        tried = {name: Losses(**one) for name, one in stored["cross_validated"].items()}
        curve, error = curve_from_json(stored["curve"]), Interval(*stored["error"])
        return cls(**{**stored, "curve": curve, "cross_validated": tried, "error": error})


@dataclass(frozen=True)
class Calibration:
    """The curves of a pass by language tag; `counts` holds (labels, bad) of all languages, with curve or not."""

    languages: Mapping[str, LanguageCalibration]
    counts: Mapping[str, tuple[int, int]]

    def probability(self, language: str, suspicion: ArrayLike) -> Floats | None:
        """This function will return the probability of bad for each suspicion, never falling as it rises.

        None where the language has no curve: "not enough data yet" (`why_not`).
        """
        found = self.languages.get(language)
        return None if found is None else found.curve(np.asarray(suspicion, dtype=np.float64))

    def why_not(self, language: str) -> tuple[str, dict[str, int]] | None:
        """This function will return the template and figures of "not enough data yet"; None with a curve."""
        if language in self.languages:
            return None
        labels, bad = self.counts.get(language, (0, 0))
        needed = {"least": LEAST_LABELS, "pool": POOL_LABELS, "kind": POOL_OF_A_KIND}
        return NOT_ENOUGH, {"labels": labels, "bad": bad, **needed}

    def to_json(self) -> dict[str, Any]:
        """This function will return the calibration as plain JSON values."""
        curves = {tag: one.to_json() for tag, one in self.languages.items()}
        counts = {tag: list(pair) for tag, pair in self.counts.items()}
        return {"version": CALIBRATION_VERSION, "languages": curves, "counts": counts}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Calibration:
        """This function will return the calibration of a `to_json`; `ValueError` for another version."""
        if stored["version"] != CALIBRATION_VERSION:
            raise ValueError(
                f"calibration version {stored['version']} is not {CALIBRATION_VERSION}: fit it again."
            )
        curves = {tag: LanguageCalibration.from_json(one) for tag, one in stored["languages"].items()}
        return cls(curves, {tag: (pair[0], pair[1]) for tag, pair in stored["counts"].items()})


def calibrate(
    samples: Mapping[str, Sample], scales: Mapping[str, Scale] | None = None, *, seed: int = 0
) -> Calibration:
    """This function will fit every language's curve from its audit verdicts.

    `scales` says where the suspicions of all of a language's translations lie (`scale_of`); without it that of
    its verdicts is taken, which is rough where they are few. Pass only languages that should share a pool.
    """
    given = {tag: one for tag, one in samples.items() if len(one)}
    where = {
        tag: (scales or {}).get(tag) or scale_of(one.suspicion, one.weight) for tag, one in given.items()
    }
    found = {tag: _own(one, where[tag], seed) for tag, one in given.items() if _enough_alone(one)}
    poor = [tag for tag, one in given.items() if tag not in found and len(one) >= LEAST_LABELS]
    if poor and _enough_together(given):
        found |= _pooled(given, where, poor, seed)
    counts = {tag: (len(one), one.bads) for tag, one in samples.items()}
    return Calibration({tag: found[tag] for tag in given if tag in found}, counts)


def _enough_alone(one: Sample) -> bool:
    return len(one) >= OWN_LABELS and min(one.bads, one.goods) >= OWN_OF_A_KIND


def _enough_together(samples: Mapping[str, Sample]) -> bool:
    bads, goods = sum(one.bads for one in samples.values()), sum(one.goods for one in samples.values())
    return bads + goods >= POOL_LABELS and min(bads, goods) >= POOL_OF_A_KIND


def folds(group: Integers, count: int = FOLDS, *, seed: int = 0) -> tuple[Integers, bool]:
    """This function will number each row's fold from 0, whole groups together, and say whether it could.

    Groups go by size to the fold that holds least, equal ones in seeded order; fewer groups than folds give
    fewer folds, and of a single group the rows are dealt out.
    """
    random = np.random.default_rng(seed)
    names, inverse, sizes = np.unique(group, return_inverse=True, return_counts=True)
    if len(names) < 2:
        return random.permutation(np.arange(len(group)) % count), False
    held = np.zeros(min(count, len(names)), dtype=np.int64)
    fold = np.zeros(len(names), dtype=np.int64)
    shuffled = random.permutation(len(names))
    for one in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        fold[one] = int(held.argmin())
        held[fold[one]] += sizes[one]
    return fold[inverse], True


def _own(one: Sample, scale: Scale, seed: int) -> LanguageCalibration:
    fitters: dict[str, Callable[[Sample], Curve]] = {
        "logistic": lambda rows: fit_logistic(rows, scale),
        "isotonic": fit_isotonic,
    }
    fold, grouped = folds(one.group, seed=seed)
    held_out = {name: _held_out(one, fold, fitter) for name, fitter in fitters.items()}
    tried = {name: losses(chances, one) for name, chances in held_out.items()}
    best = min(tried, key=lambda name: (tried[name].log, tried[name].brier))
    tried["base_rate"] = losses(_held_out(one, fold, _level), one)
    return _described("own", fitters[best](one), one, held_out[best], tried, grouped, seed)


def _level(rows: Sample) -> Callable[[Floats], Floats]:
    rate = base_rate(rows)
    return lambda suspicion: np.full(len(suspicion), rate)


def _held_out(one: Sample, fold: Integers, fitter: Callable[[Sample], Callable[[Floats], Floats]]) -> Floats:
    chances = np.empty(len(one))
    for number in np.unique(fold):
        chances[fold == number] = fitter(one.rows(fold != number))(one.suspicion[fold == number])
    return chances


def _described(
    source: str,
    curve: Curve,
    one: Sample,
    held_out: Floats,
    tried: Mapping[str, Losses],
    grouped: bool,
    seed: int,
) -> LanguageCalibration:
    fit = reliability(held_out, one, seed=seed)
    return LanguageCalibration(
        source, curve, len(one), one.bads, tried, fit.error, fit.noise, fit.brier, grouped
    )


def _pooled(
    samples: Mapping[str, Sample], scales: Mapping[str, Scale], poor: list[str], seed: int
) -> dict[str, LanguageCalibration]:
    curves = fit_shared(samples, scales)
    fold = {tag: folds(one.group, seed=seed) for tag, one in samples.items()}
    held_out = {tag: np.empty(len(samples[tag])) for tag in poor}
    for number in range(FOLDS):
        rest = {tag: one.rows(fold[tag][0] != number) for tag, one in samples.items()}
        without = fit_shared({tag: one for tag, one in rest.items() if len(one)}, scales)
        for tag in poor:
            away = fold[tag][0] == number
            held_out[tag][away] = without[tag](samples[tag].suspicion[away])
    found = {}
    for tag in poor:
        one, (split, grouped) = samples[tag], fold[tag]
        level = losses(_held_out(one, split, _level), one)
        tried = {"logistic": losses(held_out[tag], one), "base_rate": level}
        found[tag] = _described("pooled", curves[tag], one, held_out[tag], tried, grouped, seed)
    return found
