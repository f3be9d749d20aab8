"""Pages of passwords, and those that are not there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from people import tasks
from people.models import ResetMail

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NEW = "an-entirely-new-one"


@pytest.fixture(autouse=True)
def _nothing_counted_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.mark.parametrize("path", ["email", "signup", "confirm-email", "login/code/confirm", "reauthenticate"])
def test_pages_nobody_needs_are_not_there(client: Client, db: None, path: str) -> None:
    assert client.get(f"/accounts/{path}/").status_code == 404


@pytest.mark.parametrize(
    "name", ["login", "reset_password", "reset_password_done", "reset_password_from_key_done"]
)
def test_pages_for_strangers_look_like_the_rest(client: Client, db: None, name: str) -> None:
    shown = client.get(reverse(f"account_{name}")).content.decode()
    assert 'class="entrance card"' in shown and "site-header" in shown


def test_a_new_password_is_set_by_the_link_in_a_mail(client: Client, cast) -> None:
    asked = client.post(reverse("account_reset_password"), {"email": "ana@example.org"})
    assert asked["Location"] == reverse("account_reset_password_done")
    tasks.send_reset_mail(ResetMail.objects.get().pk)
    link = re.search(r"http://testserver(/\S+)", mail.outbox[0].body)
    assert link and mail.outbox[0].to == ["ana@example.org"]
    form = client.get(link[1], follow=True)
    done = client.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    assert done["Location"] == reverse("account_reset_password_from_key_done")
    cast.ana.user.refresh_from_db()
    assert cast.ana.user.check_password(NEW)
    again = Client().get(link[1], follow=True).content.decode()
    assert "This link does not work any more" in again


def test_an_unknown_address_is_answered_alike_and_gets_no_mail(client: Client, db: None) -> None:
    asked = client.post(reverse("account_reset_password"), {"email": "stranger@example.org"})
    assert asked["Location"] == reverse("account_reset_password_done")
    tasks.send_reset_mail(ResetMail.objects.get().pk)
    assert mail.outbox == []


def test_somebody_signed_in_changes_their_password_and_stays_signed_in(client: Client, cast) -> None:
    cast.ana.user.set_password("the-old-one-of-ana")
    cast.ana.user.save()
    client.force_login(cast.ana.user, backend=BACKEND)
    address = reverse("account_change_password")
    assert 'class="entrance card"' in client.get(address).content.decode()
    sent = {"oldpassword": "the-old-one-of-ana", "password1": NEW, "password2": NEW}
    assert client.post(address, sent, follow=True).status_code == 200
    cast.ana.user.refresh_from_db()
    assert cast.ana.user.check_password(NEW)
    assert client.get(reverse("home")).status_code == 200


def test_who_has_no_password_yet_is_led_to_set_one(client: Client, cast) -> None:
    client.force_login(cast.ben.user, backend=BACKEND)
    led = client.get(reverse("account_change_password"), follow=True)
    assert led.redirect_chain[-1][0] == reverse("account_set_password")
    assert "Set a password" in led.content.decode()


def test_a_closed_account_is_told_whom_to_ask(client: Client, cast) -> None:
    cast.ben.user.is_active = False
    cast.ben.user.set_password("a-long-enough-secret")
    cast.ben.user.save()
    tried = {"login": "ben@example.org", "password": "a-long-enough-secret"}
    shown = client.post(reverse("account_login"), tried, follow=True)
    assert "Ask a manager" in shown.content.decode()
