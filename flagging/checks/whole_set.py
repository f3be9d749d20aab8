"""Checks over a whole set of translations into one language, and the sentence that sums one up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from flagging.checks.base import JSON, Finding, SetCheck, SetRow, excerpt, gettext_noop, is_option
from flagging.checks.fitting import Companions, best_fit, tokens
from flagging.checks.near import near_twins

MANY_SOURCES = 3
# Share of words two sources may have in common and still be quite different.
MOST_SHARED = 0.5


def _grouped(rows: Iterable[SetRow], by: str) -> Iterator[list[SetRow]]:
    """Rows of fields other than options with a text on both sides, grouped by field and one side."""
    groups: dict[tuple[str, str], list[SetRow]] = {}
    for row in rows:
        if not is_option(row.field) and row.source.strip() and row.target.strip():
            groups.setdefault((row.field, getattr(row, by)), []).append(row)
    yield from groups.values()


def digest(text: str) -> str:
    """This function will return 16 hex digits that stand for the exact text, to group findings by."""
    return sha256(text.encode()).hexdigest()[:16]


def _shared_by_sources(rows: Iterable[SetRow]) -> Iterator[tuple[SetRow, dict[str, JSON], bool]]:
    """Rows whose target stands for several sources, what the message needs, and whether the row is the one of
    its group that the target fits: of two sources one is often right and the other got its neighbour's text."""
    kept = list(rows)
    groups = [group for group in _grouped(kept, "target") if len({row.source for row in group}) > 1]
    few = [group for group in groups if len({row.source for row in group}) < MANY_SOURCES]
    companions = {
        field: Companions(
            [(row.source, row.target) for row in kept if row.field == field],
            [(row.source, row.target) for group in few if group[0].field == field for row in group],
        )
        for field in {group[0].field for group in few}
    }
    places = _places(kept)
    for group in groups:
        sources, target = {row.source for row in group}, group[0].target
        params: dict[str, JSON] = {
            "sources": len(sources),
            "rows": len(group),
            "text": excerpt(target),
            "digest": digest(target),
        }
        without = {places[id(row)] for row in group}
        owner = (
            best_fit(companions[group[0].field], sources, target, without)
            if len(sources) < MANY_SOURCES
            else None
        )
        for row in group:
            yield row, params, row.source == owner


def _places(rows: Iterable[SetRow]) -> dict[int, int]:
    """By a row's identity its place among the rows of its field."""
    counts: Counter[str] = Counter()
    places = {}
    for row in rows:
        places[id(row)] = counts[row.field]
        counts[row.field] += 1
    return places


class OneForMany(SetCheck):
    """One translation, exactly equal, stands for two or more distinct sources; of two, the row it fits is let be.

    Options are left out: short answers rightly meet in one word.
    """

    name = "one_for_many"
    version = 2
    severity = "broken"
    title = gettext_noop("One translation for several sources")
    message = gettext_noop(
        "This translation stands for %(sources)d different sources, in %(rows)d rows: “%(text)s”."
    )

    def run(self, rows: Iterable[SetRow]) -> Iterator[tuple[int, Finding]]:
        for row, params, is_owner in _shared_by_sources(rows):
            if not is_owner:
                yield row.version_id, Finding(row.field, params)


class LentToAnother(SetCheck):
    """A translation that fits its source, and stands for another source too."""

    name = "lent_to_another"
    severity = "notice"
    title = gettext_noop("Translation used for another source too")
    message = gettext_noop("This translation stands in %(rows)d rows, and fits this one best: “%(text)s”.")

    def run(self, rows: Iterable[SetRow]) -> Iterator[tuple[int, Finding]]:
        for row, params, is_owner in _shared_by_sources(rows):
            if is_owner:
                yield row.version_id, Finding(row.field, params)


class NearlyOneForMany(SetCheck):
    """Translations that are nearly one, of sources that are not: variants of one question for several items."""

    name = "nearly_one_for_many"
    severity = "suspect"
    title = gettext_noop("Nearly one translation for several sources")
    message = gettext_noop(
        "Nearly this translation stands for %(sources)d other sources that are quite different: “%(text)s”."
    )

    def run(self, rows: Iterable[SetRow]) -> Iterator[tuple[int, Finding]]:
        fields: dict[str, list[SetRow]] = {}
        for row in rows:
            if not is_option(row.field) and row.source.strip() and row.target.strip():
                fields.setdefault(row.field, []).append(row)
        for members in fields.values():
            texts = [tokens(row.target) for row in members]
            for place, twins in near_twins(texts).items():
                mine = members[place]
                others = [members[twin] for twin in twins if members[twin].target != mine.target]
                unlike = {one.source for one in others if not _is_alike(one.source, mine.source)}
                if unlike:
                    other = next(one for one in others if one.source in unlike)
                    params: dict[str, JSON] = {"sources": len(unlike), "text": excerpt(other.target)}
                    yield mine.version_id, Finding(mine.field, params)


def _is_alike(one: str, two: str) -> bool:
    ours, theirs = tokens(one), tokens(two)
    return len(ours & theirs) > MOST_SHARED * len(ours | theirs)


class TwoForOne(SetCheck):
    """One source text is translated in two or more ways within the set."""

    name = "two_for_one"
    severity = "notice"
    title = gettext_noop("One source translated in several ways")
    message = gettext_noop(
        "The set translates this source in %(targets)d ways; another one reads: “%(other)s”."
    )

    def run(self, rows: Iterable[SetRow]) -> Iterator[tuple[int, Finding]]:
        for group in _grouped(rows, "source"):
            targets = sorted({row.target for row in group})
            if len(targets) > 1:
                for row in group:
                    other = next(target for target in targets if target != row.target)
                    yield (
                        row.version_id,
                        Finding(row.field, {"targets": len(targets), "other": excerpt(other)}),
                    )


SUMMARY = gettext_noop(
    "In %(rows)s rows the %(field)s stands for %(least)s or more different sources (%(largest)s)."
)


@dataclass(frozen=True)
class OneForManySummary:
    """Rows of a set whose field stands for at least `least` sources; per such string the rows that
    carry it, most first, with the string's digest."""

    field: str
    least: int
    rows: int
    strings: tuple[tuple[int, str], ...]

    def __str__(self) -> str:
        return SUMMARY % self.params()

    def params(self) -> dict[str, str]:
        """This function will return what the `SUMMARY` message needs."""
        first = [count for count, _ in self.strings[:2]]
        largest = ", ".join(
            f"{count:,} of them one string" if index == 0 else f"{count:,} another"
            for index, count in enumerate(first)
        )
        least = "three" if self.least == MANY_SOURCES else str(self.least)
        return {"rows": f"{self.rows:,}", "field": self.field, "least": least, "largest": largest}


def summarise_one_for_many(
    params: Iterable[Mapping[str, Any]], *, field: str = "question", least: int = MANY_SOURCES
) -> OneForManySummary:
    """This function will sum up the params of one field's `one_for_many` findings, one per row."""
    counts: dict[str, int] = {}
    for one in params:
        if one["sources"] >= least:
            counts[one["digest"]] = counts.get(one["digest"], 0) + 1
    strings = sorted(((count, key) for key, count in counts.items()), key=lambda each: (-each[0], each[1]))
    return OneForManySummary(field, least, sum(counts.values()), tuple(strings))
