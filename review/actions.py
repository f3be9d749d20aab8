"""Deciding on a task. Each decision is one new row; a later one names the row it replaces."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from annotation.actions.campaigns import add_slot
from annotation.actions.closing import close_slots, open_slots, set_aside
from annotation.labels import Verdict, VerificationAnswer, check_verification
from annotation.models import Annotation, Kind, Slot, Task
from common import audit
from common.conflicts import again_on_conflict
from corpus.actions.post_edits import add_post_edit
from corpus.models import TranslationVersion
from corpus.text import unstorable
from people.models import Contributor
from review.cases import Seen, judgements_to_pick, last_settlement, seen_now, translation_of
from review.errors import CaseChangedError, SettledMeanwhileError, SettlementError
from review.models import Settlement
from review.permissions import check_can_settle
from review.standing import excluded_everywhere, settlements_in_force

Outcome = Settlement.Outcome
# Code points of a reason.
REASON_AT_MOST = 5000
# Whoever writes a task and its slots in another order may stand in the way; a decision is not to be the one lost.
SETTLE_ATTEMPTS = 2


def settle(
    *,
    task: Task,
    outcome: str,
    picked: Annotation | None = None,
    fields: Mapping[str, str] | None = None,
    start: Annotation | None = None,
    reason: str,
    by: Contributor,
    now: datetime,
    seen: Seen | None = None,
) -> Settlement:
    """This function will decide on a verification task and return the row; the decision before it is replaced.

    Slots that the decision makes needless are closed, those that it wants again are opened; sending back sets
    the judgements aside.

    `picked` goes with the outcome pick, `fields` (every field, byte for byte) with write, which stands on the version
    that the judgement `start` judged, the one offered without. `seen` is what the
    reviewer looked at; without it only a task on which no decision stands can be settled. Raises
    `PermissionDenied`, `SettlementError` (of its kinds `SettledMeanwhileError` and `CaseChangedError`) and
    `LabelError`; then nothing is written.
    """
    return again_on_conflict(
        lambda: _settle(task, outcome, picked, start, fields, reason, by, now, seen),
        attempts=SETTLE_ATTEMPTS,
    )


@transaction.atomic
def _settle(
    task: Task, outcome: str, picked: Annotation | None, start: Annotation | None,
    fields: Mapping[str, str] | None, reason: str, by: Contributor, now: datetime, seen: Seen | None,
) -> Settlement:  # fmt: skip
    everywhere = _reaches_everywhere(task, outcome)
    locked = _lock(task, everywhere=everywhere)
    check_can_settle(by, locked, outcome)
    _check_decision(locked, outcome, picked, start, reason)
    _check_seen(locked, seen)
    judged = _judged(locked, picked or start)
    settlement = Settlement.objects.create(
        task=locked,
        replaces=last_settlement(locked),
        outcome=outcome,
        picked=picked,
        result_version=_text(outcome, locked, judged, picked, fields, by, now),
        translation_version=judged,
        item_version_id=locked.item.current_version_id,
        reason=reason,
        decided_by=by,
        decided_at=now,
    )
    if outcome == Outcome.SEND_BACK:
        set_aside(task=locked, now=now)
        add_slot(task=locked, by=by, now=now)
    _close_and_open(locked, everywhere=everywhere, now=now)
    audit.record(
        "task.settled", settlement, workspace=locked.campaign.workspace_id, by=by, now=now,
        task=locked.pk, outcome=outcome,
    )  # fmt: skip
    return settlement


def _judged(task: Task, by: Annotation | None) -> TranslationVersion:
    """A decision is about the text that it takes or starts from; of several systems' it may be another's."""
    if by is not None and by.translation_version is not None:
        return by.translation_version
    return translation_of(task).current_version


def _reaches_everywhere(task: Task, outcome: str) -> bool:
    """Leaving an item out in all languages, and letting it in again, is about every task of the item."""
    last = last_settlement(task)
    return Outcome.EXCLUDE_ALL in (outcome, last.outcome if last else "")


def _tasks(task: Task, *, everywhere: bool) -> QuerySet[Task]:
    if everywhere:
        return Task.objects.filter(campaign=task.campaign_id, item=task.item_id)
    return Task.objects.filter(pk=task.pk)


def _lock(task: Task, *, everywhere: bool) -> Task:
    """Decisions on one task wait for each other; what is handed in meanwhile waits for the decision.

    Tasks come before slots, each in the order of their ids: whoever locks both in another order would deadlock.
    """
    tasks = _tasks(task, everywhere=everywhere).select_for_update(no_key=True).order_by("pk")
    ids = list(tasks.values_list("pk", flat=True))
    list(Slot.objects.filter(task__in=ids).select_for_update().order_by("pk").values_list("pk"))
    return Task.objects.select_related("campaign", "item__current_version").get(
        pk=task.pk, kind=Kind.VERIFICATION
    )


def _close_and_open(task: Task, *, everywhere: bool, now: datetime) -> None:
    """A sensitivity task is never settled: it closes with its item, when that is left out everywhere."""
    ids = set(_tasks(task, everywhere=everywhere).values_list("pk", flat=True))
    of_the_item = settlements_in_force().filter(task__campaign=task.campaign_id, task__item=task.item_id)
    if of_the_item.filter(outcome=Outcome.EXCLUDE_ALL).exists():
        needless = ids
    else:
        needless = ids & set(of_the_item.values_list("task", flat=True))
    close_slots(tasks=needless, now=now)
    open_slots(tasks=ids - needless)


def _check_decision(
    task: Task, outcome: str, picked: Annotation | None, start: Annotation | None, reason: str
) -> None:
    if outcome not in Outcome.values:
        raise SettlementError(
            _("“%(value)s” is no decision. Choose one of those offered.") % {"value": outcome}
        )
    if not reason.strip():
        raise SettlementError(_("Say why: whoever reads this later has only your reason to go by."))
    _check_reason(reason)
    if (picked is not None) != (outcome == Outcome.PICK):
        raise SettlementError(_("Choose the judgement to take, or another decision."))
    taken = picked or start
    if taken is not None and not judgements_to_pick(task).filter(pk=taken.pk).exists():
        raise CaseChangedError(_("This judgement was taken back or replaced. Look at the task again."))
    if picked is not None and picked.result_version_id is None:
        raise SettlementError(_("This judgement has no text to take. Write one, or choose another decision."))
    if outcome == Outcome.SEND_BACK and task.campaign.closed_at:
        raise SettlementError(
            _("The campaign is closed: nobody can judge this again. Choose another decision.")
        )


def _check_reason(reason: str) -> None:
    if len(reason) > REASON_AT_MOST:
        raise SettlementError(
            _("Your reason has %(length)d characters. Say it in %(most)d at most.")
            % {"length": len(reason), "most": REASON_AT_MOST}
        )
    if unstorable(reason):
        raise SettlementError(
            _("Your reason holds a NUL or half a character, which cannot be kept. Type it anew.")
        )


def _check_seen(task: Task, seen: Seen | None) -> None:
    if seen is None:
        if settlements_in_force().filter(task=task).exists():
            raise SettledMeanwhileError(_("This task is settled already. Look at the decision first."))
        return
    found = seen_now(task)
    if found.settlement != seen.settlement:
        raise SettledMeanwhileError(
            _("This task was settled while you looked at it. Look at that decision before you replace it.")
        )
    if (found.item_version, found.translation_version) != (seen.item_version, seen.translation_version):
        raise CaseChangedError(_("The text was replaced while you looked at it. Look at the new one."))
    if found.judgements != seen.judgements:
        raise CaseChangedError(
            _("A judgement was handed in or taken back while you looked at this task. Look at all of them.")
        )


def _text(
    outcome: str,
    task: Task,
    judged: TranslationVersion,
    picked: Annotation | None,
    fields: Mapping[str, str] | None,
    by: Contributor,
    now: datetime,
) -> TranslationVersion | None:
    if picked is not None:
        return picked.result_version
    if outcome != Outcome.WRITE:
        return None
    fields = fields or {}
    if fields == judged.fields and judged.item_version_id == task.item.current_version_id:
        # The reviewer stands behind the imported text: it needs no copy.
        return judged
    if fields != judged.fields:
        check_verification(VerificationAnswer(Verdict.EDIT, fields), judged.fields)
    return add_post_edit(base=judged, fields=fields, by=by, now=now)


@transaction.atomic
def open_undecided(*, benchmark_id: int | None = None) -> int:
    """This function will give out again the slots that a decision had closed which stands no more, of one benchmark
    or of all, and return how many. Safe to run at any time: news of replaced texts can be lost with a process.
    """
    tasks = _undecided()
    if benchmark_id is not None:
        tasks = tasks.filter(campaign__benchmark=benchmark_id)
    ids = list(tasks.values_list("pk", flat=True))
    # Whoever settles one of them meanwhile is waited for, and what they decided shows in the next statement alone.
    list(Task.objects.filter(pk__in=ids).select_for_update(no_key=True).order_by("pk").values_list("pk"))
    return open_slots(tasks=list(_undecided().filter(pk__in=ids).values_list("pk", flat=True)))


def _undecided() -> QuerySet[Task]:
    decided = settlements_in_force().filter(task=OuterRef("pk"))
    closed = Slot.objects.filter(task=OuterRef("pk"), closed_at__isnull=False, number__isnull=False)
    return Task.objects.filter(Exists(closed), ~Exists(decided), ~excluded_everywhere())
