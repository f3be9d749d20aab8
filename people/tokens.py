"""Tokens for programs: shown once, kept as a hash, expiring, scoped, revocable."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from common import audit, rows
from people.models import AccessToken, Contributor, User
from people.queries import workspaces_with_a_role

PREFIX = "isog_"
# The row is written to at most this often for being used.
USE_NOTED_EVERY = timedelta(hours=1)
# More than anybody keeps track of.
MOST_IN_FORCE = 20
LIFETIMES = (30, 90, 365)


class TooManyTokensError(Exception):
    """Somebody has as many tokens in force as anybody may have."""


def digest(token: str) -> bytes:
    """This function will return what is kept of a token. Its 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).digest()


@transaction.atomic
def make_token(
    *,
    contributor: Contributor,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime,
    now: datetime,
    by: Contributor | None = None,
) -> tuple[AccessToken, str]:
    """This function will make a token and return its row and the token itself, which is not to be had again.

    `by` is None for a command. `TooManyTokensError` where the person has twenty in force.
    """
    # Two requests at once would both count nineteen.
    Contributor.objects.select_for_update().get(pk=contributor.pk)
    if tokens_in_force(contributor, now=now).count() >= MOST_IN_FORCE:
        raise TooManyTokensError
    token = PREFIX + secrets.token_urlsafe(32)
    row = AccessToken.objects.create(
        contributor=contributor, name=name, digest=digest(token), scopes=sorted(set(scopes)),
        created_at=now, expires_at=expires_at,
    )  # fmt: skip
    _record("token.made", row, by=by, now=now, scopes=row.scopes)
    return row, token


def token_in_force(token: str, *, now: datetime) -> AccessToken | None:
    """This function will return the row of a token that may be used now, with its person; else None.

    One statement, and one an hour to note the use.
    """
    row = _read(token, now)
    if row is not None and (row.last_used_at is None or row.last_used_at < now - USE_NOTED_EVERY):
        noted = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
        AccessToken.objects.filter(noted, pk=row.pk).update(last_used_at=now)
    return row


_READ = """
SELECT t.id, t.public_id, t.contributor_id, t.name, t.scopes, t.expires_at, t.last_used_at,
    c.id, c.public_id, c.user_id, c.pseudonym, u.id, u.email, u.name, u.is_active
FROM people_accesstoken t
JOIN people_contributor c ON c.id = t.contributor_id
JOIN people_user u ON u.id = c.user_id AND u.is_active
WHERE t.digest = %s AND t.revoked_at IS NULL AND t.expires_at > %s
"""
_TOKEN = ("id", "public_id", "contributor_id", "name", "scopes", "expires_at", "last_used_at")
_CONTRIBUTOR = ("id", "public_id", "user_id", "pseudonym")
_USER = ("id", "email", "name", "is_active")


def _read(token: str, now: datetime) -> AccessToken | None:
    """Every request begins with this: without the mapper it costs a fifth."""
    with rows.cursor() as cursor:
        cursor.execute(_READ, [digest(token), now])
        found = cursor.fetchone()
    if found is None:
        return None
    row = AccessToken.from_db("default", _TOKEN, found[:7])
    row.contributor = Contributor.from_db("default", _CONTRIBUTOR, found[7:11])
    row.contributor.user = User.from_db("default", _USER, found[11:])
    return row


def tokens_in_force(contributor: Contributor, *, now: datetime) -> QuerySet[AccessToken]:
    """This function will return the tokens of somebody that are neither revoked nor expired. One statement."""
    return AccessToken.objects.filter(contributor=contributor, revoked_at=None, expires_at__gt=now)


@transaction.atomic
def revoke_token(*, token: AccessToken, now: datetime, by: Contributor | None = None) -> None:
    """This function will end a token at once; ending it twice changes nothing. `by` is None for a command."""
    if AccessToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        _record("token.revoked", token, by=by, now=now)


def _record(verb: str, token: AccessToken, *, by: Contributor | None, now: datetime, **data: object) -> None:
    """A token belongs to a person, an audit row to a workspace: each where they bear a role hears of it."""
    for workspace in workspaces_with_a_role(token.contributor):
        audit.record(verb, token, workspace=workspace, by=by, now=now, **data)
