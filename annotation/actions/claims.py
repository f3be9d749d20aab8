"""Taking work and giving it back: one slot at a time, under a lease."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.db.models.functions import Least
from django.utils.translation import gettext as _

from annotation.errors import QueueClosedError
from annotation.models import Campaign, GuidelineVersion, Skip, Slot
from annotation.permissions import can_take, check_can_take
from people.models import Contributor

# Another tab of the same person may take the same task between look and write; the constraint refuses the
# second, and the next task is looked for.
CLAIM_ATTEMPTS = 5
# An expired slot goes to whoever claims next; until then, and for this long, its holder may still hand in.
GRACE = timedelta(days=1)

_CLAIM = """
UPDATE annotation_slot SET
    contributor_id = %(me)s, claimed_at = %(now)s, lease_until = %(until)s, opened_at = NULL, active_ms = 0,
    flags_shown = NULL, guideline_id = NULL
WHERE id = (
    SELECT s.id FROM annotation_slot s
    WHERE s.campaign_id = %(campaign)s AND s.kind = %(kind)s AND s.language_id = %(language)s
        AND s.submitted_at IS NULL AND s.closed_at IS NULL AND (s.contributor_id IS NULL OR s.lease_until < %(now)s)
        AND NOT EXISTS (SELECT 1 FROM annotation_slot o
            WHERE o.task_id = s.task_id AND o.contributor_id = %(me)s)
        AND NOT EXISTS (SELECT 1 FROM annotation_skip k
            WHERE k.task_id = s.task_id AND k.contributor_id = %(me)s)
    ORDER BY s.position, s.id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def claim(*, campaign: Campaign, kind: str, language: str, by: Contributor, now: datetime) -> Slot | None:
    """This function will return the slot `by` works on next, leased; None when nothing is left for them.

    Somebody who holds a slot of this queue gets that one again, with a new lease. Raises `PermissionDenied`
    and `QueueClosedError`.
    """
    check_can_take(by, campaign, kind, language)
    if campaign.paused_at or campaign.closed_at:
        raise QueueClosedError(_("This campaign is paused or closed. Nothing can be taken from it now."))
    until = now + timedelta(minutes=campaign.lease_minutes)
    held = _renew_held(campaign, kind, language, by, until)
    return held or _take_next(campaign, kind, language, by, now, until)


def _renew_held(
    campaign: Campaign, kind: str, language: str, by: Contributor, until: datetime
) -> Slot | None:
    with transaction.atomic():
        slot = (
            Slot.objects.select_for_update()
            .filter(
                campaign=campaign,
                kind=kind,
                language=language,
                contributor=by,
                submitted_at=None,
            )
            .order_by("claimed_at", "id")
            .first()
        )
        if slot is not None:
            slot.lease_until = until
            slot.save(update_fields=["lease_until"])
        return slot


def _take_next(
    campaign: Campaign,
    kind: str,
    language: str,
    by: Contributor,
    now: datetime,
    until: datetime,
) -> Slot | None:
    wanted: dict[str, int | str | datetime] = {
        "me": by.pk, "now": now, "until": until, "campaign": campaign.pk, "kind": kind, "language": language,
    }  # fmt: skip
    for attempt in range(CLAIM_ATTEMPTS):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(_CLAIM, wanted)
                row = cursor.fetchone()
                return Slot.objects.get(pk=row[0]) if row else None
        except IntegrityError:
            if attempt + 1 == CLAIM_ATTEMPTS:
                raise
    return None


@transaction.atomic
def open_slot(*, slot: Slot, by: Contributor, now: datetime) -> Slot:
    """This function will note what a person is about to see: when, with flags or not, under which guidelines."""
    slot = Slot.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=slot.pk)
    if slot.contributor_id == by.pk and slot.opened_at is None and slot.submitted_at is None:
        slot.opened_at = now
        slot.flags_shown = slot.campaign.show_flags
        slot.guideline = GuidelineVersion.objects.filter(campaign=slot.campaign).latest("number")
        slot.save(update_fields=["opened_at", "flags_shown", "guideline"])
    return slot


@transaction.atomic
def heartbeat(*, slot: Slot, active_ms: int, by: Contributor, now: datetime) -> bool:
    """This function will extend the lease and add active time; False when the slot is no longer theirs.

    `active_ms` is what the page counted since its last heartbeat; the sum never exceeds the time since the
    claim, whatever a page says.
    """
    held = (
        Slot.objects.select_related("campaign").filter(pk=slot.pk, contributor=by, submitted_at=None).first()
    )
    if held is None or not can_take(by, held.campaign, held.kind, held.language_id):
        return False
    most = max(0, int((now - held.claimed_at).total_seconds() * 1000)) if held.claimed_at else 0
    return bool(
        Slot.objects.filter(pk=slot.pk, contributor=by, submitted_at=None).update(
            lease_until=now + timedelta(minutes=held.campaign.lease_minutes),
            active_ms=Least(F("active_ms") + max(0, active_ms), most),
        )
    )


def give_back(*, slot: Slot, by: Contributor) -> bool:
    """This function will free a slot that `by` holds; False when it is not theirs or already submitted."""
    return bool(Slot.objects.filter(pk=slot.pk, contributor=by, submitted_at=None).update(**_FREE))


_FREE = {
    "contributor": None, "claimed_at": None, "lease_until": None, "opened_at": None, "active_ms": 0,
    "flags_shown": None, "guideline": None,
}  # fmt: skip


@transaction.atomic
def skip(*, slot: Slot, reason: str, by: Contributor, now: datetime) -> bool:
    """This function will free a slot and keep its task away from `by` for good; the reason goes to the lead."""
    if not give_back(slot=slot, by=by):
        return False
    Skip.objects.get_or_create(
        task_id=slot.task_id,
        contributor=by,
        defaults={"reason": reason[:500], "skipped_at": now},
    )
    return True


def free_expired_leases(*, now: datetime) -> int:
    """This function will free the slots whose lease ran out a day ago or more, and return how many.

    Claims take expired slots without it. Until somebody does, what is known of the holder's work (opened when,
    with which flags and guidelines, for how long) stays, since they may still hand it in.
    """
    return Slot.objects.filter(submitted_at=None, lease_until__lt=now - GRACE).update(**_FREE)
