"""Several systems translated one item: which is offered for verification, and how often people override it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean
from typing import Literal, TypeAlias

from flagging.measures.intervals import Interval, wilson

Severity: TypeAlias = Literal["broken", "suspect", "notice"]
Rule: TypeAlias = Literal["only", "broken", "score", "suspect", "notice", "preference", "name"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One system's translation of an item: its score (higher = better, None where not scorable) and the
    severity of each check that fired on it."""

    system: str
    score: float | None = None
    severities: tuple[Severity, ...] = ()

    @property
    def broken(self) -> bool:
        """Whether a check of severity "broken" fired, which overrules any score."""
        return "broken" in self.severities


@dataclass(frozen=True, slots=True)
class Ranking:
    """Systems from the best to the worst, and the rule that put the first before the second."""

    systems: tuple[str, ...]
    decided_by: Rule

    @property
    def best(self) -> str:
        """The system whose translation is offered."""
        return self.systems[0]


@dataclass(frozen=True, slots=True)
class Share:
    """How many items of a language a system won, of all that were ranked."""

    won: int
    items: int

    @property
    def share(self) -> float:
        """The share won, in [0, 1]."""
        return self.won / self.items


_RULES: tuple[Rule, ...] = ("broken", "score", "suspect", "notice", "preference", "name")


def rank(candidates: Sequence[Candidate], preference: Sequence[str] = ()) -> Ranking:
    """This function will rank one item's candidates.

    In this order: a broken one after all that are not; the higher score, when every one of the same brokenness
    has one, since what was not scored cannot be compared; fewer suspect findings; fewer notices; the place in
    `preference` (systems from the best in this language, those it leaves out last); the name. Raises
    `ValueError` for no candidate, or two of one system.
    """
    names = [one.system for one in candidates]
    if not names or len(set(names)) < len(names):
        raise ValueError(f"candidates of {names}: give one of each system, and at least one.")
    scored = {
        broken: all(one.score is not None for one in candidates if one.broken is broken)
        for broken in (False, True)
    }
    place = {system: number for number, system in enumerate(preference)}

    def key(one: Candidate) -> tuple[bool, float, int, int, int, str]:
        score = -one.score if scored[one.broken] and one.score is not None else 0.0
        counts = Counter(one.severities)
        rest = place.get(one.system, len(place))
        return one.broken, score, counts["suspect"], counts["notice"], rest, one.system

    ordered = sorted(candidates, key=key)
    return Ranking(tuple(one.system for one in ordered), _decided(*(key(one) for one in ordered[:2])))


def _decided(first: tuple[object, ...], second: tuple[object, ...] = ()) -> Rule:
    if not second:
        return "only"
    return next(rule for rule, one, two in zip(_RULES, first, second, strict=True) if one != two)


def preferred(scores: Mapping[str, Sequence[float | None]]) -> tuple[str, ...]:
    """This function will order the systems of a language by their mean score, best first, for `rank`.

    Those without a single score come last, by name.
    """
    means = {}
    for system, values in scores.items():
        given = [value for value in values if value is not None]
        means[system] = sum(given) / len(given) if given else float("-inf")
    return tuple(sorted(means, key=lambda system: (-means[system], system)))


def drawn_to_means(
    scores: Mapping[str, Mapping[str, float]], reliability: float
) -> dict[str, dict[str, float]]:
    """This function will draw item to system to score towards each system's mean, for `rank`.

    mean + reliability × (score - mean), Kelley's estimate (1927) of what a noisy score stands for: with scores
    that tell little within a system, the better system is chosen unless another is ahead by much. `reliability`
    is the correlation, within systems, of the scores with other scores of the same quality (`agreement`); 1
    changes nothing, 0 always takes the best system. Raises `ValueError` outside [0, 1].
    """
    if not 0 <= reliability <= 1:
        raise ValueError(f"a reliability of {reliability} is none: it lies between 0 and 1.")
    by_system: dict[str, list[float]] = defaultdict(list)
    for of in scores.values():
        for system, score in of.items():
            by_system[system].append(score)
    means = {system: fmean(values) for system, values in by_system.items()}
    return {
        item: {system: means[system] + reliability * (score - means[system]) for system, score in of.items()}
        for item, of in scores.items()
    }


def agreement(one: Mapping[str, Mapping[str, float]], other: Mapping[str, Mapping[str, float]]) -> float:
    """This function will return the correlation of two scorers within systems, over what both have scored.

    Pearson's, each scorer's mean of a system taken out; 0 where there is nothing to correlate, never below 0.
    """
    products: list[tuple[float, float, float]] = []
    for system in sorted({system for of in one.values() for system in of}):
        both = [
            (of[system], other[item][system])
            for item, of in one.items()
            if system in of and system in other.get(item, {})
        ]
        if both:
            first, second = fmean(pair[0] for pair in both), fmean(pair[1] for pair in both)
            apart = [(left - first, right - second) for left, right in both]
            products += [(left * right, left * left, right * right) for left, right in apart]
    across, square, other_square = (
        (sum(part) for part in zip(*products, strict=True)) if products else (0, 0, 0)
    )
    return max(0.0, float(across / sqrt(square * other_square))) if square and other_square else 0.0


def shares_won(winners: Iterable[tuple[str, str]]) -> dict[str, dict[str, Share]]:
    """This function will count, from (language, system that was offered) of each item, the share each won.

    Language to system to share; systems that won nothing are not in it.
    """
    won: dict[str, Counter[str]] = defaultdict(Counter)
    for language, system in winners:
        won[language][system] += 1
    return {
        language: {system: Share(count, counts.total()) for system, count in counts.most_common()}
        for language, counts in sorted(won.items())
    }


def override_rates(
    choices: Iterable[tuple[str, str, str]], confidence: float = 0.95
) -> dict[tuple[str, str], Interval]:
    """This function will return how often people took another system's text than the one that was offered.

    From (language, offered, chosen) of each verified item, by (language, offered), with Wilson's interval.
    """
    offered: Counter[tuple[str, str]] = Counter()
    overridden: Counter[tuple[str, str]] = Counter()
    for language, system, chosen in choices:
        offered[language, system] += 1
        overridden[language, system] += chosen != system
    return {key: wilson(overridden[key], count, confidence) for key, count in sorted(offered.items())}
