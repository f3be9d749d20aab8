"""Handing in judgements, and taking them back. Each is one new row; nothing is overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from annotation.errors import NothingToUndoError, QueueClosedError, SlotLostError, TextReplacedError
from annotation.labels import (
    SensitivityAnswers,
    Verdict,
    VerificationAnswer,
    check_note,
    check_sensitivity,
    check_verification,
)
from annotation.models import (
    Annotation,
    CampaignLanguage,
    GuidelineVersion,
    Kind,
    Membership,
    Slot,
    SourceReport,
)
from annotation.permissions import check_can_take
from common import audit
from corpus.actions.post_edits import add_post_edit
from corpus.countries import COUNTRIES
from corpus.models import Translation, TranslationVersion
from people.models import Contributor


@dataclass(frozen=True, slots=True)
class Handed:
    """What comes with every submission: the page's key for it, the version numbers it showed, active time."""

    key: UUID
    item_version: int
    translation_version: int | None = None


@transaction.atomic
def submit_verification(
    *,
    slot: Slot,
    answer: VerificationAnswer,
    handed: Handed,
    by: Contributor,
    now: datetime,
) -> Annotation:
    """This function will keep a verdict on the translation a slot is about, and return its row.

    The same key again returns the row that is there. Raises `PermissionDenied`, `SlotLostError`,
    `TextReplacedError` and `LabelError`; then nothing is written.
    """
    if (twin := _twin(handed, by)) is not None:
        return twin
    slot, membership = _lock(slot, Kind.VERIFICATION, by, now)
    judged = _judged_translation(slot, handed)
    check_verification(answer, judged.fields)
    result = None
    if answer.verdict is Verdict.ACCEPT:
        result = judged
    elif answer.verdict is Verdict.EDIT:
        result = add_post_edit(base=judged, fields=answer.fields or {}, by=by, now=now)
    annotation = _append(
        slot, membership, handed.key, by, now,
        translation_version=judged,
        result_version=result,
        verdict=answer.verdict.value,
        reason=answer.reason,
        severity=answer.severity,
        note=answer.note,
    )  # fmt: skip
    if answer.reason == "source_wrong":
        SourceReport.objects.get_or_create(
            item_version_id=annotation.item_version_id,
            defaults={"reported_by": by, "reported_at": now},
        )
    return annotation


@transaction.atomic
def submit_sensitivity(
    *,
    slot: Slot,
    answers: SensitivityAnswers,
    note: str,
    handed: Handed,
    by: Contributor,
    now: datetime,
) -> Annotation:
    """This function will keep what somebody says of a source item, and return its row.

    The same key again returns the row that is there. Raises as `submit_verification`.
    """
    if (twin := _twin(handed, by)) is not None:
        return twin
    slot, membership = _lock(slot, Kind.SENSITIVITY, by, now)
    _check_item_version(slot, handed)
    check_note(note)
    question = slot.task.item.current_version.fields.get("question", "")
    check_sensitivity(answers, question, COUNTRIES)
    return _append(slot, membership, handed.key, by, now, answers=answers.as_json(), note=note)


def _twin(handed: Handed, by: Contributor) -> Annotation | None:
    return Annotation.objects.filter(key=handed.key, contributor=by).first()


def _lock(slot: Slot, kind: str, by: Contributor, now: datetime) -> tuple[Slot, Membership]:
    """Rights are looked at again here: they may have gone since the claim."""
    locked = (
        Slot.objects.select_for_update(of=("self",))
        .select_related("campaign", "task__item__current_version")
        .get(pk=slot.pk, kind=kind)
    )
    membership = check_can_take(by, locked.campaign, kind, locked.language_id)
    _check_open(locked)
    if locked.contributor_id == by.pk:
        return locked, membership
    return _take_for_late_work(locked, by, now), membership


def _check_open(slot: Slot) -> None:
    if slot.campaign.closed_at:
        raise QueueClosedError(_("This campaign is closed. Nothing more is taken in."))


def _take_for_late_work(slot: Slot, by: Contributor, now: datetime) -> Slot:
    """The lease ran out and the slot went on: any free slot of the same task will do as well."""
    free = (
        Slot.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("campaign", "task__item__current_version")
        .filter(task_id=slot.task_id, submitted_at=None, closed_at=None)
        .filter(Q(contributor=None) | Q(lease_until__lt=now))
        .order_by("number")
        .first()
    )
    theirs = Slot.objects.filter(task_id=slot.task_id, contributor=by).exists()
    if free is None or theirs:
        raise SlotLostError(
            _("Your time on this item ran out and others have taken it. Copy your text if you need it.")
        )
    # Nothing of whoever held it before is theirs.
    free.contributor, free.claimed_at, free.lease_until = by, now, now
    free.opened_at, free.active_ms, free.flags_shown, free.guideline = None, 0, None, None
    free.save()
    return free


def check_handed(*, slot: Slot, handed: Handed) -> None:
    """This function will raise `TextReplacedError` when the page showed a text that no longer counts.

    Asked before the form is read: its texts are compared with the ones that count.
    """
    _check_item_version(slot, handed)
    if slot.kind == Kind.VERIFICATION:
        _judged_translation(slot, handed)


def _check_item_version(slot: Slot, handed: Handed) -> None:
    if slot.task.item.current_version.number != handed.item_version:
        raise TextReplacedError(_("The source text was replaced while you worked. Look at the new one."))


def _judged_translation(slot: Slot, handed: Handed) -> TranslationVersion:
    _check_item_version(slot, handed)
    translation = campaign_translation(slot)
    if translation.current_version.number != handed.translation_version:
        raise TextReplacedError(_("The translation was replaced while you worked. Look at the new one."))
    return translation.current_version


