"""What a manager sees of the checks of a campaign: their weights, what they found, what a change would move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext

from annotation.actions.check_settings import FORGOTTEN, WEIGHED
from annotation.actions.ordering import JUDGED, WEIGHED_NOW
from annotation.models import Campaign, CheckSetting, Kind
from common.models import AuditEvent
from flagging.checks import MODEL_CHECKS, PAIR_CHECKS, SET_CHECKS, TEXT_CHECKS, Described
from flagging.queries import SEVERITY_ORDER
from flagging.suspicion import A_SUSPECT_FINDING, MOST_SUSPECT_FINDINGS, UNKNOWN
from people.models import Contributor
from people.queries import managed_workspaces

CHECKS: tuple[Described, ...] = (*PAIR_CHECKS, *TEXT_CHECKS, *SET_CHECKS, *MODEL_CHECKS)
LAST_CHANGES = 20

_OPEN_TEXTS = """
SELECT f.detector, count(DISTINCT t.id) FROM annotation_task t
JOIN corpus_translation r ON r.item_id = t.item_id AND r.language_id = t.language_id AND r.system = t.system
JOIN flagging_flag f ON f.translation_version_id = r.current_version_id
WHERE t.campaign_id = %(campaign)s AND t.kind = %(kind)s
    AND (%(language)s::text IS NULL OR t.language_id = %(language)s)
    AND f.model_pass_id = (SELECT s.model_pass_id FROM flagging_suspicion s
        JOIN flagging_modelpass p ON p.id = s.model_pass_id AND p.finished_at IS NOT NULL
        WHERE s.translation_version_id = f.translation_version_id ORDER BY s.model_pass_id DESC LIMIT 1)
    AND EXISTS (SELECT 1 FROM annotation_slot o
        WHERE o.task_id = t.id AND o.submitted_at IS NULL AND o.closed_at IS NULL)
GROUP BY f.detector
"""
# The settings as they would be; a weight of null forgets.
_WEIGHED_THEN = """
    SELECT DISTINCT ON (detector) detector, weight FROM (
        SELECT detector, weight, language_id FROM annotation_checksetting
        WHERE campaign_id = %(campaign)s AND (language_id = %(language)s OR language_id IS NULL)
            AND NOT (detector = %(detector)s AND language_id IS NOT DISTINCT FROM %(scope)s::text)
        UNION ALL
        SELECT %(detector)s, %(weight)s::text, %(scope)s::text WHERE %(weight)s::text IS NOT NULL
    ) settings ORDER BY detector, language_id NULLS LAST"""
_PREVIEW = f"""
SELECT count(*) FILTER (WHERE after.flagged AND NOT before.flagged),
    count(*) FILTER (WHERE before.flagged AND NOT after.flagged),
    count(*) FILTER (WHERE after.worst > before.worst), count(*) FILTER (WHERE after.worst < before.worst), count(*)
FROM (WITH {JUDGED.format(weighed=WEIGHED_NOW)} SELECT * FROM sized) before
JOIN (WITH {JUDGED.format(weighed=_WEIGHED_THEN)} SELECT * FROM sized) after USING (id)
"""  # noqa: S608 (constants of ours)


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check in a campaign: its own severity, what is set here and for all languages (None: nothing), and how many
    texts that wait to be judged it flagged."""

    detector: str
    title: str
    severity: str
    here: CheckSetting | None
    everywhere: CheckSetting | None
    texts: int

    @property
    def setting(self) -> CheckSetting | None:
        """This function will return the setting that holds; None for what the check says itself."""
        return self.here or self.everywhere

    @property
    def weight(self) -> str:
        """This function will return what the check weighs."""
        return self.setting.weight if self.setting else self.severity


@dataclass(frozen=True, slots=True)
class Preview:
    """What a setting would move, in tasks: into the flagged part of the queue and out of it, to a worse tier and to a
    milder one; of how many."""

    flagged: int
    unflagged: int
    worse: int
    milder: int
    tasks: int


