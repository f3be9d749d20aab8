"""Which tasks wait for a decision, in one statement that stays quick over 100,000 tasks.

The rules are those of `review.standing`, written for speed: first a superset from the judgements ever handed
in (one that no longer counts can only add a conflict), then, task by task in the order of the queue, what
stands. Aggregates in a LATERAL keep the planner from joining whole tables, whose sizes it guesses wrongly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection


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

_AGAINST = "bool_or(a.verdict IN ('reject', 'cannot_translate'))"
# Who names no severity contradicts nobody.
_DISPUTED = (
    "min(a.verdict) <> max(a.verdict)"
    " OR coalesce(min(nullif(a.severity, '')) <> max(nullif(a.severity, '')), false)"
)
_CALLS = """CASE %(why)s
        WHEN 'reject' THEN calls.reject
        WHEN 'disagreement' THEN calls.disagreement
        WHEN 'revision' THEN calls.revision
        WHEN 'texts' THEN calls.texts
        ELSE calls.reject OR calls.disagreement OR calls.revision END"""

_WAITING = f"""
WITH scope AS (
    SELECT * FROM unnest(%(campaigns)s::bigint[], %(languages)s::text[]) AS pair (campaign_id, language_id)
), heard AS MATERIALIZED (
    SELECT s.task_id, {_AGAINST} AS reject, {_DISPUTED} AS disagreement,
        min(a.result_version_id) <> max(a.result_version_id) AS texts
    FROM annotation_slot s JOIN scope USING (campaign_id, language_id)
    JOIN annotation_annotation a ON a.slot_id = s.id AND a.retraction = ''
    WHERE s.kind = 'verification' AND s.submitted_at IS NOT NULL
    GROUP BY s.task_id
), everywhere AS MATERIALIZED (
    SELECT t.campaign_id, t.item_id FROM review_settlement b
    JOIN annotation_task t ON t.id = b.task_id
    JOIN corpus_item i ON i.id = t.item_id AND i.current_version_id = b.item_version_id
    LEFT JOIN review_settlement later ON later.replaces_id = b.id
    WHERE b.outcome = 'exclude_all' AND later.id IS NULL
), own AS MATERIALIZED (
    SELECT task_id FROM annotation_slot WHERE contributor_id = %(by)s
    UNION
    SELECT s.task_id FROM annotation_annotation a JOIN annotation_slot s ON s.id = a.slot_id
    WHERE a.contributor_id = %(by)s
), candidate AS MATERIALIZED (
    SELECT t.* FROM annotation_task t
    JOIN heard h ON h.task_id = t.id
    WHERE (h.reject OR h.disagreement OR t.sampled_for_revision OR (%(why)s = 'texts' AND h.texts))
        AND t.id NOT IN (SELECT task_id FROM own)
        AND (t.campaign_id, t.item_id) NOT IN (SELECT campaign_id, item_id FROM everywhere)
        AND (%(position)s::int IS NULL OR (t.position, t.public_id) {{beyond}} (%(position)s::int, %(public_id)s::uuid))
    ORDER BY t.position {{order}}, t.public_id {{order}}
), waiting AS (
    SELECT c.id, c.language_id, c.position, c.public_id, calls.* FROM candidate c
    CROSS JOIN LATERAL (
        SELECT count(*) AS standing FROM review_settlement b
        JOIN corpus_item i ON i.id = c.item_id AND i.current_version_id = b.item_version_id
        JOIN corpus_translationversion v ON v.id = b.translation_version_id
        JOIN corpus_translation r ON r.id = v.translation_id
        LEFT JOIN review_settlement later ON later.replaces_id = b.id
        WHERE b.task_id = c.id AND b.outcome <> 'send_back' AND later.id IS NULL
            AND r.current_version_id = v.id
    ) decided
    CROSS JOIN LATERAL (
        SELECT coalesce({_AGAINST}, false) AS reject, coalesce({_DISPUTED}, false) AS disagreement,
            c.sampled_for_revision AND count(*) > 0 AND NOT EXISTS (
                SELECT 1 FROM annotation_slot s
                WHERE s.task_id = c.id AND s.submitted_at IS NULL AND s.closed_at IS NULL
            ) AS revision,
            coalesce(min(encode(w.sha256, 'hex')) <> max(encode(w.sha256, 'hex')), false) AS texts
        FROM annotation_slot s
        JOIN annotation_annotation a ON a.slot_id = s.id AND a.retraction = ''
        JOIN corpus_item i ON i.id = c.item_id AND i.current_version_id = a.item_version_id
        JOIN corpus_translationversion v ON v.id = a.translation_version_id
        JOIN corpus_translation r ON r.id = v.translation_id AND r.current_version_id = v.id
        LEFT JOIN corpus_translationversion w ON w.id = a.result_version_id
        WHERE s.task_id = c.id AND s.submitted_at IS NOT NULL AND s.set_aside_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM annotation_annotation later WHERE later.corrects_id = a.id)
            AND NOT EXISTS (
                SELECT 1 FROM review_settlement b
                WHERE b.task_id = c.id AND b.outcome = 'send_back' AND b.decided_at >= a.submitted_at
            )
    ) calls
    WHERE decided.standing = 0 AND {_CALLS}
)
"""  # noqa: S608 (constants of this module)
_PAGE = (
    "SELECT id, reject, disagreement, revision, texts FROM waiting"
    " ORDER BY position {order}, public_id {order} LIMIT %(limit)s"
)
_COUNT = "SELECT language_id, count(*) FROM waiting GROUP BY language_id"


def waiting(
    pairs: Pairs, *, why: str = "", by: int | None = None, cursor: Cursor | None = None, limit: int
) -> list[Waiting]:
    """This function will return the first tasks that wait in the campaigns and languages of `pairs`, those from
    `cursor` on; backwards, nearest to it first. One statement.

    Tasks that contributor `by` judged, even if taken back, or holds are left out. `why` narrows to one
    reason ("texts" to differing texts, which are no conflict).
    """
    backwards = cursor is not None and cursor.backwards
    place = {"position": cursor and cursor.position, "public_id": cursor and cursor.public_id}
    rows = _run(_PAGE, pairs, backwards=backwards, why=why, by=by, limit=limit, **place)
    return [Waiting(*row) for row in rows]


def waiting_by_language(pairs: Pairs) -> dict[str, int]:
    """This function will return how many tasks wait for a decision by anybody, by language tag. One statement."""
    return dict(_run(_COUNT, pairs, why="", by=None, position=None, public_id=None))


def _run(select: str, pairs: Pairs, *, backwards: bool = False, **given: Any) -> list[tuple[Any, ...]]:
    campaigns, languages = zip(*pairs, strict=True) if (pairs := list(pairs)) else ((), ())
    statement = (_WAITING + select).format(
        beyond="<" if backwards else ">", order="DESC" if backwards else "ASC"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"campaigns": list(campaigns), "languages": list(languages), **given})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
