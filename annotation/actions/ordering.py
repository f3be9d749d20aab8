"""The order of a queue: worst first, with a random audit of the unflagged mixed in.

A task is flagged when the latest finished pass over its text found something broken or suspect. Of the
others a seeded draw (`audit_rate`, at least 100 a language) forms the audit stratum, and every tenth place of
the flagged part is given to it; the rest follows in seeded order. Only slots that nobody has opened change
their stratum, so that what is kept about a judgement is what was true when it was made.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery

from annotation.actions.cursors import hold_ordering
from annotation.models import Campaign, CampaignLanguage, Kind
from flagging.models import ModelPass

AUDIT_AT_LEAST = 100

_ORDER = """
WITH latest AS (
    SELECT max(p.id) AS id FROM flagging_modelpass p
    WHERE p.benchmark_id = %(benchmark)s AND p.language_id = %(language)s AND p.finished_at IS NOT NULL
), found AS (
    SELECT t.id, md5(%(seed)s || i.external_id) AS drawn,
        coalesce(max(CASE f.severity WHEN 'broken' THEN 2 WHEN 'suspect' THEN 1 ELSE 0 END), 0) AS worst,
        count(f.id) FILTER (WHERE f.severity <> 'notice') AS hits
    FROM annotation_task t
    JOIN corpus_item i ON i.id = t.item_id
    LEFT JOIN annotation_campaignlanguage l ON l.campaign_id = t.campaign_id AND l.language_id = t.language_id
    LEFT JOIN corpus_translation r
        ON r.item_id = t.item_id AND r.language_id = t.language_id AND r.system = l.system
    LEFT JOIN flagging_flag f
        ON f.translation_version_id = r.current_version_id AND f.model_pass_id = (SELECT id FROM latest)
    WHERE t.campaign_id = %(campaign)s AND t.kind = %(kind)s AND t.language_id = %(language)s
    GROUP BY t.id, i.external_id
), unflagged AS (
    SELECT count(*) AS size, least(count(*), greatest(ceil(count(*) * %(rate)s), %(least)s)) AS audit
    FROM found WHERE worst = 0
), placed AS (
    SELECT id, drawn, worst,
        row_number() OVER (PARTITION BY worst > 0 ORDER BY worst DESC, hits DESC, drawn) AS place
    FROM found
), ordered AS (
    SELECT id,
        CASE WHEN worst > 0 THEN 'flagged' WHEN place <= u.audit THEN 'audit' ELSE 'rest' END AS stratum,
        CASE WHEN worst > 0 THEN 1.0
            WHEN place <= u.audit THEN u.audit::float / u.size
            ELSE (u.size - u.audit)::float / u.size END AS probability,
        row_number() OVER (ORDER BY
            CASE WHEN worst = 0 AND place > u.audit THEN 1 ELSE 0 END,
            CASE WHEN worst > 0 THEN place ELSE place * 9 + 0.5 END) AS position
    FROM placed, unflagged u
), slots AS (
    UPDATE annotation_slot s SET stratum = o.stratum, inclusion_probability = o.probability
    FROM ordered o WHERE s.task_id = o.id AND s.opened_at IS NULL AND s.submitted_at IS NULL
        AND (s.stratum, s.inclusion_probability) IS DISTINCT FROM (o.stratum, o.probability)
)
SELECT id, position FROM ordered
"""
_LOCK = """
SELECT id FROM annotation_task WHERE campaign_id = %s AND kind = %s AND language_id = %s ORDER BY id FOR UPDATE
"""
_LOCK_SLOTS = """
SELECT id FROM annotation_slot WHERE campaign_id = %s AND kind = %s AND language_id = %s ORDER BY id FOR UPDATE
"""
_KEEP = """
UPDATE annotation_campaignlanguage SET ordered_by_id = (
    SELECT max(id) FROM flagging_modelpass
    WHERE benchmark_id = %s AND language_id = %s AND finished_at IS NOT NULL)
WHERE campaign_id = %s AND language_id = %s
"""
# The position goes in a statement of its own: it reaches the slots through their foreign key, and one
# statement may not touch a row twice.
_MOVE = """
UPDATE annotation_task t SET position = m.position
FROM unnest(%s::bigint[], %s::int[]) AS m(id, position)
WHERE t.id = m.id AND t.position <> m.position
"""


@transaction.atomic
def order_queue(*, campaign: Campaign, kind: str, language: str) -> None:
    """This function will put the tasks of one queue in order by what the latest pass found. Six statements.

    Sensitivity tasks carry no flags of their own and stay in the seeded order they were drawn in.
    """
    if kind == Kind.SENSITIVITY:
        return
    hold_ordering(campaign.pk)
    with connection.cursor() as cursor:
        # Tasks before slots, each in the order of their ids, as a settlement takes them: two that took them in
        # another order would deadlock.
        cursor.execute(_LOCK, [campaign.pk, kind, language])
        cursor.execute(_LOCK_SLOTS, [campaign.pk, kind, language])
        cursor.execute(
            _ORDER,
            {
                "campaign": campaign.pk, "benchmark": campaign.benchmark_id, "kind": kind, "language": language,
                "seed": f"audit/{campaign.seed}/", "rate": campaign.audit_rate, "least": AUDIT_AT_LEAST,
            },
        )  # fmt: skip
        rows = cursor.fetchall()
        cursor.execute(_MOVE, [[row[0] for row in rows], [row[1] for row in rows]])
        cursor.execute(_KEEP, [campaign.benchmark_id, language, campaign.pk, language])


def order_late_queues() -> int:
    """This function will order the queues that a finished pass was never told to, and return how many.

    News of a pass goes out after its commit and can be lost with the process; this finds it again.
    """
    latest = (
        ModelPass.objects.filter(
            benchmark=OuterRef("campaign__benchmark"),
            language=OuterRef("language"),
            finished_at__isnull=False,
        )
        .order_by("-pk")
        .values("pk")[:1]
    )
    lines = (
        CampaignLanguage.objects.filter(campaign__closed_at=None)
        .annotate(latest=Subquery(latest))
        .filter(latest__isnull=False)
        .select_related("campaign")
    )
    late = [line for line in lines if line.ordered_by_id != line.latest]
    for line in late:
        order_queue(campaign=line.campaign, kind=Kind.VERIFICATION, language=line.language_id)
    return len(late)
