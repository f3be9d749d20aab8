"""Handing in judgements, and taking them back. Each is one new row; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from annotation.actions.claims import FREE
from annotation.actions.places import share_place
from annotation.errors import (
    HandedInError,
    NothingToUndoError,
    QueueClosedError,
    SlotLostError,
    TextReplacedError,
)
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
    Campaign,
    CampaignLanguage,
    GuidelineVersion,
    Kind,
    Membership,
    PastHold,
    Slot,
    SourceReport,
    Task,
)
from annotation.permissions import check_can_take
from common import audit
from common.conflicts import again_on_conflict
from corpus.actions.post_edits import add_post_edit
from corpus.countries import COUNTRIES
from corpus.models import Translation, TranslationVersion
from people.models import Contributor


@dataclass(frozen=True, slots=True)
class Handed:
    """What comes with every submission: the page's key for it, the version numbers it showed, and the active time
    in milliseconds since the last heartbeat."""

    key: UUID
    item_version: int
    translation_version: int | None = None
    active_ms: int = 0


class Place(StrEnum):
    """Where a judgement was put: late work goes where there is room."""

    OWN = "own slot"
    ANOTHER = "another slot"
    EXTRA = "extra"


def place_of(annotation: Annotation, slot: Slot) -> Place:
    """This function will say where a judgement handed in for `slot` was put."""
    if annotation.slot.is_extra:
        return Place.EXTRA
    return Place.OWN if annotation.slot_id == slot.pk else Place.ANOTHER


def submit_verification(
    *,
    slot: Slot,
    answer: VerificationAnswer,
    handed: Handed,
    by: Contributor,
    now: datetime,
) -> Annotation:
    """This function will keep a verdict on the translation a slot is about, and return its row.

    Late work goes into any free slot of the task, else it is kept as an extra judgement that counts nowhere
    (`place_of` says which). The same again returns the row that is there. Six statements; four more for an edit.
    Raises `PermissionDenied`, `QueueClosedError`, `SlotLostError`, `HandedInError`, `TextReplacedError` and
    `LabelError`; then nothing is written.
    """
    said = {
        "verdict": answer.verdict.value,
        "reason": answer.reason,
        "severity": answer.severity,
        "note": answer.note,
    }

    def judge(held: Slot) -> dict[str, Any]:
        judged = _judged_translation(held, handed)
        check_verification(answer, judged.fields)
        result = None
        if answer.verdict is Verdict.ACCEPT:
            result = judged
        elif answer.verdict is Verdict.EDIT:
            result = add_post_edit(base=judged, fields=answer.fields or {}, by=by, now=now)
        return {**said, "translation_version": judged, "result_version": result}

    def is_same(before: Annotation) -> bool:
        edited = before.result_version if before.verdict == Verdict.EDIT else None
        texts = edited.fields if edited else None
        return _says(before, said) and (
            answer.verdict is not Verdict.EDIT or texts == dict(answer.fields or {})
        )

    return _submit(_Submission(slot, Kind.VERIFICATION, handed, by, now, judge, is_same))


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

    Late work, the same again and what is raised are as for `submit_verification`. Five statements.
    """
    said = {"answers": answers.as_json(), "note": note}

    def judge(held: Slot) -> dict[str, Any]:
        _check_item_version(held, handed)
        check_note(note)
        question = held.task.item.current_version.fields.get("question", "")
        check_sensitivity(answers, question, COUNTRIES)
        return said

    return _submit(
        _Submission(slot, Kind.SENSITIVITY, handed, by, now, judge, lambda before: _says(before, said))
    )


def _says(before: Annotation, said: Mapping[str, Any]) -> bool:
    return all(getattr(before, name) == value for name, value in said.items())


@dataclass(frozen=True, slots=True)
class _Submission:
    """What is handed in: `judge` checks it against the texts that count and returns the row's columns, `is_same`
    says whether a row that is there says the same."""

    slot: Slot
    kind: str
    handed: Handed
    by: Contributor
    now: datetime
    judge: Callable[[Slot], dict[str, Any]]
    is_same: Callable[[Annotation], bool]


