"""Checks over a whole set of translations into one language, and the sentence that sums one up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from flagging.checks.base import JSON, Finding, SetCheck, SetRow, excerpt, gettext_noop, is_option

MANY_SOURCES = 3


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


class OneForMany(SetCheck):
    """One translation, exactly equal, stands for two or more distinct sources.

    Options are left out: short answers rightly meet in one word.
    """

    name = "one_for_many"
    severity = "broken"
    title = gettext_noop("One translation for several sources")
    message = gettext_noop(
        "This translation stands for %(sources)d different sources, in %(rows)d rows: “%(text)s”."
    )

    def run(self, rows: Iterable[SetRow]) -> Iterator[tuple[int, Finding]]:
        for group in _grouped(rows, "target"):
            sources = len({row.source for row in group})
            if sources > 1:
                target = group[0].target
                for row in group:
                    params: dict[str, JSON] = {
                        "sources": sources,
                        "rows": len(group),
                        "text": excerpt(target),
                        "digest": digest(target),
                    }
                    yield row.version_id, Finding(row.field, params)


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
