"""Taking work and giving it back: one slot at a time, under a lease."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain, repeat
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Exists, F, FloatField, OuterRef, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Extract, Greatest, Least
from django.utils.translation import gettext as _

from annotation.actions.cursors import raise_low_water, wait_until_ordered
from annotation.actions.places import hold_place
from annotation.errors import QueueClosedError
from annotation.models import Campaign, Membership, Skip, Slot, Task
from annotation.permissions import check_can_take, standings_for
from common.conflicts import again_on_conflict
from common.rows import columns, one
from people.models import Contributor

# Another tab of the same person may take the same task between look and write; the constraint refuses the
# second, and the next task is looked for.
CLAIM_ATTEMPTS = 5
# An expired slot goes to whoever claims next; until then, and for this long, its holder may still hand in.
GRACE = timedelta(days=1)

# A person's low water is raised at every sixteenth place they come to: their own tasks since then are looked past.
STRIDE = 16

# `+ 0` and OFFSET keep the planner to the slots of one task: with figures from before a person's 20,000 tasks it
# would read all of those for each slot.
# In order: what they hold, what somebody let run out, what nobody had. Without a place in the campaign, nothing;
# the function waits for whoever withdraws it, and reads it as it is after that.
# Whether the flags of a task are shown: null stays null, what nobody sees yet.
_SHOWN = """(CASE WHEN %(flags)s::boolean THEN NOT (
    SELECT k.flags_hidden FROM annotation_task k WHERE k.id = annotation_slot.task_id)
    ELSE %(flags)s::boolean END)"""
_CLAIM = f"""
WITH me AS MATERIALIZED (
    SELECT low_water, CASE WHEN %(opened)s::timestamptz IS NOT NULL THEN (
        SELECT g.id FROM annotation_guidelineversion g WHERE g.campaign_id = %(campaign)s
        ORDER BY g.number DESC LIMIT 1) END AS guideline
    FROM annotation_place(%(campaign)s, %(me)s, %(language)s) WHERE standing = ANY(%(standings)s)
), held AS (
    UPDATE annotation_slot SET
        lease_until = %(until)s, opened_at = coalesce(opened_at, %(opened)s),
        flags_shown = coalesce(flags_shown, {_SHOWN}),
        guideline_id = coalesce(guideline_id, (SELECT guideline FROM me))
    WHERE EXISTS (SELECT 1 FROM me) AND id = (
        SELECT s.id FROM annotation_slot s
        WHERE s.contributor_id = %(me)s AND s.campaign_id = %(campaign)s AND s.kind = %(kind)s
            AND s.language_id = %(language)s AND s.submitted_at IS NULL
        ORDER BY s.claimed_at, s.id LIMIT 1 FOR UPDATE)
    RETURNING *
), taken AS (
    UPDATE annotation_slot SET
        contributor_id = %(me)s, claimed_at = %(now)s, lease_until = %(until)s, active_ms = 0,
        opened_at = %(opened)s, flags_shown = {_SHOWN}, guideline_id = (SELECT guideline FROM me)
    WHERE EXISTS (SELECT 1 FROM me) AND NOT EXISTS (SELECT 1 FROM held) AND id = coalesce((
        SELECT s.id FROM annotation_slot s
        WHERE s.campaign_id = %(campaign)s AND s.kind = %(kind)s AND s.language_id = %(language)s
            AND s.contributor_id IS NOT NULL AND s.submitted_at IS NULL AND s.closed_at IS NULL
            AND s.lease_until < %(now)s AND NOT EXISTS (SELECT 1 FROM annotation_slot o
                WHERE o.task_id = s.task_id AND o.contributor_id + 0 = %(me)s OFFSET 0)
            AND NOT EXISTS (SELECT 1 FROM annotation_skip k
                WHERE k.task_id = s.task_id AND k.contributor_id + 0 = %(me)s OFFSET 0)
        ORDER BY s.position, s.id LIMIT 1 FOR UPDATE SKIP LOCKED
    ), (
        SELECT s.id FROM annotation_slot s
        WHERE s.campaign_id = %(campaign)s AND s.kind = %(kind)s AND s.language_id = %(language)s
            AND s.contributor_id IS NULL AND s.closed_at IS NULL
            AND s.position >= (SELECT low_water FROM me) AND NOT EXISTS (SELECT 1 FROM annotation_slot o
                WHERE o.task_id = s.task_id AND o.contributor_id + 0 = %(me)s OFFSET 0)
            AND NOT EXISTS (SELECT 1 FROM annotation_skip k
                WHERE k.task_id = s.task_id AND k.contributor_id + 0 = %(me)s OFFSET 0)
        ORDER BY s.position, s.id LIMIT 1 FOR UPDATE SKIP LOCKED))
    RETURNING *
)
SELECT {columns(Slot, "s")} FROM (SELECT * FROM held UNION ALL SELECT * FROM taken) s
"""  # noqa: S608 (names of ours)


def claim(
    *, campaign: Campaign, kind: str, language: str, by: Contributor, now: datetime, opens: bool = False
) -> Slot | None:
    """This function will return the slot `by` works on next, leased; None when nothing is left for them.

    Somebody who holds a slot of this queue gets that one again, with a new lease. `opens` where they see it at
    once, as by `open_slot`. Not to be called inside a transaction: it is one or more of its own. One statement, two
    more at every sixteenth, five more where nothing is left. Raises `PermissionDenied` and `QueueClosedError`.
    """
    if campaign.paused_at or campaign.closed_at:
        check_can_take(by, campaign, kind, language)
        raise QueueClosedError(_("This campaign is paused or closed. Nothing can be taken from it now."))
    wanted = {
        "me": by.pk, "now": now, "until": now + campaign.lease, "campaign": campaign.pk, "kind": kind,
        "language": language, "standings": standings_for(campaign, kind), "opened": now if opens else None,
        "flags": campaign.show_flags if opens else None,
    }  # fmt: skip
    slot = _taken(wanted)
    if slot is not None:
        slot.campaign, slot.contributor = campaign, by
    else:
        check_can_take(by, campaign, kind, language)
    if slot is None or slot.position % STRIDE == 0:
        raise_low_water(campaign=campaign.pk, kind=kind, language=language, contributor=by.pk)
    return slot


def _taken(wanted: dict[str, Any]) -> Slot | None:
    # Two tabs of one person may meet again and again: whoever was second waits for the other from then on.
    alone = chain([False], repeat(True))
    return again_on_conflict(lambda: _take(wanted, alone=next(alone)), attempts=CLAIM_ATTEMPTS)


def _take(wanted: dict[str, Any], *, alone: bool) -> Slot | None:
    """The one statement is a transaction of its own, and mostly all there is."""
    slot = None if alone else one(_CLAIM, wanted, Slot)
    return slot or _take_after_waiting(wanted, alone=alone)


@transaction.atomic
def _take_after_waiting(wanted: dict[str, Any], *, alone: bool) -> Slot | None:
    """Waiting comes in statements before: what is read has to be from after the locks. All slots are locked while
    their queue is put in order, and looked past as if they were taken."""
    if alone:
        hold_place(wanted["campaign"], wanted["me"])
    wait_until_ordered(wanted["campaign"])
    return one(_CLAIM, wanted, Slot)


_OPEN = f"""
UPDATE annotation_slot SET opened_at = %(now)s, flags_shown = {_SHOWN}, guideline_id = (
    SELECT id FROM annotation_guidelineversion WHERE campaign_id = %(campaign)s ORDER BY number DESC LIMIT 1)