@dataclass(frozen=True, slots=True)
class Change:
    """A setting made or taken back: by whom, when, and how."""

    title: str
    language: str
    weight: str
    reason: str
    by: str
    at: datetime


def managed_campaigns(contributor: Contributor) -> QuerySet[Campaign]:
    """This function will return the campaigns whose checks `contributor` may weigh. One statement."""
    return Campaign.objects.filter(workspace__in=managed_workspaces(contributor)).select_related("benchmark")


def check_lines(campaign: Campaign, language: str | None) -> list[CheckLine]:
    """This function will return every check, those that found most first within a severity, for one language or for
    all. Two statements."""
    settings = {
        (one.detector, one.language_id): one
        for one in CheckSetting.objects.filter(campaign=campaign).select_related("set_by")
    }
    texts = _open_texts(campaign, language)
    lines = [
        CheckLine(
            check.name,
            gettext(check.title),
            check.severity,
            settings.get((check.name, language)) if language else None,
            settings.get((check.name, None)),
            texts.get(check.name, 0),
        )
        for check in CHECKS
    ]
    return sorted(lines, key=lambda line: (SEVERITY_ORDER[line.severity], -line.texts, line.title))


def settings_of(campaign: Campaign, detector: str) -> list[CheckSetting]:
    """This function will return what is set for a check, for all languages first. One statement."""
    rows = CheckSetting.objects.filter(campaign=campaign, detector=detector).select_related("set_by")
    return sorted(rows, key=lambda one: one.language_id or "")


def _open_texts(campaign: Campaign, language: str | None) -> dict[str, int]:
    said: dict[str, Any] = {"campaign": campaign.pk, "kind": Kind.VERIFICATION, "language": language}
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_TEXTS, said)
        return dict(cursor.fetchall())


def preview(campaign: Campaign, detector: str, language: str | None, weight: str | None) -> Preview:
    """This function will count what a setting (`weight` None: forgetting it) would move. One statement a language.

    Slots that somebody has opened keep their stratum, whatever moves.
    """
    lines = campaign.languages.all() if language is None else campaign.languages.filter(language=language)
    counted = [_moved(campaign, detector, line.language_id, language, weight) for line in lines]
    return (
        Preview(*(sum(column) for column in zip(*counted, strict=True)))
        if counted
        else Preview(0, 0, 0, 0, 0)
    )


def _moved(
    campaign: Campaign, detector: str, language: str, scope: str | None, weight: str | None
) -> tuple[int, ...]:
    said: Mapping[str, Any] = {
        "campaign": campaign.pk, "kind": Kind.VERIFICATION, "language": language, "seed": "", "unknown": UNKNOWN,
        "finding": A_SUSPECT_FINDING, "findings": MOST_SUSPECT_FINDINGS, "detector": detector, "scope": scope,
        "weight": weight,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_PREVIEW, said)
        row: tuple[int, ...] = cursor.fetchone()
        return row


def last_changes(campaign: Campaign) -> list[Change]:
    """This function will return the latest settings and their ends, newest first. Two statements."""
    events = list(
        AuditEvent.objects.filter(
            object_type=campaign._meta.label_lower, object_id=campaign.pk, verb__in=[WEIGHED, FORGOTTEN]
        ).order_by("-pk")[:LAST_CHANGES]
    )
    people = Contributor.objects.in_bulk({event.actor_id for event in events if event.actor_id})
    titles = {check.name: check.title for check in CHECKS}
    return [
        Change(
            gettext(titles[told["detector"]]) if told["detector"] in titles else told["detector"],
            told["language"] or "",
            told.get("weight", ""),
            told.get("reason", ""),
            people[event.actor_id].pseudonym if event.actor_id in people else "",
            event.at,
        )
        for event in events
        for told in [event.data]
    ]
