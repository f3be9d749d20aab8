"""What the checks find on rows whose errors are known: recall per kind, false alarms per language."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from flagging.checks import (
    PAIR_CHECKS,
    SET_CHECKS,
    TEXT_CHECKS,
    Pair,
    SetRow,
    SetStatistics,
    Severity,
    Text,
    by_name,
    measure,
)
from flagging.evaluation.rows import LabelledRow

# Findings that count: a notice informs, it does not accuse.
COUNTED: frozenset[Severity] = frozenset({"broken", "suspect"})


class Scorer(Protocol):
    """What of a loaded scorer is used here."""

    def score(self, items: Sequence[Any]) -> Sequence[Any]:
        """Scores with `findings`, one for each item, in the order given."""


@dataclass
class Tally:
    """Rows seen and rows flagged by a kind of error and a language, and rows flagged by each check."""

    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    flagged: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_check: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, row: LabelledRow, checks: frozenset[str]) -> None:
        """This function will count a row and the names of the checks that found something on it."""
        key = (row.kind if row.is_bad else "", row.pair.target_language)
        self.seen[key] += 1
        self.flagged[key] += bool(checks)
        self.by_check[key].update(checks)

    def kinds(self) -> list[str]:
        """This function will return the kinds of error seen, sorted."""
        return sorted({kind for kind, _ in self.seen if kind})

    def languages(self) -> list[str]:
        """This function will return the languages of which rows, clean or not, were seen, sorted."""
        return sorted({language for _, language in self.seen})

    def count(self, kind: str, language: str | None = None) -> int:
        """This function will return the rows of a kind (`""`: clean), of one language or of all."""
        return sum(seen for key, seen in self.seen.items() if _is(key, kind, language))

    def rate(self, kind: str, language: str | None = None) -> float | None:
        """This function will return the share of them that was flagged, None where there is none."""
        count = self.count(kind, language)
        return (
            sum(hits for key, hits in self.flagged.items() if _is(key, kind, language)) / count
            if count
            else None
        )

    def hits(self, kind: str, language: str | None = None) -> Counter[str]:
        """This function will return, for each check, the rows of a kind on which it found something."""
        found: Counter[str] = Counter()
        for key, hits in self.by_check.items():
            if _is(key, kind, language):
                found.update(hits)
        return found

    def to_json(self) -> dict[str, Any]:
        """This function will return the figures as `--json` prints them; a rate over no rows is null."""
        clean = {language: self.rate("", language) for language in self.languages()}
        return {
            "kinds": {kind: {"n": self.count(kind), "recall": self.rate(kind)} for kind in self.kinds()},
            "false_alarms": {
                "overall": self.rate(""),
                "by_language": {language: rate for language, rate in clean.items() if rate is not None},
            },
        }


def _is(key: tuple[str, str], kind: str, language: str | None) -> bool:
    return key[0] == kind and language in (None, key[1])


def evaluate(rows: Iterable[LabelledRow], scorer: Scorer | None = None) -> Tally:
    """This function will run all checks, and the scorer's own where one is given, as a pass would: over each
    language pair and origin as one set. Needs some kilobytes of memory a row."""
    sets: dict[tuple[str, str, str], list[LabelledRow]] = defaultdict(list)
    for row in rows:
        sets[row.set_key].append(row)
    tally = Tally()
    for members in sets.values():
        for row, found in zip(members, _found(members, scorer), strict=True):
            tally.add(row, frozenset(found))
    return tally


def _found(rows: list[LabelledRow], scorer: Scorer | None) -> list[set[str]]:
    """For every row of a set the names of the checks that found what counts."""
    statistics = measure(row.pair for row in rows)
    found = [set(flagged_by(row.pair, statistics)) for row in rows]
    for check in SET_CHECKS:
        if check.severity in COUNTED:
            for place, _ in check.run(_set_rows(rows)):
                found[place].add(check.name)
    if scorer is not None:
        for mine, theirs in zip(found, _scored(rows, scorer), strict=True):
            mine.update(theirs)
    return found


def flagged_by(pair: Pair, statistics: SetStatistics | None) -> Iterator[str]:
    """This function will yield the names of the checks, those of whole sets apart, that accuse a pair."""
    whole = replace(pair, statistics=statistics)
    text = Text(pair.target, pair.target_language)
    for check in PAIR_CHECKS:
        if check.severity in COUNTED and next(check.run(whole), None) is not None:
            yield check.name
    for text_check in TEXT_CHECKS:
        if text_check.severity in COUNTED and next(text_check.run(text), None) is not None:
            yield text_check.name


def _set_rows(rows: Sequence[LabelledRow]) -> Iterator[SetRow]:
    for place, row in enumerate(rows):
        for name, target in row.pair.target.items():
            yield SetRow(place, name, row.pair.source.get(name, ""), target)


def _scored(rows: Sequence[LabelledRow], scorer: Scorer) -> Iterator[set[str]]:
    from flagging.scorers.base import ItemPair

    items = [
        ItemPair(place, row.pair.source, row.pair.target, row.pair.source_language, row.pair.target_language)
        for place, row in enumerate(rows)
    ]
    for scores in scorer.score(items):
        yield {name for name, _ in scores.findings if _counts(name)}


def _counts(name: str) -> bool:
    """Whether findings of that name count; a name that is no check of ours is a scorer's accusation."""
    try:
        return by_name(name).severity in COUNTED
    except KeyError:
        return True
