"""Who has an account is told by no answer and by no time: known and unknown addresses cost the same work."""

from __future__ import annotations

import re
import smtplib
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from common import queue
from people import tasks
from people.actions import resend_reset_mails
from people.models import ResetMail

ADDRESSES = {
    "known": "ana@example.org",
    "without a password": "ben@example.org",
    "closed": "rui@example.org",
    "unknown": "nobody@example.org",
}


@pytest.fixture
def people(cast):
    for person in (cast.ana, cast.rui):
        person.user.set_password("a-long-enough-secret")
        person.user.save()
    cast.rui.user.is_active = False
    cast.rui.user.save()
    return cast


@pytest.fixture
def hashings(monkeypatch) -> list[str]:
    """One entry for each time that a password is hashed: by far the longest part of a sign-in."""
    counted: list[str] = []
    encode = Argon2PasswordHasher.encode

    def counting(self, password, salt):
        counted.append("encode")
        return encode(self, password, salt)

    verify = Argon2PasswordHasher.verify

    def verifying(self, password, encoded):
        counted.append("verify")
        return verify(self, password, encoded)

    monkeypatch.setattr(Argon2PasswordHasher, "encode", counting)
    monkeypatch.setattr(Argon2PasswordHasher, "verify", verifying)
    return counted


def seen(answer, email: str):
    body = re.sub(rb'name="csrfmiddlewaretoken"\s+value="[^"]*"', b"", answer.content)
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name.lower() not in ("content-length", "x-request-id", "content-security-policy", "expires")
    }
    return answer.status_code, body.replace(email.encode(), b"ADDRESS"), headers, sorted(answer.cookies)


def test_a_failed_sign_in_looks_and_works_the_same_for_every_address(people, hashings) -> None:
    answers, work = {}, {}
    for name, email in ADDRESSES.items():
        hashings.clear()
        answer = Client().post(reverse("account_login"), {"login": email, "password": "wrong"})
        answers[name], work[name] = seen(answer, email), len(hashings)
    assert all(answer == answers["unknown"] for answer in answers.values())
    assert work == dict.fromkeys(ADDRESSES, 1)


def test_asking_for_a_link_looks_and_works_the_same_for_every_address(people, monkeypatch) -> None:
    sent: list[tuple[str, int]] = []
    monkeypatch.setattr(
        queue.current_app, "send_task", lambda name, args, **_: sent.append((name, len(args)))
    )
    answers, statements = {}, {}
    for name, email in ADDRESSES.items():
        with CaptureQueriesContext(
            connection,
        ) as made:
            answer = Client().post(reverse("account_reset_password"), {"email": email})
        answers[name] = seen(answer, email)
        statements[name] = [re.sub(r"'[^']*'|\d+", "?", one["sql"]) for one in made]
    assert all(answer == answers["unknown"] for answer in answers.values())
    assert all(made == statements["unknown"] for made in statements.values())
    assert mail.outbox == []


def test_the_page_for_links_sends_one_task_for_every_address(
    people, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(queue.current_app, "send_task", lambda name, args, **_: sent.append(name))
    for email in ADDRESSES.values():
        with django_capture_on_commit_callbacks(execute=True):
            Client().post(reverse("account_reset_password"), {"email": email})
    assert sent == ["people.send_reset_mail"] * len(ADDRESSES)


def test_the_worker_mails_known_and_open_accounts_and_forgets_who_asked(people) -> None:
    for email in ADDRESSES.values():
        Client().post(reverse("account_reset_password"), {"email": email.upper()})
    for asked in list(ResetMail.objects.values_list("pk", flat=True)):
        tasks.send_reset_mail(asked)
        tasks.send_reset_mail(asked)
    assert [one.to for one in mail.outbox] == [["ana@example.org"], ["ben@example.org"]]
    assert not ResetMail.objects.exists()


def test_the_mail_is_in_the_language_of_the_page_and_leads_to_the_site(people) -> None:
    client = Client(headers={"Accept-Language": "ar"})
    client.post(reverse("account_reset_password"), {"email": "ana@example.org"})
    tasks.send_reset_mail(ResetMail.objects.get().pk)
    assert "عيّن كلمة مرور جديدة" in mail.outbox[0].subject
    assert "http://testserver/accounts/password/reset/key/" in mail.outbox[0].body


def test_a_mail_that_the_server_refused_is_sent_again_for_an_hour(people, monkeypatch) -> None:
    Client().post(reverse("account_reset_password"), {"email": "ana@example.org"})
    asked = ResetMail.objects.get()

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        tasks.send_reset_mail(asked.pk)
    monkeypatch.undo()
    now = timezone.now()
    assert resend_reset_mails(now=now) == 0
    assert resend_reset_mails(now=now + timedelta(minutes=3)) == 1
    tasks.send_reset_mail(asked.pk)
    assert len(mail.outbox) == 1
    Client().post(reverse("account_reset_password"), {"email": "ana@example.org"})
    assert resend_reset_mails(now=now + timedelta(minutes=61)) == 0
    assert not ResetMail.objects.exists()
