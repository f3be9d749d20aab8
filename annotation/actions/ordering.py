"""The order of a queue: worst first, with a random audit of the unflagged mixed in.

A task is flagged when the latest finished pass over its text found something broken or suspect, or a model put it
into the worst fifth of its set. What a check calls broken comes first, then the most suspect. Of the others a seeded
draw (`audit_rate`, at least 100 a language) forms the audit stratum, and every tenth place of the flagged part is
given to it; the rest follows, the most suspect first. A campaign may weigh a check otherwise. Only slots that nobody
has opened change their stratum, so that what is kept about a judgement is what was true when it was made.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery

from annotation.actions.cursors import hold_ordering
from annotation.actions.frames import tell_frames
from annotation.models import Campaign, CampaignLanguage, Kind
from flagging.models import ModelPass
from flagging.suspicion import A_SUSPECT_FINDING, MOST_SUSPECT_FINDINGS, UNKNOWN

AUDIT_AT_LEAST = 100

# The tasks of a queue as they stand: how bad a check of `weighed (detector, weight)` calls each, whether it is flagged.
JUDGED = """
found AS (
    SELECT t.id, md5(%(seed)s || i.external_id) AS drawn, r.current_version_id AS version, s.model_pass_id AS pass,
        coalesce(s.signal, %(unknown)s) AS signal, coalesce(s.by_model, false) AS by_model
    FROM annotation_task t
    JOIN corpus_item i ON i.id = t.item_id
    LEFT JOIN corpus_translation r
        ON r.item_id = t.item_id AND r.language_id = t.language_id AND r.system = t.system
    LEFT JOIN LATERAL (
        SELECT s.model_pass_id, s.signal, s.by_model FROM flagging_suspicion s
        JOIN flagging_modelpass p ON p.id = s.model_pass_id AND p.finished_at IS NOT NULL
        WHERE s.translation_version_id = r.current_version_id ORDER BY s.model_pass_id DESC LIMIT 1
    ) s ON true
    WHERE t.campaign_id = %(campaign)s AND t.kind = %(kind)s AND t.language_id = %(language)s
), weighed AS (
    {weighed}
), hit AS (
    SELECT DISTINCT o.id, f.detector, coalesce(w.weight, f.severity) AS weight
    FROM found o
    JOIN flagging_flag f ON f.translation_version_id = o.version AND f.model_pass_id = o.pass
    LEFT JOIN weighed w ON w.detector = f.detector
), judged AS (
    SELECT o.id, o.drawn, o.by_model,
        coalesce(max(CASE h.weight WHEN 'broken' THEN 2 WHEN 'suspect' THEN 1 ELSE 0 END), 0) AS worst,
        o.signal + %(finding)s * least(count(h.id) FILTER (WHERE h.weight = 'suspect'), %(findings)s) AS suspicion
    FROM found o LEFT JOIN hit h ON h.id = o.id
    GROUP BY o.id, o.drawn, o.by_model, o.signal
), sized AS (
    SELECT *, worst > 0 OR by_model AS flagged FROM judged
)"""
WEIGHED_NOW = """
    SELECT DISTINCT ON (detector) detector, weight FROM annotation_checksetting
    WHERE campaign_id = %(campaign)s AND (language_id = %(language)s OR language_id IS NULL)
    ORDER BY detector, language_id NULLS LAST"""
_ORDER = f"""
WITH {JUDGED.format(weighed=WEIGHED_NOW)}, unflagged AS (
    SELECT count(*) AS size, least(count(*), greatest(ceil(count(*) * %(rate)s), %(least)s)) AS audit
    FROM sized WHERE NOT flagged
), placed AS (
    SELECT *, row_number() OVER (PARTITION BY flagged ORDER BY drawn) AS draw,
        row_number() OVER (PARTITION BY flagged ORDER BY (worst = 2) DESC, suspicion DESC, drawn) AS place
    FROM sized
), ordered AS (
    SELECT id,
        CASE WHEN flagged THEN 'flagged' WHEN draw <= u.audit THEN 'audit' ELSE 'rest' END AS stratum,
        CASE WHEN flagged THEN 1.0
            WHEN draw <= u.audit THEN u.audit::float / u.size
            ELSE (u.size - u.audit)::float / u.size END AS probability,
        row_number() OVER (ORDER BY
            CASE WHEN NOT flagged AND draw > u.audit THEN 1 ELSE 0 END,
            CASE WHEN flagged THEN place WHEN draw <= u.audit THEN draw * 9 + 0.5 ELSE place END) AS position
    FROM placed, unflagged u
), slots AS (
    UPDATE annotation_slot s SET stratum = o.stratum, inclusion_probability = o.probability
    FROM ordered o WHERE s.task_id = o.id AND s.opened_at IS NULL AND s.submitted_at IS NULL
        AND (s.stratum, s.inclusion_probability) IS DISTINCT FROM (o.stratum, o.probability)
)
SELECT id, position FROM ordered
"""  # noqa: S608 (constants of this module)
# Of several systems the best by the latest pass that ranked them is offered, until somebody has seen the task.
_OFFER = """
UPDATE annotation_task t SET system = best.system
FROM annotation_campaignlanguage l, annotation_task k
JOIN LATERAL (
    SELECT r.system FROM flagging_candidate c
    JOIN flagging_modelpass p ON p.id = c.model_pass_id AND p.finished_at IS NOT NULL
    JOIN corpus_translation r ON r.current_version_id = c.translation_version_id
    JOIN annotation_campaignlanguage a ON a.campaign_id = k.campaign_id AND a.language_id = k.language_id
    WHERE r.item_id = k.item_id AND r.language_id = k.language_id AND r.system = ANY(a.systems)
    ORDER BY c.model_pass_id DESC, c.place LIMIT 1
) best ON true
WHERE t.id = k.id AND l.campaign_id = t.campaign_id AND l.language_id = t.language_id AND l.systems <> '{}'
    AND t.campaign_id = %(campaign)s AND t.kind = %(kind)s AND t.language_id = %(language)s
    AND t.system <> best.system
    AND NOT EXISTS (SELECT 1 FROM annotation_slot s WHERE s.task_id = t.id AND s.opened_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM annotation_pasthold h JOIN annotation_slot s ON s.id = h.slot_id
        WHERE s.task_id = t.id AND h.opened_at IS NOT NULL)
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
    """This function will put the tasks of one queue in order by what the latest pass found. Ten statements.

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
        queue: dict[str, int | str] = {"campaign": campaign.pk, "kind": kind, "language": language}
        cursor.execute(_OFFER, queue)
        cursor.execute(
            _ORDER,
            {
                **queue, "seed": f"audit/{campaign.seed}/", "rate": campaign.audit_rate, "least": AUDIT_AT_LEAST,
                "unknown": UNKNOWN, "finding": A_SUSPECT_FINDING, "findings": MOST_SUSPECT_FINDINGS,
            },
        )  # fmt: skip
        rows = cursor.fetchall()
        cursor.execute(_MOVE, [[row[0] for row in rows], [row[1] for row in rows]])
        cursor.execute(_KEEP, [campaign.benchmark_id, language, campaign.pk, language])
    tell_frames(campaign, languages=[language])


def order_line(line_id: int) -> None:
    """This function will order the queue of a `CampaignLanguage`, unless its campaign is closed or it is gone."""
    line = CampaignLanguage.objects.select_related("campaign").filter(pk=line_id).first()
    if line is not None and line.campaign.closed_at is None:
        order_queue(campaign=line.campaign, kind=Kind.VERIFICATION, language=line.language_id)


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
