"""How well a score finds bad translations: figures per language pair, and the table that shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import rankdata

from flagging.learning.ranking import Mask, auroc, worst_fifth
from flagging.learning.words import Floats, Ids

REVIEWED = (5, 10, 20, 30, 50)
QUINTILES = 5
DRAWS = 400
# Of the bootstrapped figures, the share on either side of the interval.
TAIL = 0.025


@dataclass(frozen=True)
class Figures:
    """Of one detector on one pair. `recall_at` is the share of the worst fifth among the rows reviewed
    first, by per cent reviewed; `intervals` are 95 % bootstrap intervals by figure."""

    n: int
    spearman: float
    auroc: float
    recall_at: dict[int, float]
    length_controlled_auroc: float
    longest_first_auroc: float
    intervals: Mapping[str, tuple[float, float]]

    def to_json(self) -> dict[str, Any]:
        """This function will return the figures without their intervals, NaN as null."""
        return {
            "n": self.n,
            "spearman": _plain(self.spearman),
            "auroc": _plain(self.auroc),
            "recall_at": {str(share): _plain(value) for share, value in self.recall_at.items()},
            "length_controlled_auroc": _plain(self.length_controlled_auroc),
            "longest_first_auroc": _plain(self.longest_first_auroc),
        }


def _plain(value: float) -> float | None:
    return round(value, 6) if np.isfinite(value) else None


def measure(score: Floats, goodness: Floats, lengths: Floats, seed: int = 0) -> Figures:
    """This function will compare a score (higher = better) with judgements of the same rows; `lengths`
    are the sources' in characters. The intervals are drawn with the seed."""
    bad = worst_fifth(goodness)
    quintile = _quintiles(lengths)
    shuffled = np.random.default_rng(seed).permutation(len(score))
    # What is worst is settled once: a bootstrap draws rows, and does not judge them anew.
    named: dict[str, Callable[[Ids], float]] = {
        "spearman": lambda rows: spearman(score[rows], goodness[rows]),
        "auroc": lambda rows: auroc(score[rows], bad[rows]),
        "length_controlled_auroc": lambda rows: within(score[rows], bad[rows], quintile[rows]),
        "longest_first_auroc": lambda rows: auroc(-lengths[rows], bad[rows]),
    }
    for share in REVIEWED:
        named[f"recall_at_{share}"] = _recall_of(score, bad, share)
    whole = {name: figure(shuffled) for name, figure in named.items()}
    return Figures(
        len(score),
        whole["spearman"],
        whole["auroc"],
        {share: whole[f"recall_at_{share}"] for share in REVIEWED},
        whole["length_controlled_auroc"],
        whole["longest_first_auroc"],
        _intervals(named, len(score), seed),
    )


def _recall_of(score: Floats, bad: Mask, share: int) -> Callable[[Ids], float]:
    return lambda rows: recall(score[rows], bad[rows], share)


def _intervals(
    named: Mapping[str, Callable[[Ids], float]], count: int, seed: int
) -> dict[str, tuple[float, float]]:
    rng = np.random.default_rng(seed)
    draws = [rng.integers(0, count, count) for _ in range(DRAWS)]
    values = {name: [figure(rows) for rows in draws] for name, figure in named.items()}
    return {name: _interval(drawn) for name, drawn in values.items()}


def _interval(drawn: Sequence[float]) -> tuple[float, float]:
    low, high = np.nanquantile(drawn, [TAIL, 1 - TAIL])
    return float(low), float(high)


def spearman(one: Floats, other: Floats) -> float:
    """This function will return the rank correlation; NaN where either does not vary."""
    ranks = rankdata(one), rankdata(other)
    if not len(one) or any(rank.std() == 0 for rank in ranks):
        return float("nan")
    return float(np.corrcoef(*ranks)[0, 1])


def recall(score: Floats, bad: Mask, share: int) -> float:
    """This function will return the share of bad rows among the lowest `share` per cent of scores."""
    first = np.argsort(score, kind="stable")[: round(len(score) * share / 100)]
    return float(bad[first].sum() / bad.sum()) if bad.any() else float("nan")


def within(score: Floats, bad: Mask, quintile: Ids) -> float:
    """This function will return the AUROC over pairs of rows of one length quintile alone, so that no
    order by length can earn anything."""
    ordered, pairs = 0.0, 0.0
    for one in np.unique(quintile):
        rows = quintile == one
        weight = float(bad[rows].sum() * (~bad[rows]).sum())
        if weight:
            ordered += weight * auroc(score[rows], bad[rows])
            pairs += weight
    return ordered / pairs if pairs else float("nan")


def _quintiles(lengths: Floats) -> Ids:
    edges = np.quantile(lengths, np.arange(1, QUINTILES) / QUINTILES)
    return np.asarray(np.searchsorted(edges, lengths, side="left"), dtype=np.int64)


_COLUMNS = ("spearman", "auroc", "length_controlled_auroc", "longest_first_auroc")
_TITLES = ("Spearman", "AUROC", "in length", "longest 1st")


def table(detector: str, pairs: Mapping[str, Figures]) -> str:
    """This function will lay out one detector's figures, a line a pair and their mean, each with its
    interval; `R@20` is the share of the worst fifth in the fifth reviewed first."""
    recalls = [f"recall_at_{share}" for share in REVIEWED]
    titles = ["pair".ljust(7), "n".rjust(6), *(title.rjust(20) for title in _TITLES)]
    titles += [f"R@{share}".rjust(20) for share in REVIEWED]
    lines = [detector, "  ".join(titles)]
    for pair, figures in pairs.items():
        cells = [_cell(_value(figures, name), figures.intervals[name]) for name in (*_COLUMNS, *recalls)]
        lines.append("  ".join([pair.ljust(7), str(figures.n).rjust(6), *cells]))
    names = (*_COLUMNS, *recalls)
    means = [_mean([_value(one, name) for one in pairs.values()]) for name in names]
    total = sum(one.n for one in pairs.values())
    lines.append("  ".join(["mean".ljust(7), str(total).rjust(6), *(_cell(mean) for mean in means)]))
    return "\n".join(line.rstrip() for line in lines)


def _value(figures: Figures, name: str) -> float:
    if name.startswith("recall_at_"):
        return figures.recall_at[int(name.removeprefix("recall_at_"))]
    return float(getattr(figures, name))


def _cell(value: float, interval: tuple[float, float] | None = None) -> str:
    bounds = "" if interval is None else f"[{interval[0]:.3f} {interval[1]:.3f}]"
    return f"{value:.3f} {bounds:13}".rjust(20)


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return sum(known) / len(known) if known else float("nan")
