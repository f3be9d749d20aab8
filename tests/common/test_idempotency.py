"""The same request sent twice is done once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction

from common import idempotency
from common.api.errors import ApiError
from common.idempotency import Answer, forget_old_keys, once
from common.models import IdempotencyKey, Workspace


@pytest.fixture
def do(now):
    """The effect is a workspace; its slug is answered."""

    def make():
        workspace = Workspace.objects.create(slug=f"w{uuid4().hex}", name="", created_at=now)
        return Answer(201, {"slug": workspace.slug, "text": "نص \U0001f680", "none": None})

    return make


@pytest.fixture
def send(now, do):
    def send(key="k", *, route="submission", sent=None, by=1, do=do):
        return once(key=key, route=route, sent=sent or {"a": 1}, by=by, now=now, do=do)

    return send


def refusal(call, *args, **kwargs):
    with pytest.raises(ApiError) as refused:
        call(*args, **kwargs)
    return refused.value.status_code, refused.value.body["code"]


@pytest.mark.django_db
class TestOnePerson:
    def test_the_second_answer_is_the_first_ones(self, send):
        first, second = send(), send()
        assert (first.replayed, second.replayed) == (False, True)
        assert (second.status, second.body) == (first.status, first.body)
        assert Workspace.objects.count() == 1

    def test_the_order_of_names_makes_no_other_request(self, send):
        send(sent={"a": 1, "b": {"c": 2, "d": 3}})
        assert send(sent={"b": {"d": 3, "c": 2}, "a": 1}).replayed

    @pytest.mark.parametrize(
        "other", [{"a": 2}, {"a": "1"}, {"a": 1, "b": None}, {"a": True}, [1], {"a": [1]}]
    )
    def test_the_same_key_for_another_request_is_refused_and_does_nothing(self, send, other):
        send()
        assert refusal(send, sent=other) == (409, "key_reused")
        assert Workspace.objects.count() == 1

    def test_the_key_is_a_persons_and_a_routes_own(self, send):
        send(by=1)
        assert not send(by=2).replayed
        assert not send(route="undo", sent={"other": "body"}).replayed
        assert Workspace.objects.count() == 3

    @pytest.mark.parametrize("key", [None, ""])
    def test_without_a_key_nothing_is_done(self, send, key):
        assert refusal(send, key) == (400, "key_missing")
        assert not Workspace.objects.exists()

    @pytest.mark.parametrize("key", ["x" * 201, "kéy", "a\tb", "a\x00b", "\ud800", "\u200f"])
    def test_a_key_that_headers_or_rows_cannot_hold_is_refused(self, send, key):
        assert refusal(send, key) == (400, "key_unusable")

    def test_the_longest_key_is_taken(self, send):
        send("x" * 200)
        assert send("x" * 200).replayed

    def test_a_refused_request_may_be_mended_and_sent_with_its_key(self, send, do, now):
        def refuse():
            do()
            raise ApiError(422, "label_invalid", "No.", cure="Mend it.")

        assert refusal(send, sent={"wrong": 1}, do=refuse) == (422, "label_invalid")
        assert not Workspace.objects.exists() and not IdempotencyKey.objects.exists()
        assert not send(sent={"right": 1}).replayed

    def test_a_fault_in_the_effect_undoes_the_key_too(self, send, do):
        def break_down():
            do()
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            send(do=break_down)
        assert not Workspace.objects.exists() and not IdempotencyKey.objects.exists()

    def test_keys_are_kept_for_a_week(self, send, now):
        send()
        assert forget_old_keys(now=now + timedelta(days=7)) == 0
        assert send().replayed
        assert forget_old_keys(now=now + timedelta(days=7, seconds=1)) == 1
        assert not send().replayed


def in_threads(count, call):
    def alone(number):
        try:
            return call(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(alone, range(count)))


@pytest.mark.django_db(transaction=True)
class TestTwinsAtOnce:
    def test_of_many_twins_one_does_it_and_all_get_its_answer(self, send):
        barrier = threading.Barrier(12)

        def twin(_number):
            barrier.wait()
            return send()

        answers = in_threads(12, twin)
        assert sorted(answer.replayed for answer in answers) == [False] + [True] * 11
        assert len({str(answer.body["slug"]) for answer in answers}) == 1
        assert Workspace.objects.count() == 1

    def test_a_twin_of_one_that_fails_does_it_itself(self, send, do):
        begun, waiting = threading.Event(), threading.Event()

        def fail_late():
            begun.set()
            waiting.wait(5)
            raise ZeroDivisionError

        def first_or_twin(number):
            if number:
                begun.wait(5)
                threading.Timer(0.3, waiting.set).start()
                return send()
            with pytest.raises(ZeroDivisionError):
                send(do=fail_late)
            return None

        answer = in_threads(2, first_or_twin)[1]
        assert answer is not None and not answer.replayed
        assert Workspace.objects.count() == 1

    def test_a_twin_that_takes_too_long_is_told_to_come_again(self, send, do, monkeypatch):
        monkeypatch.setattr(idempotency, "WAIT", "200ms")
        begun, answered = threading.Event(), threading.Event()

        def slow():
            begun.set()
            answered.wait(10)
            return do()

        def first_or_twin(number):
            if not number:
                return send(do=slow)
            begun.wait(5)
            try:
                return refusal(send)
            finally:
                answered.set()

        first, twin = in_threads(2, first_or_twin)
        assert twin == (503, "twin_in_flight")
        assert not first.replayed and send().replayed

    def test_the_patience_of_one_request_ends_with_it(self, send):
        send()
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == ("0",)

    def test_key_and_effect_are_one_transaction(self, send):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            send()
            raise ZeroDivisionError
        assert not Workspace.objects.exists() and not IdempotencyKey.objects.exists()


@pytest.mark.django_db
class TestPatience:
    def test_what_the_effect_waits_for_it_may_wait_for_as_long_as_ever(self, send):
        def look():
            with connection.cursor() as cursor:
                cursor.execute("SHOW lock_timeout")
                return Answer(200, cursor.fetchone()[0])

        assert send(do=look).body == "0"
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '7s'")
        assert send("other", do=look).body == "7s"


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_the_effect_does_not_get_is_no_twin(send, do):
    do()
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        list(Workspace.objects.select_for_update())

        def at_once():
            return Answer(200, list(Workspace.objects.select_for_update(nowait=True)))

        def other():
            try:
                send(do=at_once)
            finally:
                connection.close()

        with pytest.raises(OperationalError, match="could not obtain lock"):
            pool.submit(other).result(10)
