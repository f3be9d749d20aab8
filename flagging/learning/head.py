"""The local head: what verdicts teach beyond the signals there are, and nothing where they teach nothing.

A head is fitted from verdicts and cross-validated twice over: inside, the families are blended by their
predictions for left-out folds; outside, the whole procedure is judged on folds it has not seen, by
annotator where annotators are known. It is switched on only where the lower bound of its gain over
the best single signal is above 0.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import numpy as np
import sklearn
from numpy.typing import NDArray

from flagging.learning.kernel import Parts
from flagging.learning.machine import Inputs, Machine, Task, train
from flagging.learning.ranking import Mask, auroc, resampled
from flagging.learning.surface import Features, normal_scores
from flagging.learning.words import Floats, Ids

VERSION = 1
FEWEST_LABELS = 300
FEWEST_BAD = 60
OUTER_FOLDS = 5
INNER_FOLDS = 3
DRAWS = 1000
# Of the bootstrapped gains, the share below the lower bound.
LOWER = 0.05
# AUROC of an order that knows nothing: to beat a signal that is worse is no gain.
CHANCE = 0.5
# A signal stands among a hundred surface features, and says more than one of them.
SIGNAL_SCALE = 3.0
SURFACE = "surface"
_KNOTS = 201


@dataclass(frozen=True)
class Observed:
    """Rows as they are scored: surface features, and by name the signals, higher = better, NaN where a
    row has none; `prior` a guess from other languages' verdicts (`Pooled`), where there is one."""

    features: Features
    signals: Mapping[str, Floats]
    prior: Floats | None = None

    def take(self, rows: Ids) -> Observed:
        """This function will return these rows alone."""
        signals = {name: one[rows] for name, one in self.signals.items()}
        return Observed(self.features.take(rows), signals, None if self.prior is None else self.prior[rows])


@dataclass(frozen=True)
class Rows:
    """Verdicts: whose row (`keys`), what is seen of it, how good it is (graded, or 1 - bad; higher =
    better), whether it is bad, whose verdict (`groups`, None where unknown) and its inclusion weight
    (1 / inclusion probability)."""

    keys: tuple[str, ...]
    observed: Observed
    goodness: Floats
    bad: Mask
    groups: Ids | None
    weight: Floats


@dataclass(frozen=True)
class Scale:
    """A signal's quantiles among the labelled rows, by which a value becomes a normal score."""

    values: Floats
    scores: Floats

    @classmethod
    def of(cls, signal: Floats) -> Scale:
        """This function will read the quantiles of the values that are there."""
        known = np.sort(signal[np.isfinite(signal)])
        if not len(known):
            return cls(np.zeros(1), np.zeros(1))
        values, places = np.unique(known, return_index=True)
        scores = normal_scores(known[:, None])[:, 0][places]
        kept = np.unique(np.linspace(0, len(values) - 1, _KNOTS).astype(int))
        return cls(values[kept], scores[kept])

    def apply(self, signal: Floats) -> Floats:
        """This function will return normal scores, NaN where there is no value."""
        return np.where(np.isfinite(signal), np.interp(signal, self.values, self.scores), np.nan)


@dataclass(frozen=True)
class Fit:
    """A fitted head, switched on or not, and what it saw.

    `gain` is the cross-validated AUROC less that of the best single signal (`best`, or chance), `gain_lower` its
    lower bound (one-sided 95 %, bootstrap over annotators or rows), `auroc_cv` the head's own. `text`
    predicts from texts alone, `full` from texts and signals; `saw` is the digest, counts, folds, versions.
    """

    switched_on: bool
    reason: str
    best: str
    gain: float
    gain_lower: float
    auroc_cv: float
    scales: dict[str, Scale]
    text: Machine | None
    full: Machine | None
    saw: dict[str, Any]

    def apply(self, observed: Observed) -> Floats:
        """This function will return one figure per row, higher = better: the head's where it is switched
        on, else the best single signal's (the surface score's where a row lacks it)."""
        if not self.switched_on or self.text is None:
            return _single(self.best, observed, self.scales)
        result = self.text.predict(_inputs(observed, {}))
        if self.full is not None:
            rows = np.flatnonzero(_has_signal(observed, self.scales))
            if len(rows):
                result[rows] = self.full.predict(_inputs(observed.take(rows), self.scales))
        return result

    def to_json(self) -> dict[str, Any]:
        """This function will return JSON types alone, from which `from_json` rebuilds the fit; numbers lie
        in one npz archive as base64, never as code."""
        arrays: dict[str, NDArray[Any]] = {}
        machines: dict[str, Any] = {}
        for name in ("text", "full"):
            machine: Machine | None = getattr(self, name)
            if machine is not None:
                arrays |= {f"{name}.{key}": value for key, value in machine.arrays().items()}
                machines[name] = {"forest_share": machine.forest_share, "parts": machine.parts}
        scales = {
            name: {"values": one.values.tolist(), "scores": one.scores.tolist()}
            for name, one in self.scales.items()
        }
        plain = {name: getattr(self, name) for name in _PLAIN}
        return plain | {"scales": scales, "machines": machines, "arrays": _packed(arrays), "version": VERSION}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Fit:
        """This function will rebuild a fit; `ValueError` for one of another version."""
        if data["version"] != VERSION:
            raise ValueError(f"The head is of version {data['version']}, not {VERSION}. Fit it again.")
        arrays = _unpacked(data["arrays"])
        machines = {name: _machine(name, one, arrays) for name, one in data["machines"].items()}
        scales = {
            name: Scale(np.array(one["values"]), np.array(one["scores"]))
            for name, one in data["scales"].items()
        }
        plain = {name: data[name] for name in _PLAIN}
        return cls(**plain, scales=scales, text=machines.get("text"), full=machines.get("full"))


