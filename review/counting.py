"""Counts of campaigns that are kept, and stay equal to counting the rows.

What a figure says of a task is a function of the rows around it (`STANDING_OF`). It is kept per task
(`TaskStanding`) and summed per queue (`QueueCount`). Whatever may change it for a task also writes the task's id to
`TaskTouched`, by trigger and thus in the same transaction; so in any snapshot a task that nobody touched stands as
it is kept. A read takes the sums and, for the touched tasks alone, what they are now instead of what was kept:
exact at any moment, however late folding is. Nobody waits for anybody: touching only adds rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from django.db import connection, transaction

# Tasks looked at in one transaction, about a second.
FOLDED_AT_ONCE = 5_000
_FOLDING = 0x15062

AGAINST = "bool_or(a.verdict IN ('reject', 'cannot_translate'))"
# Who names no severity contradicts nobody.
DISPUTED = (
    "min(a.verdict) <> max(a.verdict)"
    " OR coalesce(min(nullif(a.severity, '')) <> max(nullif(a.severity, '')), false)"
)

# What stands on the tasks of `touched (task_id)`, by the rules of `review.standing`. What calls for a decision is
# false throughout on a task that is decided.
STANDING_OF = f"""
SELECT t.id AS task_id, t.campaign_id, t.kind, t.language_id, t.position, t.public_id,
    slots.wanted, slots.submitted, slots.complete,
    coalesce(decided.outcome IN ('pick', 'write'), false) AND NOT left_out.everywhere AS settled,
    t.kind = 'verification' AND (coalesce(decided.outcome = 'exclude_language', false) OR left_out.everywhere)
        AS excluded,
    is_open AND calls.reject AS reject, is_open AND calls.disagreement AS disagreement,
    is_open AND t.sampled_for_revision AND calls.judgements > 0 AND slots.complete AS revision,
    is_open AND calls.texts AS texts
FROM touched
JOIN annotation_task t ON t.id = touched.task_id
JOIN corpus_item i ON i.id = t.item_id
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE s.closed_at IS NULL OR (s.submitted_at IS NOT NULL AND s.number IS NOT NULL))
            AS wanted,
        count(*) FILTER (WHERE s.submitted_at IS NOT NULL AND s.number IS NOT NULL) AS submitted,
        count(*) FILTER (WHERE s.submitted_at IS NULL AND s.closed_at IS NULL) = 0 AS complete
    FROM annotation_slot s WHERE s.task_id = t.id
) slots
LEFT JOIN LATERAL (
    SELECT b.outcome FROM review_settlement b
    JOIN corpus_translationversion v ON v.id = b.translation_version_id
    JOIN corpus_translation r ON r.id = v.translation_id AND r.current_version_id = v.id
    WHERE b.task_id = t.id AND b.outcome <> 'send_back' AND b.item_version_id = i.current_version_id
        AND NOT EXISTS (SELECT 1 FROM review_settlement later WHERE later.replaces_id = b.id)
) decided ON true
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT 1 FROM review_settlement b JOIN annotation_task o ON o.id = b.task_id
        WHERE o.item_id = t.item_id AND o.campaign_id = t.campaign_id AND b.outcome = 'exclude_all'
            AND b.item_version_id = i.current_version_id
            AND NOT EXISTS (SELECT 1 FROM review_settlement later WHERE later.replaces_id = b.id)
    ) AS everywhere
) left_out
CROSS JOIN LATERAL (SELECT decided.outcome IS NULL AND NOT left_out.everywhere AS is_open) undecided
CROSS JOIN LATERAL (
    SELECT count(*) AS judgements, coalesce({AGAINST}, false) AS reject, coalesce({DISPUTED}, false) AS disagreement,
        coalesce(min(encode(w.sha256, 'hex')) <> max(encode(w.sha256, 'hex')), false) AS texts
    FROM annotation_slot s
    JOIN annotation_annotation a ON a.slot_id = s.id AND a.retraction = ''
        AND a.item_version_id = i.current_version_id
    JOIN corpus_translationversion v ON v.id = a.translation_version_id
    JOIN corpus_translation r ON r.id = v.translation_id AND r.current_version_id = v.id
    LEFT JOIN corpus_translationversion w ON w.id = a.result_version_id
    WHERE s.task_id = t.id AND t.kind = 'verification' AND is_open
        AND s.submitted_at IS NOT NULL AND s.set_aside_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM annotation_annotation later WHERE later.corrects_id = a.id)
) calls
"""  # noqa: S608 (constants of this module)

_SUMS = """count(*) AS tasks, sum(wanted) AS wanted, sum(submitted) AS submitted,
    count(*) FILTER (WHERE complete) AS complete,
    count(*) FILTER (WHERE reject OR disagreement OR revision) AS waiting,
    count(*) FILTER (WHERE settled) AS settled, count(*) FILTER (WHERE excluded) AS excluded"""
_FIGURES = ("tasks", "wanted", "submitted", "complete", "waiting", "settled", "excluded")

_TAKE = """
DELETE FROM review_tasktouched WHERE id IN (SELECT id FROM review_tasktouched ORDER BY id LIMIT %(most)s)
RETURNING task_id
"""
# `kept` and `fresh` are both of the statement's one snapshot; what was written shows in neither.
_FOLD = f"""
WITH touched AS MATERIALIZED (SELECT DISTINCT unnest(%(tasks)s::bigint[]) AS task_id),
fresh AS MATERIALIZED ({STANDING_OF}),
kept AS (SELECT * FROM review_taskstanding JOIN touched USING (task_id)),
change AS (
    SELECT campaign_id, kind, language_id, {", ".join(f"sum({name}) AS {name}" for name in _FIGURES)} FROM (
        SELECT campaign_id, kind, language_id, {_SUMS} FROM fresh GROUP BY 1, 2, 3
        UNION ALL
        SELECT campaign_id, kind, language_id, {", ".join(f"-{name}" for name in _FIGURES)} FROM (
            SELECT campaign_id, kind, language_id, {_SUMS} FROM kept GROUP BY 1, 2, 3) gone
    ) both_sides GROUP BY 1, 2, 3
), written AS (
    INSERT INTO review_taskstanding (task_id, campaign_id, kind, language_id, position, public_id, wanted, submitted,
        complete, settled, excluded, reject, disagreement, revision, texts)
    SELECT * FROM fresh
    ON CONFLICT (task_id) DO UPDATE SET
        (campaign_id, kind, language_id, position, wanted, submitted, complete, settled, excluded, reject,
            disagreement, revision, texts) =
        (EXCLUDED.campaign_id, EXCLUDED.kind, EXCLUDED.language_id, EXCLUDED.position, EXCLUDED.wanted,
            EXCLUDED.submitted, EXCLUDED.complete, EXCLUDED.settled, EXCLUDED.excluded, EXCLUDED.reject,
            EXCLUDED.disagreement, EXCLUDED.revision, EXCLUDED.texts)
)
INSERT INTO review_queuecount (campaign_id, kind, language_id, {", ".join(_FIGURES)})
SELECT campaign_id, kind, language_id, {", ".join(_FIGURES)} FROM change
ON CONFLICT (campaign_id, kind, language_id) DO UPDATE SET
    {", ".join(f"{name} = review_queuecount.{name} + EXCLUDED.{name}" for name in _FIGURES)}
