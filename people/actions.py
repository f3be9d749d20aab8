"""Writes of people: accounts, contributors, roles."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from common import audit
from common.models import Language, Workspace
from people.models import Contributor, Role, User

# Crockford's base 32: no letter that is read as another.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def make_contributor(*, user: User, now: datetime) -> Contributor:
    """This function will give an account its pseudonymous contributor; the same one when it has one already."""
    pseudonym = "c-" + "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return Contributor.objects.get_or_create(user=user, defaults={"pseudonym": pseudonym, "created_at": now})[
        0
    ]


@transaction.atomic
def create_account(*, email: str, name: str, password: str | None, now: datetime) -> Contributor:
    """This function will make an account and its contributor; `IntegrityError` where the address is taken."""
    user = User.objects.create_user(email, password, name=name)
    return make_contributor(user=user, now=now)


@transaction.atomic
def grant_role(
    *,
    contributor: Contributor,
    workspace: Workspace,
    name: str,
    language: Language | None = None,
    by: Contributor | None,
    now: datetime,
) -> Role:
    """This function will give a role in a workspace; giving it twice changes nothing."""
    role, created = Role.objects.get_or_create(
        contributor=contributor,
        workspace=workspace,
        name=name,
        language=language,
        withdrawn_at=None,
        defaults={"granted_at": now},
    )
    if created:
        audit.record("role.granted", role, workspace=workspace, by=by, now=now, role=name)
    return role


@transaction.atomic
def withdraw_role(*, role: Role, by: Contributor | None, now: datetime) -> None:
    """This function will end a role; work already submitted stays."""
    Role.objects.filter(pk=role.pk, withdrawn_at=None).update(withdrawn_at=now)
    audit.record(
        "role.withdrawn",
        role,
        workspace=role.workspace_id,
        by=by,
        now=now,
        role=role.name,
    )
