"""How far into a queue somebody has nothing left to take: the low water of their membership.

It is a promise about everything below it, so it is only raised while nothing is being freed in the campaign,
and triggers lower it when something is (migration 0003 says how the two keep out of each other's way).
"""

from __future__ import annotations

from django.db import connection, transaction

from annotation.models import END

_TRY_LOCK = "SELECT pg_try_advisory_xact_lock_shared(annotation_cursors_of(%s))"
# `+ 0` and OFFSET as in the claim: the planner is to look at one task at a time.
_RAISE = """
UPDATE annotation_membership m SET low_water = coalesce((
    SELECT s.position FROM annotation_slot s
    WHERE s.campaign_id = %(campaign)s AND s.kind = %(kind)s AND s.language_id = %(language)s
        AND s.contributor_id IS NULL AND s.closed_at IS NULL AND s.position >= m.low_water
        AND NOT EXISTS (SELECT 1 FROM annotation_slot o
            WHERE o.task_id = s.task_id AND o.contributor_id + 0 = %(me)s OFFSET 0)
        AND NOT EXISTS (SELECT 1 FROM annotation_skip k
            WHERE k.task_id = s.task_id AND k.contributor_id + 0 = %(me)s OFFSET 0)
    ORDER BY s.position, s.id LIMIT 1), %(end)s)
WHERE m.campaign_id = %(campaign)s AND m.contributor_id = %(me)s AND m.language_id = %(language)s
"""


@transaction.atomic
def raise_low_water(*, campaign: int, kind: str, language: str, contributor: int) -> bool:
    """This function will put a person's low water at the first task they may take; False when something is being
    freed just now. A transaction of its own, two statements.

    Slots that somebody else is about to take count as free: that transaction may fail.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TRY_LOCK, [campaign])
        # The lock comes in a statement of its own: what is read has to be from after it.
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(
            _RAISE,
            {"campaign": campaign, "kind": kind, "language": language, "me": contributor, "end": END},
        )
    return True


# Held alone by whoever puts a queue of the campaign in order, from before they lock its first row.
_ORDERING = "hashtextextended('annotation.ordering/' || %s, 0)"


def hold_ordering(campaign: int) -> None:
    """This function will keep the right to put the campaign's queues in order until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({_ORDERING})", [campaign])


def wait_until_ordered(campaign: int) -> None:
    """This function will return once nobody puts a queue of the campaign in order. One statement; call it with no
    row locked."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock_shared({_ORDERING})", [campaign])