"""  # noqa: S608 (constants of this module)
_COUNTS = f"""
WITH touched AS MATERIALIZED (
    SELECT DISTINCT c.task_id FROM review_tasktouched c JOIN annotation_task t ON t.id = c.task_id
    WHERE t.campaign_id = ANY (%(campaigns)s)
)
SELECT campaign_id, kind, language_id, {", ".join(f"sum({name})::bigint" for name in _FIGURES)} FROM (
    SELECT campaign_id, kind, language_id, {", ".join(_FIGURES)} FROM review_queuecount
    WHERE campaign_id = ANY (%(campaigns)s)
    UNION ALL
    SELECT campaign_id, kind, language_id, {_SUMS} FROM ({STANDING_OF}) fresh GROUP BY 1, 2, 3
    UNION ALL
    SELECT campaign_id, kind, language_id, {", ".join(f"-{name}" for name in _FIGURES)} FROM (
        SELECT campaign_id, kind, language_id, {_SUMS} FROM review_taskstanding JOIN touched USING (task_id)
        GROUP BY 1, 2, 3) gone
) parts GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""  # noqa: S608 (constants of this module)


@dataclass(frozen=True, slots=True)
class Counts:
    """One queue of a campaign: tasks, judgements wanted and handed in, and tasks by what became of them."""

    campaign: int
    kind: str
    language: str
    tasks: int
    wanted: int
    submitted: int
    complete: int
    waiting: int
    settled: int
    excluded: int


assert [field.name for field in fields(Counts)][3:] == list(_FIGURES)


def counts(campaigns: Iterable[int]) -> list[Counts]:
    """This function will count the queues of some campaigns, equal to counting their rows. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"campaigns": list(campaigns)})
        return [Counts(*row) for row in cursor.fetchall()]


@transaction.atomic
def fold(*, most: int = FOLDED_AT_ONCE) -> int:
    """This function will bring what is kept of touched tasks up to date, and return how many touches it took.

    0 where there are none, and while another process folds. Safe to be killed, and to run at any time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, 0)", [_FOLDING])
        if not cursor.fetchone()[0]:
            return 0
        # Taken before the tasks are looked at, in a statement of its own: who touches one later keeps their row.
        cursor.execute(_TAKE, {"most": most})
        taken = [row[0] for row in cursor.fetchall()]
        if taken:
            cursor.execute(_FOLD, {"tasks": taken})
    return len(taken)
