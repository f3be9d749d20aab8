"""Holds the database against what people were told: nothing lost, nothing doubled, nobody twice, no task over."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Protocol

from tests.faults.ledger import Submit


class Cursor(Protocol):
    """What is asked of a database cursor."""

    def execute(self, query: Any, /) -> Any:
        """This function will run a statement."""

    def fetchall(self) -> list[tuple[Any, ...]]:
        """This function will return the rows of the last statement."""


# Each must return no row. The first column names what is wrong, the second the row.
RULES = {
    "a slot with two chains": """
        SELECT slot_id FROM annotation_annotation WHERE corrects_id IS NULL GROUP BY 1 HAVING count(*) > 1""",
    "a slot judged twice": """
        SELECT slot_id FROM annotation_annotation GROUP BY 1 HAVING count(*) > 1""",
    "a task over its overlap": """
        SELECT t.id FROM annotation_task t JOIN annotation_slot s ON s.task_id = t.id
        WHERE s.contributor_id IS NOT NULL GROUP BY t.id HAVING count(*) > t.overlap""",
    "somebody twice on a task": """
        SELECT task_id FROM annotation_slot WHERE contributor_id IS NOT NULL
        GROUP BY task_id, contributor_id HAVING count(*) > 1""",
    "somebody's two judgements of a task": """
        SELECT s.task_id FROM annotation_annotation a JOIN annotation_slot s ON s.id = a.slot_id
        GROUP BY s.task_id, a.contributor_id HAVING count(*) > 1""",
    "a submitted slot without its judgement, or the other way round": """
        SELECT s.id FROM annotation_slot s
        WHERE (s.submitted_at IS NOT NULL) <> EXISTS (SELECT 1 FROM annotation_annotation a WHERE a.slot_id = s.id)""",
    "a judgement without its one audit row": """
        SELECT a.id FROM annotation_annotation a WHERE 1 <> (SELECT count(*) FROM common_auditevent e
            WHERE e.object_type = 'annotation.annotation' AND e.object_id = a.id)""",
}

# What people said carries their key in the note, which nothing on the way has a reason to touch.
ROWS = """
SELECT a.note, s.public_id::text, a.contributor_id, a.verdict, a.answers::text
FROM annotation_annotation a JOIN annotation_slot s ON s.id = a.slot_id
"""


def broken_rules(cursor: Cursor) -> list[str]:
    """This function will name every row that breaks a rule."""
    found = []
    for name, statement in RULES.items():
        cursor.execute(statement)
        found += [f"{name}: {row[0]}" for row in cursor.fetchall()]
    return found


def losses(cursor: Cursor, acknowledged: Sequence[Submit], known: Collection[str] | None = None) -> list[str]:
    """This function will name every acknowledged submit that is not exactly one row saying what was sent, and
    every row that stands there twice or, where `known` keys are given, that nobody sent.

    `acknowledged` must be taken before the statement runs and `known` may be None while people still send.
    """
    cursor.execute(ROWS)
    rows: dict[str, list[tuple[str, int, object]]] = {}
    for note, slot, contributor, verdict, answers in cursor.fetchall():
        said = verdict or json.loads(answers)
        rows.setdefault(note, []).append((slot, contributor, said))
    return [*_lost(rows, acknowledged), *_doubled(rows, known)]


def _lost(rows: dict[str, list[tuple[str, int, object]]], acknowledged: Sequence[Submit]) -> Iterator[str]:
    for submit in acknowledged:
        found = rows.get(submit.key, [])
        if not found:
            yield f"lost: {submit.key} on slot {submit.slot} was acknowledged and is not there"
        elif found[0] != (submit.slot, submit.contributor, submit.said):
            yield f"changed: {submit.key} was sent as {submit} and stands as {found[0]}"


def _doubled(rows: dict[str, list[tuple[str, int, object]]], known: Collection[str] | None) -> Iterator[str]:
    for key, found in rows.items():
        if len(found) > 1:
            yield f"doubled: {key} stands there {len(found)} times"
        if known is not None and key not in known:
            yield f"invented: {key!r} stands there and nobody sent it"