# Another request of the same person may take a slot of the same task between look and write: look again.
SUBMIT_ATTEMPTS = 3


def _submit(sent: _Submission) -> Annotation:
    return again_on_conflict(lambda: _keep(sent), attempts=SUBMIT_ATTEMPTS)


@transaction.atomic
def _keep(sent: _Submission) -> Annotation:
    """Rights are looked at again here: they may have gone since the claim. The membership stays locked, so that
    nothing is handed in under one that is being withdrawn; it comes after the slots, as for everybody."""
    held = _held(sent) or _take_for_late_work(sent)
    membership: Any = check_can_take(
        sent.by, held.campaign, sent.kind, held.language_id, memberships=_locked_memberships(sent, held)
    )
    if membership.twin is not None:
        return _again(sent, membership.twin)
    _check_open(held.campaign)
    if held.submitted_at:
        return _again(sent, membership.last)
    return _append(sent, held, membership)


def _slots() -> QuerySet[Slot]:
    locked = Slot.objects.select_for_update(of=("self",))
    return locked.select_related("campaign", "task__item__current_version")


def _held(sent: _Submission) -> Slot | None:
    """Whoever lost their slot may have taken another of the same task since."""
    return _slots().filter(task=sent.slot.task_id, kind=sent.kind, contributor=sent.by).first()


def _locked_memberships(sent: _Submission, held: Slot) -> QuerySet[Membership]:
    """With the ids of what stands before: `twin` came under the same key, `last` is the end of the slot's chain."""
    twin = Annotation.objects.filter(key=sent.handed.key, contributor=sent.by)
    # Each row of a chain comes after the one it corrects.
    chain = Annotation.objects.filter(slot=held).order_by("-pk")
    return (
        Membership.objects.select_for_update(of=("self",), no_key=True)
        .annotate(twin=Subquery(twin.values("pk")), last=Subquery(chain.values("pk")[:1]))
        .order_by()
    )


def _again(sent: _Submission, before: int) -> Annotation:
    row = Annotation.objects.select_related("slot", "result_version").get(pk=before)
    if Annotation.objects.filter(corrects=row).exists():
        raise HandedInError(_("You took this back. Open the item again to hand it in anew."))
    if row.slot.task_id != sent.slot.task_id or not sent.is_same(row):
        raise HandedInError(_("You have handed this in already; undo it to change it."))
    return row


def _check_open(campaign: Campaign) -> None:
    if campaign.closed_at:
        raise QueueClosedError(_("This campaign is closed. Nothing more is taken in."))


def _take_for_late_work(sent: _Submission) -> Slot:
    """The lease ran out and the slot went on: any free slot of the same task will do as well, or an extra one."""
    slot, by, now = sent.slot, sent.by, sent.now
    hold = PastHold.objects.filter(slot=slot, contributor=by).first()
    if hold is None:
        raise SlotLostError(_("This item was never open with you. Take one from your queue."))
    free = (
        Slot.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("campaign", "task__item__current_version")
        .filter(task_id=slot.task_id, submitted_at=None, closed_at=None)
        .filter(Q(contributor=None) | Q(lease_until__lt=now))
        .order_by("number")
        .first()
    ) or _extra(slot, now)
    # What is kept of the work is theirs, not of whoever held the slot before.
    free.contributor, free.claimed_at, free.lease_until = by, now, now
    free.opened_at, free.active_ms = hold.opened_at, hold.active_ms
    free.flags_shown, free.guideline_id = hold.flags_shown, hold.guideline_id
    free.save()
    return free


def _extra(slot: Slot, now: datetime) -> Slot:
    task = Task.objects.select_related("campaign", "item__current_version").get(pk=slot.task_id)
    return Slot(
        task=task, number=None, campaign=task.campaign, kind=task.kind, language_id=task.language_id,
        position=task.position, stratum=slot.stratum, inclusion_probability=slot.inclusion_probability,
        closed_at=now, set_aside_at=now,
    )  # fmt: skip


