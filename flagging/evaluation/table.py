"""Figures as plain text in columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from flagging.evaluation.checks import Tally

SHOWN_CHECKS = 6


def lines(tally: Tally) -> list[str]:
    """This function will return the lines of the tables: recall by kind, false alarms by language and check."""
    clean = tally.count("")
    kinds = [(kind, tally.count(kind), tally.rate(kind), _most(tally.hits(kind))) for kind in tally.kinds()]
    languages = [
        (language, tally.count("", language), tally.rate("", language), _most(tally.hits("", language)))
        for language in tally.languages()
        if tally.count("", language)
    ]
    checks = [(name, hits, hits / clean, "") for name, hits in tally.hits("").most_common()]
    return [
        *_table(("kind of error", "rows", "recall", "found by"), kinds),
        "",
        *_table(
            ("clean rows in", "rows", "false alarms", "raised by"),
            [*languages, ("all languages", clean, tally.rate(""), "")],
        ),
        "",
        *_table(("check", "alarms", "of clean rows", ""), checks),
    ]


def _most(hits: Counter[str]) -> str:
    return " ".join(f"{name}:{count}" for name, count in hits.most_common(SHOWN_CHECKS))


def _table(heads: Sequence[str], rows: Sequence[tuple[str, int, float | None, str]]) -> list[str]:
    width = max(len(heads[0]), *(len(row[0]) for row in rows)) if rows else len(heads[0])
    first = f"{heads[0]:{width}}  {heads[1]:>7}  {heads[2]:>13}  {heads[3]}".rstrip()
    return [first, *(f"{a:{width}}  {n:7,}  {_rate(rate)}  {more}".rstrip() for a, n, rate, more in rows)]


def _rate(rate: float | None) -> str:
    return f"{'–':>13}" if rate is None else f"{rate:13.3f}"
