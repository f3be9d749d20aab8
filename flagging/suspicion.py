"""One suspicion for each translation of a set, out of all that is known of it. Pure: no Django, no numpy.

What a check calls broken comes first, whatever a model says. Among the others a translation's index counts: the share
of the set that its signal finds less suspect, and something for each check that finds it suspect.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Tier = Literal[0, 1, 2]
Severities = Mapping[str, str]
Scores = Mapping[str, float]

HEAD, SURFACE = "head", "surface"
# The tier of what a check calls broken.
BROKEN: Literal[2] = 2
# The share read first that a model's own word puts a text into.
WORST_SHARE = 0.2
# Where no verdict has told what a suspect finding is worth: two of them outweigh the best score of a model.
A_SUSPECT_FINDING = 0.35
MOST_SUSPECT_FINDINGS = 3
UNKNOWN = 0.5


@dataclass(frozen=True, slots=True)
class Known:
    """What a pass knows of one translation: severity by check, value by scorer (higher = better)."""

    severities: Severities = field(default_factory=dict)
    scores: Scores = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suspected:
    """`tier` 2 where a check says broken, 1 suspect, 0 neither; `index` in 0 … 2.05, higher is more suspect, of
    which `signal` (0 … 1) comes from scores.

    `by_model`: a model (not the surface alone) puts it into the worst fifth of its set. `reasons` are worst first.
    """

    tier: Tier
    index: float
    signal: float
    by_model: bool
    reasons: tuple[dict[str, Any], ...]


def suspected(rows: Sequence[Known]) -> list[Suspected]:
    """This function will return the suspicion of each translation of a set, in the order given.

    The signal is the head's where it spoke, else the mean rank of the models' scores, else the surface's; a text
    without any stands in the middle. Ranks are within the rows given, equal values at their mean.
    """
    ranks = _ranks(rows)
    return [_suspected(row, {name: ranks[name](value) for name, value in row.scores.items()}) for row in rows]


def qualities(rows: Sequence[Known]) -> list[float | None]:
    """This function will return the mean share of all rows that the models' scores put below each; None for one that
    no model scored. What a set taught about itself says nothing beside another set, and is left out."""
    ranks = _ranks(rows)
    found: list[float | None] = []
    for row in rows:
        heard = [1 - ranks[name](row.scores[name]) for name in row.scores if name not in (HEAD, SURFACE)]
        found.append(sum(heard) / len(heard) if heard else None)
    return found


class _Rank:
    """The share of a set that is less suspect than a value, those equal to it by half."""

    def __init__(self, values: list[float]) -> None:
        self._sorted = sorted(values)

    def __call__(self, value: float) -> float:
        less, equal = bisect_left(self._sorted, value), bisect_right(self._sorted, value)
        return 1 - (less + equal) / 2 / len(self._sorted)


def _ranks(rows: Sequence[Known]) -> dict[str, _Rank]:
    values: dict[str, list[float]] = {}
    for row in rows:
        for name, value in row.scores.items():
            values.setdefault(name, []).append(value)
    return {name: _Rank(each) for name, each in values.items()}


def _suspected(row: Known, ranks: Mapping[str, float]) -> Suspected:
    heard = _heard(ranks)
    signal = sum(ranks[name] for name in heard) / len(heard) if heard else UNKNOWN
    findings = min(MOST_SUSPECT_FINDINGS, sum(severity == "suspect" for severity in row.severities.values()))
    return Suspected(
        tier=_tier(row.severities),
        index=signal + A_SUSPECT_FINDING * findings,
        signal=signal,
        by_model=bool(heard) and heard != [SURFACE] and signal >= 1 - WORST_SHARE,
        reasons=(*_check_reasons(row.severities), *_score_reasons(row, ranks, heard)),
    )


def _heard(ranks: Mapping[str, float]) -> list[str]:
    if HEAD in ranks:
        return [HEAD]
    models = sorted(name for name in ranks if name != SURFACE)
    return models or [name for name in ranks if name == SURFACE]


def _tier(severities: Severities) -> Tier:
    said = set(severities.values())
    return BROKEN if "broken" in said else 1 if "suspect" in said else 0


def _check_reasons(severities: Severities) -> list[dict[str, Any]]:
    return [
        {"detector": name, "severity": wanted}
        for wanted in ("broken", "suspect")
        for name, severity in severities.items()
        if severity == wanted
    ]


def _score_reasons(row: Known, ranks: Mapping[str, float], heard: Sequence[str]) -> list[dict[str, Any]]:
    """The scores that count and lie in the worst fifth, worst first."""
    worst = sorted((name for name in heard if ranks[name] >= 1 - WORST_SHARE), key=lambda name: -ranks[name])
    return [
        {"detector": name, "value": round(row.scores[name], 6), "rank": round(ranks[name], 4)}
        for name in worst
    ]
