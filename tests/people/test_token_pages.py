"""Tokens for programs: their page, their command, and what ends them."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.models import AuditEvent
from people.models import AccessToken
from people.scopes import Scope
from people.tokens import MOST_IN_FORCE, PREFIX, digest, make_token, token_in_force

WANTED = {"name": "laptop", "scopes": ["campaigns:read", "work:write"], "days": "30"}


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def some_token(person, name: str = "laptop") -> tuple[AccessToken, str]:
    now = timezone.now()
    return make_token(
        contributor=person, name=name, scopes=["campaigns:read"], expires_at=now + timedelta(days=1), now=now
    )


def test_a_token_is_shown_once_and_kept_as_a_hash(cast):
    mia = signed_in(cast.mia)
    made = mia.post(reverse("tokens"), WANTED)
    assert made.status_code == 201
    token = re.search(rf'value="({PREFIX}[\w-]+)"', made.content.decode())[1]
    row = AccessToken.objects.get()
    assert bytes(row.digest) == digest(token)
    assert row.scopes == ["campaigns:read", "work:write"]
    assert row.expires_at - row.created_at == timedelta(days=30)
    assert token_in_force(token, now=timezone.now()) == row
    listed = mia.get(reverse("tokens"))
    assert "laptop" in listed.content.decode() and PREFIX + token[5:] not in listed.content.decode()
    assert "no-store" in made["Cache-Control"] and "no-store" in listed["Cache-Control"]


def test_making_and_revoking_stand_in_the_audit_of_the_workspace(cast):
    mia = signed_in(cast.mia)
    mia.post(reverse("tokens"), WANTED)
    for _ in range(2):
        mia.post(reverse("revoke_token", args=[AccessToken.objects.get().public_id]))
    events = AuditEvent.objects.filter(object_type="people.accesstoken").order_by("pk")
    assert [(one.verb, one.actor_id) for one in events] == [
        ("token.made", cast.mia.pk),
        ("token.revoked", cast.mia.pk),
    ]


def test_a_revoked_token_is_refused_at_once(cast):
    row, token = some_token(cast.ana)
    ana = signed_in(cast.ana)
    assert "Revoke the token" in ana.get(reverse("revoke_token", args=[row.public_id])).content.decode()
    assert token_in_force(token, now=timezone.now())
    assert ana.post(reverse("revoke_token", args=[row.public_id]))["Location"] == reverse("tokens")
    assert token_in_force(token, now=timezone.now()) is None
    assert "revoked" in ana.get(reverse("tokens")).content.decode()


def test_nobody_sees_or_revokes_somebody_elses_token(cast):
    row, token = some_token(cast.ana, name="secret laptop")
    for person in (cast.mia, cast.oz):
        other = signed_in(person)
        assert "secret laptop" not in other.get(reverse("tokens")).content.decode()
        for method in (other.get, other.post):
            assert method(reverse("revoke_token", args=[row.public_id])).status_code == 404
    assert token_in_force(token, now=timezone.now())


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"scopes": []}, "Choose at least one."),
        ({"scopes": ["everything"]}, "everything is not one of the available choices"),
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"days": "36500"}, "36500 is not one of the available choices"),
    ],
)
def test_what_cannot_be_made_is_refused_with_a_reason(cast, said, told):
    refused = signed_in(cast.ana).post(reverse("tokens"), {**WANTED, **said})
    assert refused.status_code == 422
    assert told in refused.content.decode()
    assert not AccessToken.objects.exists()


def test_twenty_tokens_in_force_are_the_most(cast):
    for number in range(MOST_IN_FORCE):
        row, _ = some_token(cast.ana, name=str(number))
    ana = signed_in(cast.ana)
    refused = ana.post(reverse("tokens"), WANTED)
    assert refused.status_code == 422 and "Revoke one" in refused.content.decode()
    ana.post(reverse("revoke_token", args=[row.public_id]))
    assert ana.post(reverse("tokens"), WANTED).status_code == 201


def test_the_page_says_each_scope_in_plain_words(cast):
    page = signed_in(cast.ana).get(reverse("tokens")).content.decode()
    for scope in Scope:
        assert f'value="{scope}"' in page and str(scope.label) in page


def test_the_command_prints_the_token_and_nothing_else(cast):
    out = StringIO()
    options = ["--scope", "imports:write", "--scope", "imports:read", "--name", "nightly", "--days", "7"]
    call_command("create_token", "Mia@example.org", *options, stdout=out)
    row = token_in_force(out.getvalue().removesuffix("\n"), now=timezone.now())
    assert (row.contributor, row.name, row.scopes) == (cast.mia, "nightly", ["imports:read", "imports:write"])
    assert row.expires_at - row.created_at == timedelta(days=7)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nobody@example.org", "--scope", "work:write"], "Make one with add_person"),
        (["ana@example.org", "--scope", "work:write", "--days", "0"], "between 1 and 365"),
        (["ana@example.org", "--scope", "work:write", "--name", "a\nb"], "printable"),
        (["ana@example.org", "--scope", "all"], "invalid choice"),
        (["ana@example.org"], "--scope"),
    ],
)
def test_the_command_says_what_to_mend(cast, arguments, told):
    with pytest.raises(CommandError, match=told):
        call_command("create_token", *arguments)
    assert not AccessToken.objects.exists()


def test_the_command_makes_no_token_for_a_closed_account(cast):
    cast.ana.user.is_active = False
    cast.ana.user.save()
    with pytest.raises(CommandError, match="closed"):
        call_command("create_token", "ana@example.org", "--scope", "work:write")