def check_handed(*, slot: Slot, handed: Handed, judged: TranslationVersion | None) -> None:
    """This function will raise `TextReplacedError` when the page showed a text that is not `judged`, the one that
    counts. No statement.

    Asked before the form is read: its texts are compared with the ones that count.
    """
    _check_item_version(slot, handed)
    if judged is not None:
        _check_translation_version(judged, handed)


def _check_item_version(slot: Slot, handed: Handed) -> None:
    if slot.task.item.current_version.number != handed.item_version:
        raise TextReplacedError(_("The source text was replaced while you worked. Look at the new one."))


def _check_translation_version(judged: TranslationVersion, handed: Handed) -> None:
    if judged.number != handed.translation_version:
        raise TextReplacedError(_("The translation was replaced while you worked. Look at the new one."))


def _judged_translation(slot: Slot, handed: Handed) -> TranslationVersion:
    judged = campaign_translation(slot).current_version
    _check_item_version(slot, handed)
    _check_translation_version(judged, handed)
    return judged


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


def _append(sent: _Submission, slot: Slot, membership: Any) -> Annotation:
    active_ms = _active_ms(slot, sent)
    annotation = Annotation.objects.create(
        slot=slot,
        contributor=sent.by,
        standing=membership.standing,
        corrects_id=membership.last,
        item_version_id=slot.task.item.current_version_id,
        flags_shown=slot.campaign.show_flags if slot.flags_shown is None else slot.flags_shown,
        guideline_id=slot.guideline_id or _latest_guideline(slot),
        active_ms=active_ms,
        key=sent.handed.key,
        submitted_at=sent.now,
        **sent.judge(slot),
    )
    slot.submitted_at, slot.active_ms = sent.now, active_ms
    slot.save(update_fields=["submitted_at", "active_ms"])
    if annotation.reason == "source_wrong":
        SourceReport.objects.get_or_create(
            item_version_id=annotation.item_version_id,
            defaults={"reported_by": sent.by, "reported_at": sent.now},
        )
    audit.record(
        "annotation.submitted", annotation, workspace=slot.campaign.workspace_id, by=sent.by, now=sent.now,
        slot=slot.pk, place=place_of(annotation, sent.slot).value,
    )  # fmt: skip
    return annotation


def _active_ms(slot: Slot, sent: _Submission) -> int:
    """At most the time since the claim, whatever a page says."""
    most = int((sent.now - slot.claimed_at).total_seconds() * 1000) if slot.claimed_at else 0
    return max(slot.active_ms, min(slot.active_ms + max(0, sent.handed.active_ms), most))


def _latest_guideline(slot: Slot) -> int:
    return GuidelineVersion.objects.filter(campaign=slot.campaign_id).latest("number").pk


@transaction.atomic
def undo(*, slot: Slot, by: Contributor, now: datetime) -> Annotation:
    """This function will take back `by`'s judgement of a slot by a retraction, and hold the slot for them again.

    Raises `NothingToUndoError` where no judgement of theirs stands, `PermissionDenied` where they have left.
    """
    share_place(slot.campaign_id, by.pk)
    locked = Slot.objects.select_for_update(of=("self",)).select_related("campaign", "task").get(pk=slot.pk)
    memberships = Membership.objects.select_for_update(of=("self",), no_key=True).order_by()
    check_can_take(by, locked.campaign, locked.kind, locked.language_id, memberships=memberships)
    _check_open(locked.campaign)
    if locked.set_aside_at and not locked.is_extra:
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
    locked.lease_until = now + locked.campaign.lease
    locked.save(update_fields=["submitted_at", "lease_until"])
    audit.record(
        "annotation.undone",
        retraction,
        workspace=locked.campaign.workspace_id,
        by=by,
        now=now,
    )
    return retraction


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
