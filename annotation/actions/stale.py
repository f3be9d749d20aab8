"""Judgements of texts that no longer count: their slots are opened again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from annotation.actions.claims import FREE
from annotation.models import Slot

# The slots whose judgement is of a text that no longer counts, and that judgement.
_STALE_JUDGEMENTS = """
    SELECT a.id, a.slot_id, s.task_id FROM annotation_annotation a
    JOIN annotation_slot s ON s.id = a.slot_id
    JOIN annotation_task t ON t.id = s.task_id
    JOIN corpus_item i ON i.id = t.item_id
    LEFT JOIN corpus_translationversion v ON v.id = a.translation_version_id
    LEFT JOIN corpus_translation r ON r.id = v.translation_id
    WHERE s.submitted_at IS NOT NULL AND (s.set_aside_at IS NULL OR s.number IS NULL) AND a.retraction = ''
        AND (%(benchmark)s::bigint IS NULL OR i.benchmark_id = %(benchmark)s)
        AND NOT EXISTS (SELECT 1 FROM annotation_annotation c WHERE c.corrects_id = a.id)
        AND (a.item_version_id <> i.current_version_id OR r.current_version_id <> v.id)
"""
_STALE_TASKS = f"""
SELECT id FROM annotation_task WHERE id IN (SELECT task_id FROM ({_STALE_JUDGEMENTS}) stale)
ORDER BY id FOR NO KEY UPDATE
"""  # noqa: S608 (constants of this module)
_LOCK_SLOTS = "SELECT id FROM annotation_slot WHERE task_id = ANY(%s) ORDER BY id FOR UPDATE"
_RETRACT = f"""
WITH stale AS MATERIALIZED ({_STALE_JUDGEMENTS} AND s.task_id = ANY(%(tasks)s)), retracted AS (
    INSERT INTO annotation_annotation (public_id, slot_id, contributor_id, standing, corrects_id, retraction,
        item_version_id, verdict, reason, severity, note, flags_shown, guideline_id, active_ms, key, submitted_at)
    SELECT gen_random_uuid(), a.slot_id, a.contributor_id, a.standing, a.id, 'stale',
        a.item_version_id, '', '', '', '', a.flags_shown, a.guideline_id, 0, gen_random_uuid(), %(now)s
    FROM annotation_annotation a JOIN stale USING (id)
    RETURNING slot_id
)
SELECT array_agg(slot_id) FROM retracted
"""  # noqa: S608 (constants of this module)


@transaction.atomic
def reopen_stale_slots(*, now: datetime, benchmark_id: int | None = None) -> int:
    """This function will open again every slot whose judgement is of a text that no longer counts, of one benchmark
    or of all.

    The judgement stays, followed by a retraction that says why; returns how many. Safe to run at any time.
    """
    said: dict[str, Any] = {"now": now, "benchmark": benchmark_id}
    with connection.cursor() as cursor:
        cursor.execute(_STALE_TASKS, said)
        said["tasks"] = [row[0] for row in cursor.fetchall()]
        if not said["tasks"]:
            return 0
        # Tasks before slots, each in the order of their ids, as a settlement takes them; what became of them
        # while they were waited for shows in the next statement alone.
        cursor.execute(_LOCK_SLOTS, [said["tasks"]])
        cursor.execute(_RETRACT, said)
        slots = cursor.fetchone()[0] or []
    return Slot.objects.filter(pk__in=slots).update(submitted_at=None, **FREE)
