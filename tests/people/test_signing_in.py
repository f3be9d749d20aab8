"""The lock on guessing passwords, seen from the sign-in page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from people.sign_in import address_tried, client_ip

PASSWORD = "a-long-enough-secret"
OFFICE, HOME = "203.0.113.5", "198.51.100.7"


@pytest.fixture(autouse=True)
def _nothing_counted_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ben(cast):
    cast.ben.user.set_password(PASSWORD)
    cast.ben.user.save()
    return cast.ben


def try_to_sign_in(email: str, password: str = "wrong", *, ip: str = OFFICE, **headers: str) -> HttpResponse:
    return Client(REMOTE_ADDR=ip).post(
        reverse("account_login"), {"login": email, "password": password}, headers=headers
    )


def test_nine_failures_for_nine_addresses_lock_nobody_else_at_that_network_address(ben) -> None:
    for number in range(9):
        assert try_to_sign_in(f"guess{number}@example.org").status_code == 200
    assert try_to_sign_in("ben@example.org", PASSWORD).status_code == 302


def test_eight_failures_lock_one_address_in_any_case_at_one_network_address_only(ben, cast) -> None:
    cast.ana.user.set_password(PASSWORD)
    cast.ana.user.save()
    for _ in range(8):
        try_to_sign_in("Ben@Example.org")
    locked = try_to_sign_in("ben@example.org", PASSWORD)
    assert locked.status_code == 429
    assert "15 minutes" in locked.content.decode()
    assert try_to_sign_in("ana@example.org", PASSWORD).status_code == 302
    assert try_to_sign_in("ben@example.org", PASSWORD, ip=HOME).status_code == 302


def test_behind_a_trusted_proxy_the_lock_counts_by_the_address_the_proxy_saw(ben, settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for _ in range(8):
        try_to_sign_in("ben@example.org", **{"X-Forwarded-For": f"{HOME}, 192.0.2.1"})
    said = {"X-Forwarded-For": "192.0.2.1"}
    assert try_to_sign_in("ben@example.org", PASSWORD, **said).status_code == 429
    assert try_to_sign_in("ben@example.org", PASSWORD, **{"X-Forwarded-For": HOME}).status_code == 302


def test_without_a_trusted_proxy_nobody_chooses_where_they_come_from(settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    request = RequestFactory().get("/", REMOTE_ADDR=OFFICE, headers={"X-Forwarded-For": HOME})
    assert client_ip(request) == OFFICE


def test_the_address_tried_is_read_from_the_credentials_or_the_form() -> None:
    form = RequestFactory().post("/", {"login": "Mia@example.org"})
    assert address_tried(form, {"email": "Ana@example.org"}) == "ana@example.org"
    assert address_tried(form, {"login": "Rui@example.org"}) == "rui@example.org"
    assert address_tried(form, None) == "mia@example.org"
    assert address_tried(None, {}) == ""


def test_an_address_longer_than_any_is_refused_like_others(cast) -> None:
    absurd = "a" * 290 + "@example.com"
    assert try_to_sign_in(absurd).status_code == 200
    answer = Client().post(reverse("account_reset_password"), {"email": absurd})
    assert answer.status_code == 200
    assert answer.context["form"].errors