_PLAIN = ("switched_on", "reason", "best", "gain", "gain_lower", "auroc_cv", "saw")


def _packed(arrays: Mapping[str, NDArray[Any]]) -> str:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def _unpacked(text: str) -> dict[str, NDArray[Any]]:
    with np.load(io.BytesIO(base64.b64decode(text)), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _machine(name: str, plain: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Machine:
    start = f"{name}."
    own = {key.removeprefix(start): one for key, one in arrays.items() if key.startswith(start)}
    return Machine.from_arrays(own, plain["forest_share"], dict(plain["parts"]))


def _has_signal(observed: Observed, scales: Mapping[str, Scale]) -> Mask:
    known = [np.isfinite(observed.signals[name]) for name in scales if name in observed.signals]
    none = np.zeros((1, len(observed.features.score)), dtype=np.bool_)
    return np.asarray(np.any([*none, *known], axis=0))


def _scaled(observed: Observed, scales: Mapping[str, Scale]) -> Floats:
    """The signals as normal scores, 0 where missing: [rows, signals]."""
    none = np.full(len(observed.features.score), np.nan)
    columns = [scale.apply(observed.signals.get(name, none)) for name, scale in scales.items()]
    return np.asarray(np.nan_to_num(np.column_stack([none[:, None][:, :0], *columns])))


def _inputs(observed: Observed, scales: Mapping[str, Scale]) -> Inputs:
    scaled = _scaled(observed, scales)
    score = observed.features.score
    prior = np.zeros(len(score)) if observed.prior is None else observed.prior
    singles = np.column_stack([score, prior, scaled])
    return Inputs(
        np.column_stack([observed.features.dense, SIGNAL_SCALE * scaled]), observed.features.grams, singles
    )


def _single(name: str, observed: Observed, scales: Mapping[str, Scale]) -> Floats:
    """One signal's normal scores, with the surface score where a row lacks it."""
    if name == SURFACE or name not in observed.signals:
        return observed.features.score
    scaled = scales[name].apply(observed.signals[name])
    return np.where(np.isfinite(scaled), scaled, observed.features.score)


def fold_of(groups: Ids | None, count: int, folds: int, seed: int) -> Ids:
    """This function will deal rows into folds of like size, a group whole into one of them; where fewer
    than two groups are known, row by row."""
    rng = np.random.default_rng(seed)
    if groups is None or len(np.unique(groups)) < 2:
        return np.asarray(rng.permutation(count) % folds)
    _, where, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    load = np.zeros(min(folds, len(sizes)))
    place = np.zeros(len(sizes), dtype=np.int64)
    for group in np.argsort(-sizes, kind="stable"):
        place[group] = int(np.argmin(load))
        load[place[group]] += sizes[group]
    return place[where]


def fit(rows: Rows, seed: int = 0) -> Fit:
    """This function will fit a head to the verdicts and decide whether it is switched on; the same rows
    and seed give the same fit."""
    scales = {name: Scale.of(signal) for name, signal in rows.observed.signals.items()}
    scales = {name: scale for name, scale in scales.items() if len(scale.values) > 1}
    best = _best_single(rows, scales)
    off = Fit(False, "", best, 0.0, 0.0, float("nan"), scales, None, None, _saw(rows, seed))
    if len(rows.bad) < FEWEST_LABELS or rows.bad.sum() < FEWEST_BAD:
        found = f"{len(rows.bad)} verdicts, {int(rows.bad.sum())} of them bad"
        return replace(off, reason=f"Off: {found}; a head needs {FEWEST_LABELS} and {FEWEST_BAD}.")
    trainer = _Trainer(rows, scales, seed)
    predicted = trainer.left_out()
    return _decided(off, rows, predicted, trainer)


def _best_single(rows: Rows, scales: Mapping[str, Scale]) -> str:
    """The signal, or the surface score, that finds the bad rows best on its own."""
    names = [SURFACE, *scales]
    found = [auroc(_single(name, rows.observed, scales), rows.bad, rows.weight) for name in names]
    return names[int(np.argmax(np.nan_to_num(found)))]


def _decided(off: Fit, rows: Rows, predicted: Floats, trainer: _Trainer) -> Fit:
    alone = _single(off.best, rows.observed, off.scales)
    weights = resampled(rows.groups, len(alone), DRAWS, np.random.default_rng(trainer.seed))
    gain, head = _gain(predicted, alone, rows, rows.weight)
    gains = [_gain(predicted, alone, rows, rows.weight * one)[0] for one in weights]
    lower = float(np.nanquantile(gains, LOWER))
    judged = replace(off, gain=gain, gain_lower=lower, auroc_cv=head)
    known = f"{head - gain:.3f} of {off.best if head - gain > CHANCE else 'chance'} alone"
    figures = f"AUROC {head:.3f} against {known}, gain at least {lower:+.3f}"
    if lower <= 0:
        return replace(judged, reason=f"Off: no certain gain ({figures}).")
    text, full = trainer.machines(np.arange(len(rows.bad)))
    return replace(judged, switched_on=True, reason=f"On: {figures}.", text=text, full=full)


def _gain(predicted: Floats, alone: Floats, rows: Rows, weight: Floats) -> tuple[float, float]:
    """AUROC over the single signal's, or over chance where that is better; and the AUROC itself."""
    head = auroc(predicted, rows.bad, weight)
    return head - max(auroc(alone, rows.bad, weight), CHANCE), head


def _saw(rows: Rows, seed: int) -> dict[str, Any]:
    """What the fit was made of."""
    digest = sha256("\n".join(sorted(rows.keys)).encode()).hexdigest()
    groups = 0 if rows.groups is None else len(np.unique(rows.groups))
    return {
        "rows": digest,
        "labels": len(rows.bad),
        "bad": int(rows.bad.sum()),
        "annotators": groups,
        "outer_folds": OUTER_FOLDS,
        "inner_folds": INNER_FOLDS,
        "seed": seed,
        "signals": sorted(rows.observed.signals),
        "features": list(rows.observed.features.names),
        "versions": {"head": VERSION, "numpy": np.__version__, "scikit-learn": sklearn.__version__},
    }


class _Trainer:
    """Fits machines to parts of the rows; what does not hang on the part is computed once."""

    def __init__(self, rows: Rows, scales: dict[str, Scale], seed: int) -> None:
        self.rows, self.scales, self.seed = rows, scales, seed
        self.goal = normal_scores(rows.goodness[:, None])[:, 0]
        self.weight = rows.weight / rows.weight.mean()
        self.signalled = _has_signal(rows.observed, scales)
        self.text = _inputs(rows.observed, {})
        self.full = _inputs(rows.observed, scales)
        self.text_parts = Parts.of(self.text.dense, self.text.grams)
        dense = Parts.of_dense(self.full.dense) if scales else self.text_parts
        self.full_parts = replace(dense, grams=self.text_parts.grams)

    def left_out(self) -> Floats:
        """Each row's prediction by machines fitted without its outer fold."""
        folds = fold_of(self.rows.groups, len(self.goal), OUTER_FOLDS, self.seed)
        result = np.zeros(len(self.goal))
        for fold in np.unique(folds):
            text, full = self.machines(np.flatnonzero(folds != fold))
            held = np.flatnonzero(folds == fold)
            result[held] = text.predict(self.text.take(held))
            signalled = held[self.signalled[held]]
            if full is not None and len(signalled):
                result[signalled] = full.predict(self.full.take(signalled))
        return result

    def machines(self, rows: Ids) -> tuple[Machine, Machine | None]:
        """The machine of texts alone, and that of texts and signals where enough rows have any."""
        text = train(self._task(rows, self.text, self.text_parts))
        signalled = rows[self.signalled[rows]]
        if len(signalled) < FEWEST_LABELS // 2:
            return text, None
        return text, train(self._task(signalled, self.full, self.full_parts))

    def _task(self, rows: Ids, inputs: Inputs, parts: Parts) -> Task:
        groups = None if self.rows.groups is None else self.rows.groups[rows]
        folds = fold_of(groups, len(rows), INNER_FOLDS, self.seed + 1)
        goal = self.goal[rows]
        return Task(inputs.take(rows), goal, self.weight[rows], folds, parts.take(rows), self.seed)
