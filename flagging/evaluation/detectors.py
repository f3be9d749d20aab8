"""What can be evaluated: signals of the file, the surface score, the lexicon, the head, and any scorer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from flagging.evaluation.judged import Judged
from flagging.learning.head import Fit, Observed, Rows, fit
from flagging.learning.lexicon import Lexicon
from flagging.learning.pooled import Pooled
from flagging.learning.ranking import worst_fifth
from flagging.learning.surface import Features, surface
from flagging.learning.words import Floats, Ids

BUILT_IN = ("head", "surface", "lexicon", "longest_first")
# Columns that tell the answer.
JUDGEMENTS = ("score", "da", "hter")
# Folds by which a file without splits is scored.
CROSS_FOLDS = 5


class DetectorError(ValueError):
    """A detector cannot be used on this file; the message says what to change."""


@dataclass
class Evaluation:
    """The rows of every pair, and how to use them: labels a pair, signals allowed, the prefix of the
    splits evaluated, and the seed. Features and heads are made on first use."""

    pairs: Mapping[str, Sequence[Judged]]
    labels: int = 2000
    signals: Sequence[str] = ()
    split: str = "test"
    seed: int = 0
    say: Callable[[str], None] = lambda line: None
    _features: dict[str, Features] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """This function will refuse a signal that no row has, or that is a judgement itself."""
        for name in self.signals:
            if name in JUDGEMENTS:
                raise DetectorError(f"{name} is a judgement, no signal. Name columns that an import has.")
            if not any(name in row.numbers for rows in self.pairs.values() for row in rows):
                raise DetectorError(f"No row has a number {name!r}. Name a column that the file has.")

    def evaluated(self, pair: str) -> Ids:
        """This function will return the rows of the splits evaluated; all rows of a pair without splits, none of
        one that has splits but not these."""
        rows = self.pairs[pair]
        if not any(row.split for row in rows):
            return np.arange(len(rows))
        return np.flatnonzero([row.split.startswith(self.split) for row in rows])

    def scores(self, detector: str, pair: str) -> Floats:
        """This function will return the detector's figure of every row of the pair, higher = better; NaN
        for a row that it cannot score. `DetectorError` for an unknown detector."""
        rows = self.pairs[pair]
        if detector == "head":
            return self._head(pair)
        if detector == "surface":
            return self.features(pair).score
        if detector == "longest_first":
            return -np.array([len(row.source) for row in rows], dtype=np.float64)
        if detector == "lexicon":
            texts = _texts(rows)
            return Lexicon.fit(texts, self.seed).scores(texts)
        if any(detector in row.numbers for row in rows):
            return _column(rows, detector)
        return _by_scorer(detector, rows)

    def features(self, pair: str) -> Features:
        """This function will return the surface features of all rows of the pair."""
        if pair not in self._features:
            self._features[pair] = surface(_texts(self.pairs[pair]), self.seed)
        return self._features[pair]

    def labelled(self, pair: str, without: Ids | None = None) -> Ids:
        """This function will draw the rows whose judgements may be learned from: of split `train`, or,
        where a pair has no splits, of all rows but those in `without`."""
        rows = self.pairs[pair]
        if any(row.split for row in rows):
            pool = np.flatnonzero([row.split == "train" for row in rows])
        else:
            pool = np.setdiff1d(np.arange(len(rows)), np.arange(len(rows)) if without is None else without)
        return np.random.default_rng(self.seed).permutation(pool)[: self.labels]

    def _head(self, pair: str) -> Floats:
        if any(row.split for row in self.pairs[pair]):
            return self._fitted(pair, self.labelled(pair))
        count = len(self.pairs[pair])
        folds = np.random.default_rng(self.seed).permutation(count) % CROSS_FOLDS
        result = np.zeros(count)
        for fold in range(CROSS_FOLDS):
            held = np.flatnonzero(folds == fold)
            result[held] = self._fitted(pair, self.labelled(pair, held))[held]
        return result

    def _fitted(self, pair: str, labelled: Ids) -> Floats:
        observed = self._observed(pair)
        head = self._fit(pair, observed, labelled)
        self.say(f"{pair}: {head.reason}")
        return head.apply(observed)

    def _fit(self, pair: str, observed: Observed, labelled: Ids) -> Fit:
        rows = self.pairs[pair]
        goodness = np.array([rows[row].goodness for row in labelled])
        keys = tuple(rows[row].key for row in labelled)
        verdicts = Rows(
            keys, observed.take(labelled), goodness, worst_fifth(goodness), None, np.ones(len(labelled))
        )
        return fit(verdicts, self.seed)

    def _observed(self, pair: str) -> Observed:
        signals = {name: _column(self.pairs[pair], name) for name in self.signals}
        return Observed(self.features(pair), signals, self._prior(pair))

    def _prior(self, pair: str) -> Floats | None:
        """A guess from the labels of the other pairs that have splits."""
        sets = []
        for other, rows in self.pairs.items():
            labelled = self.labelled(other)
            if other != pair and len(labelled):
                goodness = np.array([rows[row].goodness for row in labelled])
                sets.append((self.features(other).dense[labelled], goodness))
        return Pooled.fit(sets).apply(self.features(pair)) if sets else None


def _texts(rows: Sequence[Judged]) -> list[tuple[str, str]]:
    return [(row.source, row.target) for row in rows]


def _column(rows: Sequence[Judged], name: str) -> Floats:
    return np.array([row.numbers.get(name, np.nan) for row in rows])


def _by_scorer(name: str, rows: Sequence[Judged]) -> Floats:
    """Figures of a registered scorer or a local folder; torch is loaded here at the earliest."""
    from flagging.scorers import load
    from flagging.scorers.base import ItemPair, ScorerError

    items = [
        ItemPair(place, {"text": row.source}, {"text": row.target}, row.source_language, row.target_language)
        for place, row in enumerate(rows)
    ]
    try:
        found = load(Path(name) if Path(name).is_dir() else name).score(items)
    except KeyError as error:
        known = ", ".join((*BUILT_IN, "a column of the file"))
        raise DetectorError(f"{error.args[0]} Or one of: {known}.") from None
    except ScorerError as error:
        raise DetectorError(str(error)) from None
    values = np.full(len(rows), np.nan)
    for one in found:
        whole = [score.value for score in one.scores if score.field == "" and score.value is not None]
        values[one.key] = whole[0] if whole else np.nan
    return values
