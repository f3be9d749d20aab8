"""The one transaction in which staged rows become items, translations and votes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from corpus.actions import promotion_sql as sql
from corpus.actions.requests import ImportRequest, Tally
from corpus.formats import RowError
from corpus.models import Import

# From so many new rows on, the planner's figures are taken again at once; before, autovacuum does.
_MANY = 1000


def promote(request: ImportRequest, import_row: Import, tally: Tally, *, now: datetime) -> None:
    """This function will decide on every staged row, make the good ones visible and empty the staging.

    Runs inside the caller's transaction. Rows that repeat an id, translate what is not there or answer
    otherwise than their source are refused; rows that differ from what is kept are taken with `replace`.
    """
    values = {
        "import": import_row.pk,
        "benchmark": import_row.benchmark_id,
        "language": import_row.source.language_id,
        "source": import_row.source_id,
        "system": request.system,
        "origin": request.origin,
        "replace": request.replace,
        "now": now,
    }
    # Two imports into one benchmark decide one after the other, each on what the other left.
    _run(sql.LOCK, values)
    steps: tuple[str, ...]
    if request.kind == Import.Kind.TRANSLATIONS:
        plan, steps, analyze = sql.PLAN_TRANSLATIONS, sql.PROMOTE_TRANSLATIONS, sql.ANALYZE_TRANSLATIONS
    else:
        plan, steps, analyze = sql.PLAN_ITEMS, sql.PROMOTE_ITEMS, sql.ANALYZE_ITEMS
    for statement in (sql.ANALYZE_STAGING, sql.DROP_PLAN, plan, sql.ANALYZE_PLAN):
        _run(statement, values)
    _tell(request, tally)
    _count(tally, replace=request.replace)
    if tally.counts["created"] or tally.counts["replaced"] or tally.counts["votes"]:
        for statement in steps:
            _run(statement, values)
    if tally.counts["created"] >= _MANY:
        _run(analyze, values)
    _run(sql.EMPTY_STAGING, values)


def _tell(request: ImportRequest, tally: Tally) -> None:
    names = request.labels
    # Cursors of the server: of a million such rows a few are here at once.
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql.REFUSED)
        for file, line, verdict, field, first_file, first_line, theirs, ours in cursor:
            message, cure = {
                "duplicate": (
                    f"is the id of an earlier row too, {names[first_file]}:{first_line}",
                    "keep one",
                ),
                "unknown": (f"is {theirs!r}, an id the benchmark lacks", "import the item first"),
                "differs": (f"is {theirs}, and the source's is {ours}", "one of them is wrong"),
            }[verdict]
            tally.refuse([RowError(names[file], line, field, message, cure)])
    if request.replace:
        return
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql.CHANGED)
        for file, line, fields in cursor:
            message, cure = "differs from what is kept, which stays", "--replace takes the new row"
            tally.leave(RowError(names[file], line, ", ".join(fields), message, cure))


def _count(tally: Tally, *, replace: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.COUNT, {"replace": replace})
        created, changed, unchanged, votes, odd = cursor.fetchone()
    tally.counts.update(created=created, changed=changed, unchanged=unchanged, votes=votes)
    tally.counts.update(replaced=changed if replace else 0)
    if odd:
        tally.warnings["fields-differ"] += odd


def _run(statement: str, values: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
