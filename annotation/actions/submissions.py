"""Handing in judgements, and taking them back. Each is one new row; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from annotation.actions.places import share_place
from annotation.errors import (
    HandedInError,
    NothingToUndoError,
    QueueClosedError,
    SlotLostError,
    TextReplacedError,
)
from annotation.labels import (
    LabelError,
    SensitivityAnswers,
    Verdict,
    VerificationAnswer,
    check_note,
    check_sensitivity,
    check_verification,
    gettext_noop,
)
from annotation.models import (
    Annotation,
    Campaign,
    Kind,
    Membership,
    PastHold,
    Slot,
    SourceReport,
    Task,
)
from annotation.permissions import check_can_take, check_membership
from common import audit
from common.conflicts import again_on_conflict
from common.rows import columns, cursor, first, insert
from corpus.actions.post_edits import add_post_edit
from corpus.countries import COUNTRIES
from corpus.models import ItemVersion, Translation, TranslationVersion
from people.models import Contributor

NOT_OFFERED = gettext_noop("“%(value)s” is none of the translations offered here.")


@dataclass(frozen=True, slots=True)
class Handed:
    """What comes with every submission: the page's key for it, the version numbers it showed, the active time in
    milliseconds since the last heartbeat, and whose translation was judged."""

    key: UUID
    item_version: int
    translation_version: int | None = None
    active_ms: int = 0
    # The system whose translation was judged, where several are there to choose from; empty for the one offered.
    system: str = ""


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
    (`place_of` says which). The same again returns the row that is there, under another key only until that row
    is taken back. Five statements; four more for an edit.
    Raises `PermissionDenied`, `QueueClosedError`, `SlotLostError`, `HandedInError`, `TextReplacedError` and
    `LabelError`; then nothing is written.
    """
    said = {
        "verdict": answer.verdict.value,
        "reason": answer.reason,
        "severity": answer.severity,
        "note": answer.note,
    }

    def judge(ground: _Ground) -> dict[str, Any]:
        judged = ground.translation_version
        if judged is None and handed.system:
            raise LabelError("system", NOT_OFFERED, value=handed.system)
        if judged is None:
            raise Translation.DoesNotExist(f"slot {slot.pk} has no translation by the system that is offered")
        _check_versions(handed, ground.item_version, judged)
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
        return (
            _says(before, said)
            and _judged_system(before) == (handed.system or before.slot.task.system)
            and (answer.verdict is not Verdict.EDIT or texts == dict(answer.fields or {}))
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

    def judge(ground: _Ground) -> dict[str, Any]:
        _check_versions(handed, ground.item_version, None)
        check_note(note)
        check_sensitivity(answers, ground.item_version.fields.get("question", ""), COUNTRIES)
        return said

    return _submit(
        _Submission(slot, Kind.SENSITIVITY, handed, by, now, judge, lambda before: _says(before, said))
    )


def _judged_system(before: Annotation) -> str:
    judged = before.translation_version
    return judged.translation.system if judged else ""


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
    judge: Callable[[_Ground], dict[str, Any]]
    is_same: Callable[[Annotation], bool]


# Another request of the same person may take a slot of the same task between look and write: look again.
SUBMIT_ATTEMPTS = 3


def _submit(sent: _Submission) -> Annotation:
    return again_on_conflict(lambda: _keep(sent), attempts=SUBMIT_ATTEMPTS)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a judgement stands on, read once its slot is locked: under which membership it is handed in, what stands
    before it (`twin` came under the same key, `last` is the end of the slot's chain) and the texts that count."""

    membership: Membership
    item_version: ItemVersion
    translation_version: TranslationVersion | None
    guideline: int
    twin: int | None
    last: int | None


@transaction.atomic
def _keep(sent: _Submission) -> Annotation:
    """Rights are looked at again here: they may have gone since the claim. The membership stays locked, so that
    nothing is handed in under one that is being withdrawn; it comes after the slots, as for everybody."""
    held = _held(sent) or _take_for_late_work(sent)
    ground = _ground(sent, held)
    if ground.twin is not None:
        return _again(sent, ground.twin)
    _check_open(held.campaign)
    if held.submitted_at and ground.last is not None:
        return _again(sent, ground.last)
    return _append(sent, held, ground)


_HELD = f"""
SELECT {columns(Slot, "s")}, {columns(Campaign, "c")}, {columns(Task, "k")}
FROM annotation_slot s
JOIN annotation_campaign c ON c.id = s.campaign_id
JOIN annotation_task k ON k.id = s.task_id
WHERE s.task_id = %s AND s.kind = %s AND s.contributor_id = %s
FOR UPDATE OF s
"""  # noqa: S608 (names of ours)


def _held(sent: _Submission) -> Slot | None:
    """Whoever lost their slot may have taken another of the same task since."""
    found = first(_HELD, [sent.slot.task_id, sent.kind, sent.by.pk], Slot, Campaign, Task)
    if found is None:
        return None
    slot: Slot = found[0]
    _, slot.campaign, slot.task = found
    return slot


# Each row of a chain comes after the one it corrects.
_GROUND = f"""
SELECT {columns(Membership, "m")}, {columns(ItemVersion, "iv")}, {columns(TranslationVersion, "v")},
    coalesce(%(guideline)s::bigint, (SELECT g.id FROM annotation_guidelineversion g
        WHERE g.campaign_id = m.campaign_id ORDER BY g.number DESC LIMIT 1)),
    (SELECT a.id FROM annotation_annotation a WHERE a.key = %(key)s AND a.contributor_id = m.contributor_id),
    (SELECT a.id FROM annotation_annotation a WHERE a.slot_id = %(slot)s ORDER BY a.id DESC LIMIT 1)
FROM annotation_membership m
JOIN corpus_item i ON i.id = %(item)s
JOIN corpus_itemversion iv ON iv.id = i.current_version_id
LEFT JOIN corpus_translation t
    ON t.item_id = i.id AND t.language_id = m.language_id AND t.system = %(offered)s AND (%(system)s = '' OR EXISTS (
        SELECT 1 FROM annotation_campaignlanguage l WHERE l.campaign_id = m.campaign_id
            AND l.language_id = m.language_id AND %(system)s = ANY(l.systems)))
LEFT JOIN corpus_translationversion v ON v.id = t.current_version_id
WHERE m.campaign_id = %(campaign)s AND m.contributor_id = %(me)s AND m.language_id = %(language)s
    AND m.withdrawn_at IS NULL
FOR NO KEY UPDATE OF m
"""  # noqa: S608 (names of ours)


def _ground(sent: _Submission, held: Slot) -> _Ground:
    """Read after the slot's lock, in a statement of its own: who was waited for may have handed in or replaced
    a text. A text that is replaced while the membership is waited for is judged as it was; `stale` finds that."""
    said = {
        "campaign": held.campaign_id, "me": sent.by.pk, "language": held.language_id, "slot": held.pk,
        "item": held.task.item_id, "key": sent.handed.key, "guideline": held.guideline_id,
        "system": _other_system(sent, held), "offered": sent.handed.system or held.task.system,
    }  # fmt: skip
    found = first(_GROUND, said, Membership, ItemVersion, TranslationVersion)
    check_membership(found[0] if found else None, held.campaign, sent.kind)
    assert found is not None
    membership, item, translation, guideline, twin, last = found
    return _Ground(membership, item, translation, guideline, twin, last)


def _other_system(sent: _Submission, held: Slot) -> str:
    return "" if sent.handed.system == held.task.system else sent.handed.system


def _again(sent: _Submission, before: int) -> Annotation:
    row = Annotation.objects.select_related(
        "slot__task", "result_version", "translation_version__translation"
    ).get(pk=before)
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
        .select_related("campaign", "task")
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
    task = Task.objects.select_related("campaign").get(pk=slot.task_id)
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
    _check_versions(handed, slot.task.item.current_version, judged)


def _check_versions(handed: Handed, item: ItemVersion, translation: TranslationVersion | None) -> None:
    if item.number != handed.item_version:
        raise TextReplacedError(_("The source text was replaced while you worked. Look at the new one."))
    if translation is not None and translation.number != handed.translation_version:
        raise TextReplacedError(_("The translation was replaced while you worked. Look at the new one."))


def tips(annotations: QuerySet[Annotation]) -> QuerySet[Annotation]:
    """This function will narrow to the end of each slot's chain that is a judgement, not a retraction."""
    # Not `corrected_by=None`: the planner takes that outer join for a single row.
    later = Annotation.objects.filter(corrects=OuterRef("pk"))
    return annotations.filter(~Exists(later), retraction="")


_HAND_IN = "UPDATE annotation_slot SET submitted_at = %s, active_ms = %s WHERE id = %s"


def _append(sent: _Submission, slot: Slot, ground: _Ground) -> Annotation:
    slot.submitted_at, slot.active_ms = sent.now, _active_ms(slot, sent)
    annotation = Annotation(
        slot=slot,
        contributor=sent.by,
        standing=ground.membership.standing,
        corrects_id=ground.last,
        item_version=ground.item_version,
        flags_shown=slot.shows_flags,
        guideline_id=ground.guideline,
        active_ms=slot.active_ms,
        key=sent.handed.key,
        submitted_at=sent.now,
        **sent.judge(ground),
    )
    insert(annotation)
    with cursor() as sending:
        sending.execute(_HAND_IN, [slot.submitted_at, slot.active_ms, slot.pk])
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
