"""What the database promises when several people claim at the same moment."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.models import Count, F

from annotation.actions.campaigns import add_member
from annotation.actions.claims import claim, give_back
from annotation.actions.ordering import order_queue
from annotation.models import Slot, Task
from bench import hands
from people.actions import create_account

PEOPLE, TABS = 6, 2


@pytest.mark.django_db(transaction=True)
def test_many_people_with_two_tabs_each_never_share_a_slot_nor_pass_the_overlap(campaign, now):
    people = [
        create_account(email=f"p{n}@example.org", name="", password=None, now=now) for n in range(PEOPLE)
    ]
    for person in people:
        add_member(
            campaign=campaign, contributor=person, language="en", standing="community", by=None, now=now
        )

    def take_and_drop(person) -> list[tuple[int, int]]:
        try:
            taken = []
            for _ in range(10):
                slot = claim(campaign=campaign, kind="sensitivity", language="en", by=person, now=now)
                if slot is not None:
                    taken.append((slot.pk, slot.contributor_id))
                    give_back(slot=slot, by=person)
            claim(campaign=campaign, kind="sensitivity", language="en", by=person, now=now)
            return taken
        finally:
            connection.close()

    with ThreadPoolExecutor(PEOPLE * TABS) as pool:
        taken = [one for several in pool.map(take_and_drop, people * TABS) for one in several]
    assert len(taken) > PEOPLE
    held = Slot.objects.filter(contributor__isnull=False)
    assert not held.values("task", "contributor").annotate(n=Count("id")).filter(n__gt=1).exists()
    assert not (held.values("task").annotate(n=Count("id")).filter(n__gt=F("task__overlap")).exists())
    assert held.exists()


@pytest.mark.django_db(transaction=True)
def test_the_campaign_of_many_hands_ends_with_no_row_too_many_and_none_wanted():
    outcome = hands.run(hands.Size(tasks=30, overlap=3, connections=8, lease_seconds=1, expire=0.05))
    assert (outcome.over_overlap, outcome.twice_to_one) == (0, 0)
    assert outcome.submitted == 90 and outcome.wanted_left == 0
    assert outcome.expired > 0


@pytest.mark.django_db(transaction=True)
def test_a_claim_made_while_the_queue_is_put_in_order_waits_and_does_not_find_it_empty(campaign, cast, now):
    moved, may_end = threading.Event(), threading.Event()

    def put_in_order() -> None:
        with transaction.atomic():
            order_queue(campaign=campaign, kind="verification", language="de")
            Task.objects.filter(campaign=campaign).update(position=F("position") + 100)
            moved.set()
            may_end.wait(30)
        connection.close()

    def take() -> Slot | None:
        try:
            return claim(campaign=campaign, kind="verification", language="de", by=cast.ana, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        pool.submit(put_in_order)
        assert moved.wait(30)
        claimed = pool.submit(take)
        wait_until(lambda: claimed.done() or somebody_waits_for_a_lock())
        may_end.set()
        assert claimed.result(30) is not None


def wait_until(ready) -> None:
    deadline = time.monotonic() + 30
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone() != (0,)
