"""Tokens for programs: shown once, kept as a hash, expiring, scoped, revocable."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from people.models import AccessToken, Contributor

PREFIX = "isog_"
# The row is written to at most this often for being used.
USE_NOTED_EVERY = timedelta(hours=1)


def digest(token: str) -> bytes:
    """This function will return what is kept of a token. Its 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).digest()


@transaction.atomic
def make_token(
    *, contributor: Contributor, name: str, scopes: Sequence[str], expires_at: datetime, now: datetime
) -> tuple[AccessToken, str]:
    """This function will make a token and return its row and the token itself, which is not to be had again."""
    token = PREFIX + secrets.token_urlsafe(32)
    row = AccessToken.objects.create(
        contributor=contributor, name=name, digest=digest(token), scopes=sorted(set(scopes)),
        created_at=now, expires_at=expires_at,
    )  # fmt: skip
    return row, token


def token_in_force(token: str, *, now: datetime) -> AccessToken | None:
    """This function will return the row of a token that may be used now, with its person; else None.

    One statement, and one an hour to note the use.
    """
    row = (
        AccessToken.objects.select_related("contributor__user")
        .filter(digest=digest(token), revoked_at=None, expires_at__gt=now, contributor__user__is_active=True)
        .first()
    )
    if row is not None and (row.last_used_at is None or row.last_used_at < now - USE_NOTED_EVERY):
        noted = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
        AccessToken.objects.filter(noted, pk=row.pk).update(last_used_at=now)
    return row


def revoke_token(*, token: AccessToken, now: datetime) -> None:
    """This function will end a token at once; ending it twice changes nothing."""
    AccessToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)
