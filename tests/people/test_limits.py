"""Limits on tries: counted by PostgreSQL, told with how long to wait, and kind to a shared office line."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from people import limits, sign_in
from people.limits import Limit, forget_old_tallies, give_back, take
from people.models import Tally
from people.tokens import make_token

PASSWORD = "a-long-enough-secret"
OFFICE, HOME = "203.0.113.5", "198.51.100.7"
THREE = Limit("test", 3, timedelta(minutes=1))


def test_three_tries_are_three_and_the_window_ends(db, now) -> None:
    assert [take(THREE, "ana", now=now) for _ in range(4)] == [0, 0, 0, 60]
    assert take(THREE, "ana", now=now + timedelta(seconds=20.5)) == 40
    assert take(THREE, "ben", now=now) == 0
    assert take(THREE, "ana", now=now + THREE.window) == 0


def test_a_try_that_was_none_is_given_back(db, now) -> None:
    for _ in range(9):
        assert take(THREE, "ana", now=now) == 0
        give_back(THREE, "ana", now=now)


def test_tries_at_once_are_all_counted(transactional_db, now) -> None:
    def one(_number: int) -> int:
        try:
            return take(THREE, "ana", now=now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(one, range(40)))
    assert waits.count(0) == 3
    assert Tally.objects.get().count == 40


def test_what_is_kept_names_nobody_and_goes_when_it_is_over(db, now) -> None:
    take(THREE, OFFICE, now=now)
    assert OFFICE.encode() not in bytes(Tally.objects.get().digest)
    assert forget_old_tallies(now=now + timedelta(seconds=59)) == 0
    assert forget_old_tallies(now=now + THREE.window) == 1


def test_whoever_has_one_ipv6_address_has_its_64_bits_of_others() -> None:
    def of(address: str) -> str:
        return sign_in.network(RequestFactory().get("/", REMOTE_ADDR=address))

    assert of("2001:db8:0:1::5") == of("2001:db8:0:1:ffff::9") == "2001:db8:0:1::/64"
    assert of("2001:db8:0:2::5") != of("2001:db8:0:1::5")
    assert of(OFFICE) == OFFICE
    assert of("") == ""


@pytest.fixture
def few(monkeypatch, settings) -> None:
    """Passwords that are hashed at once, since some tests try many."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def try_to_sign_in(email: str, password: str = "wrong", *, ip: str = OFFICE):
    return Client(REMOTE_ADDR=ip).post(reverse("account_login"), {"login": email, "password": password})


def test_one_password_tried_on_a_hundred_addresses_is_stopped_and_told_when_to_go_on(few, cast) -> None:
    for number in range(limits.SIGN_IN.most):
        assert try_to_sign_in(f"guess{number}@example.org").status_code == 200
    stopped = try_to_sign_in("ana@example.org")
    assert stopped.status_code == 429
    assert 0 < int(stopped["Retry-After"]) <= limits.SIGN_IN.window.total_seconds()
    assert "Try again in 15 minutes" in stopped.content.decode()
    assert try_to_sign_in("ana@example.org", ip=HOME).status_code == 200


def test_a_whole_office_signs_in_from_one_address(few, cast) -> None:
    cast.ana.user.set_password(PASSWORD)
    cast.ana.user.save()
    for _ in range(limits.SIGN_IN.most + 20):
        assert try_to_sign_in("ana@example.org", PASSWORD).status_code == 302


def test_who_is_locked_out_by_failures_is_told_for_how_long(few, cast) -> None:
    for _ in range(8):
        locked = try_to_sign_in("ben@example.org")
    assert locked.status_code == 429
    assert locked["Retry-After"] == "900"


@pytest.mark.parametrize("email", ["ana@example.org", "nobody@example.org"])
def test_links_for_a_new_password_are_limited_by_address_known_or_not(cast, email) -> None:
    asked = [Client().post(reverse("account_reset_password"), {"email": email}) for _ in range(6)]
    assert [one.status_code for one in asked] == [302] * 5 + [429]
    assert "Try again in 60 minutes" in asked[5].content.decode()
    other = Client().post(reverse("account_reset_password"), {"email": "ben@example.org"})
    assert other.status_code == 302


def test_links_for_a_new_password_are_limited_by_network(db) -> None:
    def ask(number: int, ip: str = OFFICE) -> int:
        client = Client(REMOTE_ADDR=ip)
        return client.post(
            reverse("account_reset_password"), {"email": f"guess{number}@example.org"}
        ).status_code

    most = limits.RESET_BY_NETWORK.most
    assert [ask(number) for number in range(most + 1)] == [302] * most + [429]
    assert ask(0, HOME) == 302


def test_passwords_of_an_open_session_are_not_guessed_for_ever(few, cast) -> None:
    cast.ana.user.set_password(PASSWORD)
    cast.ana.user.save()
    client = Client()
    client.force_login(cast.ana.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    tried = {"oldpassword": "wrong", "password1": PASSWORD + "2", "password2": PASSWORD + "2"}
    answers = [client.post(reverse("account_change_password"), tried).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


def test_making_tokens_is_limited(cast) -> None:
    client = Client()
    client.force_login(cast.ana.user)
    answers = [client.post(reverse("tokens"), {}).status_code for _ in range(limits.TOKEN_MAKING.most + 1)]
    assert answers == [422] * limits.TOKEN_MAKING.most + [429]


def test_bad_tokens_are_limited_by_network_and_good_ones_beside_them_are_served(cast) -> None:
    def ask(token: str, ip: str = OFFICE):
        headers = {"Authorization": f"Bearer {token}"}
        return Client(REMOTE_ADDR=ip, headers=headers).get(reverse("api-releases"))

    most = limits.TOKEN_FAILED.most
    answers = [ask(f"isog_guess{number}") for number in range(most + 1)]
    assert [one.status_code for one in answers] == [401] * most + [429]
    stopped = answers[-1].json()
    assert set(stopped) == {"code", "message", "field", "cure"} and stopped["code"] == "throttled"
    assert 0 < int(answers[-1]["Retry-After"]) <= 300
    at = timezone.now()
    good = make_token(
        contributor=cast.mia, name="x", scopes=["releases:read"], now=at, expires_at=at + timedelta(days=1)
    )[1]
    assert ask(good).status_code == 200
    assert ask("isog_guess", HOME).status_code == 401


def test_nobody_signs_up(client, db) -> None:
    from allauth.account.adapter import get_adapter

    assert client.get("/accounts/signup/").status_code == 404
    assert client.post("/accounts/signup/", {"email": "new@example.org"}).status_code == 404
    assert not get_adapter().is_open_for_signup(RequestFactory().get("/"))
