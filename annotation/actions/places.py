"""Who takes work under their place in a campaign, and whoever withdraws that place, wait for each other.

A statement that began before a withdrawal sees the place as it was: without waiting, what it takes would stay with
somebody who may hand nothing in. The lock comes before every row: before slots and memberships.
"""

from __future__ import annotations

from django.db import connection


def hold_place(campaign: int, contributor: int) -> None:
    """This function will wait until nobody takes work for a person in a campaign, and keep it so until the
    transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(annotation_place_of(%s, %s))", [campaign, contributor])


def share_place(campaign: int, contributor: int) -> None:
    """This function will wait until nobody withdraws a person's place in a campaign, and keep it so until the
    transaction ends; claims do so in their own statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(annotation_place_of(%s, %s))", [campaign, contributor]
        )
