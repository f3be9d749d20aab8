"""Which tasks wait for a decision, in one statement that stays quick over 1,000,000 tasks.

What is kept of the tasks (`review.counting`) is read by an index in the order of the queue, each queue's first ones;
the few that were touched since are looked at as they are now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from review.counting import STANDING_OF


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the queue: tasks go by `position`, those of one position by their public id."""

    position: int
    public_id: UUID
    backwards: bool = False

    def __str__(self) -> str:
        return f"{'before' if self.backwards else 'after'}.{self.position}.{self.public_id.hex}"

    @classmethod
    def parse(cls, value: str) -> Cursor:
        """This function will read a cursor from an address; `ValueError` for anything that is none."""
        side, position, public_id = value.split(".")
        if side not in ("before", "after"):
            raise ValueError(f"{side!r} is no side of a cursor; it is before or after")
        return cls(_position(position), UUID(hex=public_id), side == "before")


def _position(value: str) -> int:
    position = int(value)
    if not -(2**31) <= position < 2**31:
        raise ValueError(f"{value} is no position of a task; those are integers of 32 bits")
    return position


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that waits, and what calls for a decision on it."""

    task: int
    reject: bool
    disagreement: bool
    revision: bool
    texts: bool


Pairs = Iterable[tuple[int, str]]

_CALLS = """CASE %(why)s
        WHEN 'reject' THEN reject
        WHEN 'disagreement' THEN disagreement
        WHEN 'revision' THEN revision
        WHEN 'texts' THEN texts
        ELSE reject OR disagreement OR revision END"""
_BEYOND = """(%(position)s::int IS NULL
        OR (position, public_id) {beyond} (%(position)s::int, %(public_id)s::uuid))"""
_NOT_OWN = """NOT EXISTS (
        SELECT 1 FROM annotation_slot o WHERE o.task_id = {task} AND (o.contributor_id = %(by)s
            OR EXISTS (SELECT 1 FROM annotation_annotation a WHERE a.slot_id = o.id AND a.contributor_id = %(by)s)))"""
# The condition of the index comes first, in its own words.
_WAITING = f"""
WITH scope AS (
    SELECT * FROM unnest(%(campaigns)s::bigint[], %(languages)s::text[]) AS pair (campaign_id, language_id)
), touched AS MATERIALIZED (
    SELECT DISTINCT c.task_id FROM review_tasktouched c
    JOIN annotation_task t ON t.id = c.task_id JOIN scope USING (campaign_id, language_id)
)
SELECT task_id, reject, disagreement, revision, texts FROM (
    SELECT kept.* FROM scope CROSS JOIN LATERAL (
        SELECT k.task_id, k.position, k.public_id, reject, disagreement, revision, texts FROM review_taskstanding k
        WHERE (reject OR disagreement OR revision OR texts)
            AND k.campaign_id = scope.campaign_id AND k.language_id = scope.language_id
            AND {_CALLS} AND {_BEYOND} AND {_NOT_OWN.format(task="k.task_id")}
            AND k.task_id NOT IN (SELECT task_id FROM touched)
        ORDER BY k.position {{order}}, k.public_id {{order}} LIMIT %(limit)s
    ) kept
    UNION ALL
    SELECT task_id, position, public_id, reject, disagreement, revision, texts FROM ({STANDING_OF}) fresh
    WHERE {_CALLS} AND {_BEYOND} AND {_NOT_OWN.format(task="fresh.task_id")}
) found
ORDER BY position {{order}}, public_id {{order}} LIMIT %(limit)s
"""  # noqa: S608 (constants of this module)


def waiting(
    pairs: Pairs, *, why: str = "", by: int | None = None, cursor: Cursor | None = None, limit: int
) -> list[Waiting]:
    """This function will return the first tasks that wait in the campaigns and languages of `pairs`, those from
    `cursor` on; backwards, nearest to it first. One statement.

    Tasks that contributor `by` judged, even if taken back, or holds are left out. `why` narrows to one
    reason ("texts" to differing texts, which are no conflict).
    """
    backwards = cursor is not None and cursor.backwards
    campaigns, languages = zip(*pairs, strict=True) if (pairs := list(pairs)) else ((), ())
    given: dict[str, Any] = {
        "campaigns": list(campaigns), "languages": list(languages), "why": why, "by": by, "limit": limit,
        "position": cursor and cursor.position, "public_id": cursor and cursor.public_id,
    }  # fmt: skip
    statement = _WAITING.format(beyond="<" if backwards else ">", order="DESC" if backwards else "ASC")
    with connection.cursor() as read:
        read.execute(statement, given)
        return [Waiting(*row) for row in read.fetchall()]
