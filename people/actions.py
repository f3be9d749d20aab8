"""Writes of people: accounts, contributors, roles."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from common import audit
from common.models import Language, Workspace
from common.queue import enqueue
from people.mail import send_reset_mail_to
from people.models import Contributor, ResetMail, Role, User

# Crockford's base 32: no letter that is read as another.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
# After this time a link is of no use to whoever asked for it: they have asked again.
RESET_MAIL_KEPT = timedelta(hours=1)


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


@transaction.atomic
def ask_for_reset_mail(*, email: str, site: str, language: str, now: datetime) -> None:
    """This function will have a link for a new password sent by a worker, if an account has this address."""
    asked = ResetMail.objects.create(email=email.lower(), site=site, language=language, asked_at=now)
    enqueue("people.send_reset_mail", [asked.pk])


@transaction.atomic
def send_reset_mail(reset_mail_id: int) -> None:
    """This function will send a mail that was asked for and forget it; nothing where a twin is at it or was.

    Where the mail server refuses, its error is raised and the row stays for the sweeper.
    """
    asked = ResetMail.objects.select_for_update(skip_locked=True).filter(pk=reset_mail_id).first()
    if asked is None:
        return
    for user in User.objects.filter(email=asked.email, is_active=True):
        send_reset_mail_to(user, site=asked.site, language=asked.language)
    asked.delete()


@transaction.atomic
def resend_reset_mails(*, now: datetime) -> int:
    """This function will send again the mails that wait for two minutes or more, and drop those too old to be of
    use; returns how many were sent again."""
    ResetMail.objects.filter(asked_at__lt=now - RESET_MAIL_KEPT).delete()
    waiting = ResetMail.objects.filter(asked_at__lt=now - timedelta(minutes=2))
    ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    enqueue("people.send_reset_mail", ids)
    return len(ids)