def campaign_translation(slot: Slot) -> Translation:
    """This function will return the translation a verification slot starts from, with its version. One statement."""
    system = CampaignLanguage.objects.filter(campaign=slot.campaign_id, language=slot.language_id)
    return Translation.objects.select_related("current_version").get(
        item_id=slot.task.item_id,
        language=slot.language_id,
        system=Subquery(system.values("system")[:1]),
    )


def tips(annotations: QuerySet[Annotation]) -> QuerySet[Annotation]:
    """This function will narrow to the end of each slot's chain that is a judgement, not a retraction."""
    # Not `corrected_by=None`: the planner takes that outer join for a single row.
    later = Annotation.objects.filter(corrects=OuterRef("pk"))
    return annotations.filter(~Exists(later), retraction="")


def _append(
    slot: Slot,
    membership: Membership,
    key: UUID,
    by: Contributor,
    now: datetime,
    **said: Any,
) -> Annotation:
    guideline_id = slot.guideline_id or _latest_guideline(slot)
    annotation = Annotation.objects.create(
        slot=slot,
        contributor=by,
        standing=membership.standing,
        corrects=Annotation.objects.filter(slot=slot, corrected_by=None).first(),
        item_version_id=slot.task.item.current_version_id,
        flags_shown=slot.campaign.show_flags if slot.flags_shown is None else slot.flags_shown,
        guideline_id=guideline_id,
        active_ms=slot.active_ms,
        key=key,
        submitted_at=now,
        **said,
    )
    slot.submitted_at = now
    slot.save(update_fields=["submitted_at"])
    audit.record(
        "annotation.submitted",
        annotation,
        workspace=slot.campaign.workspace_id,
        by=by,
        now=now,
        slot=slot.pk,
    )
    return annotation


def _latest_guideline(slot: Slot) -> int:
    return GuidelineVersion.objects.filter(campaign=slot.campaign_id).latest("number").pk


@transaction.atomic
def undo(*, slot: Slot, by: Contributor, now: datetime) -> Annotation:
    """This function will take back `by`'s judgement of a slot by a retraction, and hold the slot for them again.

    Raises `NothingToUndoError` where no judgement of theirs stands, `PermissionDenied` where they have left.
    """
    locked = Slot.objects.select_for_update(of=("self",)).select_related("campaign", "task").get(pk=slot.pk)
    check_can_take(by, locked.campaign, locked.kind, locked.language_id)
    _check_open(locked)
    if locked.set_aside_at:
        raise NothingToUndoError(_("A reviewer sent this item back; somebody else judges it anew."))
    tip = tips(Annotation.objects.filter(slot=locked, contributor=by)).first()
    if tip is None or locked.contributor_id != by.pk:
        raise NothingToUndoError(_("There is nothing of yours to take back here."))
    retraction = Annotation.objects.create(
        slot=locked, contributor=by, standing=tip.standing, corrects=tip, retraction="undone",
        item_version_id=tip.item_version_id, flags_shown=tip.flags_shown, guideline_id=tip.guideline_id,
        key=uuid4(), submitted_at=now,
    )  # fmt: skip
    locked.submitted_at = None
    locked.lease_until = now + timedelta(minutes=locked.campaign.lease_minutes)
    locked.save(update_fields=["submitted_at", "lease_until"])
    audit.record(
        "annotation.undone",
        retraction,
        workspace=locked.campaign.workspace_id,
        by=by,
        now=now,
    )
    return retraction


_STALE = """
WITH stale AS MATERIALIZED (
    SELECT a.id, a.slot_id FROM annotation_annotation a
    JOIN annotation_slot s ON s.id = a.slot_id
    JOIN annotation_task t ON t.id = s.task_id
    JOIN corpus_item i ON i.id = t.item_id
    LEFT JOIN corpus_translationversion v ON v.id = a.translation_version_id
    LEFT JOIN corpus_translation r ON r.id = v.translation_id
    WHERE s.submitted_at IS NOT NULL AND s.set_aside_at IS NULL AND a.retraction = ''
        AND (%(benchmark)s::bigint IS NULL OR i.benchmark_id = %(benchmark)s)
        AND NOT EXISTS (SELECT 1 FROM annotation_annotation c WHERE c.corrects_id = a.id)
        AND (a.item_version_id <> i.current_version_id OR r.current_version_id <> v.id)
    FOR UPDATE OF s
), retracted AS (
    INSERT INTO annotation_annotation (public_id, slot_id, contributor_id, standing, corrects_id, retraction,
        item_version_id, verdict, reason, severity, note, flags_shown, guideline_id, active_ms, key, submitted_at)
    SELECT gen_random_uuid(), a.slot_id, a.contributor_id, a.standing, a.id, 'stale',
        a.item_version_id, '', '', '', '', a.flags_shown, a.guideline_id, 0, gen_random_uuid(), %(now)s
    FROM annotation_annotation a JOIN stale USING (id)
    RETURNING slot_id
)
SELECT array_agg(slot_id) FROM retracted
"""


@transaction.atomic
def reopen_stale_slots(*, now: datetime, benchmark_id: int | None = None) -> int:
    """This function will open again every slot whose judgement is of a text that no longer counts, of one benchmark
    or of all.

    The judgement stays, followed by a retraction that says why; returns how many. Safe to run at any time.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STALE, {"now": now, "benchmark": benchmark_id})
        row = cursor.fetchone()
    slots = row[0] if row and row[0] else []
    return Slot.objects.filter(pk__in=slots).update(
        submitted_at=None, contributor=None, claimed_at=None, lease_until=None, opened_at=None,
        flags_shown=None, guideline=None, active_ms=0,
    )  # fmt: skip