WHERE id = %(slot)s AND contributor_id = %(me)s AND opened_at IS NULL AND submitted_at IS NULL
RETURNING {columns(Slot, "annotation_slot")}
"""  # noqa: S608 (names of ours)


def open_slot(*, slot: Slot, by: Contributor, now: datetime) -> Slot:
    """This function will note what a person is about to see: when, with flags or not, under which guidelines.

    Returns the slot as it is then. One statement, two where there was nothing to note.
    """
    said = {
        "now": now, "flags": slot.campaign.show_flags, "campaign": slot.campaign_id, "slot": slot.pk, "me": by.pk,
    }  # fmt: skip
    opened = one(_OPEN, said, Slot) or Slot.objects.get(pk=slot.pk)
    opened.campaign = slot.campaign
    return opened


def heartbeat(*, slot: Slot, active_ms: int, by: Contributor, now: datetime) -> bool:
    """This function will extend the lease and add active time; False when the slot is no longer theirs, or they
    may no longer take it. One statement.

    `active_ms` is what the page counted since its last heartbeat; the sum never exceeds the time since the
    claim, whatever a page says.
    """
    place = Membership.objects.filter(
        campaign=OuterRef("campaign"), contributor=by, language=OuterRef("language"), withdrawn_at=None,
        standing__in=standings_for(slot.campaign, slot.kind),
    )  # fmt: skip
    return bool(
        Slot.objects.filter(Exists(place), pk=slot.pk, contributor=by, submitted_at=None).update(
            lease_until=now + slot.campaign.lease, active_ms=counted(active_ms, now)
        )
    )


def counted(active_ms: int, now: datetime) -> Combinable:
    """This function will return what the active time of a slot becomes with `active_ms` more: at most the time since
    its claim."""
    since = Extract(Value(now) - F("claimed_at"), "epoch", output_field=FloatField())
    most = Cast(since * 1000, BigIntegerField())
    return Greatest(F("active_ms"), Least(F("active_ms") + max(0, active_ms), most))


def give_back(*, slot: Slot, by: Contributor) -> bool:
    """This function will free a slot that `by` holds; False when it is not theirs or already submitted."""
    return bool(Slot.objects.filter(pk=slot.pk, contributor=by, submitted_at=None).update(**FREE))


FREE = {
    "contributor": None, "claimed_at": None, "lease_until": None, "opened_at": None, "active_ms": 0,
    "flags_shown": None, "guideline": None,
}  # fmt: skip


@transaction.atomic
def skip(*, slot: Slot, reason: str, by: Contributor, now: datetime) -> bool:
    """This function will free a slot and keep its task away from `by` for good; the reason goes to the lead."""
    # The row that is kept locks the task at the end; tasks come before slots.
    list(Task.objects.filter(pk=slot.task_id).select_for_update(no_key=True).values_list("pk"))
    if not give_back(slot=slot, by=by):
        return False
    Skip.objects.get_or_create(
        task_id=slot.task_id,
        contributor=by,
        defaults={"reason": reason[:500], "skipped_at": now},
    )
    return True


@transaction.atomic
def free_expired_leases(*, now: datetime) -> int:
    """This function will free the slots whose lease ran out a day ago or more, and return how many.

    Claims take expired slots without it. Until somebody does, what is known of the holder's work (opened when,
    with which flags and guidelines, for how long) stays with the slot, since they may still hand it in. A slot
    that somebody works on at this moment is left for the next time.
    """
    expired = Slot.objects.filter(submitted_at=None, lease_until__lt=now - GRACE)
    late = list(expired.select_for_update(skip_locked=True).values_list("pk", flat=True))
    return Slot.objects.filter(pk__in=late).update(**FREE)
