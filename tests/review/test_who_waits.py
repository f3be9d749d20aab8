"""Two connections on the same rows: who waits for whom, what they find then, and that nobody deadlocks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from annotation.actions.campaigns import withdraw_member
from annotation.actions.claims import claim, skip
from annotation.actions.stale import reopen_stale_slots
from annotation.actions.submissions import Handed, submit_verification, undo
from annotation.labels import Verdict, VerificationAnswer
from annotation.models import Annotation, Membership, Skip, Slot, Task
from review.actions import open_undecided
from review.cases import translation_of

pytestmark = pytest.mark.django_db(transaction=True)
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        # Or a transaction is told what it was told first.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(WAITING)
        return cursor.fetchone() != (0,)


@pytest.fixture
def beside() -> Iterator[Callable[[Callable[[], Any]], Future[Any]]]:
    """Does something on a connection of its own, and goes on once that waits for a lock."""

    def alone(do: Callable[[], Any]) -> Any:
        try:
            return do()
        finally:
            connection.close()

    def begin(do: Callable[[], Any]) -> Future[Any]:
        begun = pool.submit(alone, do)
        deadline = time.monotonic() + 30
        while not somebody_waits():
            assert not begun.done(), "nobody was waited for"
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return begun

    with ThreadPoolExecutor(1) as pool:
        yield begin


def held_by(person) -> list[Slot]:
    return list(Slot.objects.filter(contributor=person, submitted_at=None))


def let_the_other_lose() -> None:
    """Whoever looks for a deadlock first is the one that is ended."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL deadlock_timeout = '60s'")


def lock(rows) -> None:
    assert list(rows.select_for_update(nowait=True).values_list("pk"))


def test_what_is_settled_while_undecided_slots_are_opened_stays_closed(task, decide, replace_text, beside):
    decide(task, "exclude_language")
    replace_text(task)
    with transaction.atomic():
        decide(task, "exclude_language", minutes=3)
        opening = beside(open_undecided)
    assert opening.result(30) == 0
    assert not task.slots.filter(closed_at=None).exists()


@pytest.mark.parametrize("what", ["stale", "skip", "undecided"])
def test_whoever_changes_slots_takes_their_task_first(
    task, judge, decide, replace_text, campaign, cast, now, beside, what
):
    judge(task, cast.ana, "accept")
    held = claim(campaign=campaign, kind="verification", language="de", by=cast.ben, now=now)
    if what == "undecided":
        decide(task, "exclude_language")
    replace_text(task)
    changes: dict[str, Callable[[], Any]] = {
        "stale": lambda: reopen_stale_slots(now=now),
        "skip": lambda: skip(slot=held, reason="not mine", by=cast.ben, now=now),
        "undecided": open_undecided,
    }
    about = held.task if what == "skip" else task
    with transaction.atomic():
        lock(Task.objects.filter(pk=about.pk))
        changed = beside(changes[what])
        # No row of theirs is locked yet: two that took the slots first would wait for each other here.
        lock(Slot.objects.filter(task=about))
    assert changed.result(30)


def test_what_is_not_theirs_is_not_kept_away_from_somebody_who_skips_it(campaign, cast, now):
    held = claim(campaign=campaign, kind="verification", language="de", by=cast.ana, now=now)
    assert not skip(slot=held, reason="not mine", by=cast.ben, now=now)
    assert not Skip.objects.exists()


def test_a_withdrawal_takes_slots_in_the_order_of_their_ids(campaign, cast, now, beside):
    for kind, language in (("verification", "de"), ("sensitivity", "en")):
        claim(campaign=campaign, kind=kind, language=language, by=cast.ana, now=now)
    german = Slot.objects.filter(contributor=cast.ana, language="de").get()
    # Two of one person in one language, the lower id written last, so that it comes last in the table.
    other = Slot.objects.filter(language="de", contributor=None, task__kind="verification").exclude(
        task=german.task_id
    )[0]
    other.contributor, other.claimed_at, other.lease_until = cast.ana, now, now
    other.save()
    low, high = sorted((german.pk, other.pk))
    Slot.objects.filter(pk=low).update(active_ms=1)
    place = Membership.objects.get(campaign=campaign, contributor=cast.ana, language="de")
    with transaction.atomic():
        lock(Slot.objects.filter(pk=low))
        withdrawn = beside(lambda: withdraw_member(membership=place, by=None, now=now))
        lock(Slot.objects.filter(pk=high))
    withdrawn.result(30)
    assert [slot.language_id for slot in held_by(cast.ana)] == ["en"]


def test_a_slot_claimed_just_before_a_withdrawal_is_freed_by_it(campaign, cast, now, beside):
    place = Membership.objects.get(campaign=campaign, contributor=cast.ana, language="de")
    with transaction.atomic():
        assert claim(campaign=campaign, kind="verification", language="de", by=cast.ana, now=now)
        withdrawn = beside(lambda: withdraw_member(membership=place, by=None, now=now))
    withdrawn.result(30)
    assert held_by(cast.ana) == []


def test_a_claim_begun_during_a_withdrawal_takes_nothing(campaign, cast, now, beside):
    place = Membership.objects.get(campaign=campaign, contributor=cast.ana, language="de")
    with transaction.atomic():
        withdraw_member(membership=place, by=None, now=now)
        claimed = beside(
            lambda: claim(campaign=campaign, kind="verification", language="de", by=cast.ana, now=now)
        )
    with pytest.raises(PermissionDenied):
        claimed.result(30)
    assert held_by(cast.ana) == []


def test_a_slot_held_again_just_before_a_withdrawal_is_freed_by_it(campaign, task, judge, cast, now, beside):
    judged = judge(task, cast.ana, "accept")
    place = Membership.objects.get(campaign=campaign, contributor=cast.ana, language="de")
    with transaction.atomic():
        undo(slot=judged.slot, by=cast.ana, now=now + timedelta(minutes=2))
        withdrawn = beside(lambda: withdraw_member(membership=place, by=None, now=now))
    withdrawn.result(30)
    assert held_by(cast.ana) == []


def test_a_decision_that_lost_a_deadlock_is_made_again(task, decide, beside):
    with transaction.atomic():
        lock(task.slots.all())
        settling = beside(lambda: decide(task, "exclude_language"))
        let_the_other_lose()
        assert Task.objects.select_for_update().get(pk=task.pk)
    assert settling.result(30).outcome == "exclude_language"


def test_a_judgement_that_lost_a_deadlock_is_handed_in_again(campaign, cast, now, beside):
    slot = claim(campaign=campaign, kind="verification", language="de", by=cast.ana, now=now)
    handed = Handed(uuid4(), 1, translation_of(slot.task).current_version.number)
    accepted = VerificationAnswer(Verdict.ACCEPT)
    place = Membership.objects.filter(campaign=campaign, contributor=cast.ana, language="de")
    with transaction.atomic():
        lock(place)
        sent = beside(
            lambda: submit_verification(slot=slot, answer=accepted, handed=handed, by=cast.ana, now=now)
        )
        let_the_other_lose()
        assert Slot.objects.select_for_update().get(pk=slot.pk)
    assert sent.result(30).slot_id == slot.pk
    assert Annotation.objects.count() == 1


def test_what_fails_for_another_reason_is_not_tried_again(task, decide, beside):
    with transaction.atomic():
        lock(task.slots.all())

        def impatient() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '300ms'")
            decide(task, "exclude_language")

        settling = beside(impatient)
        with pytest.raises(DatabaseError, match="lock timeout"):
            settling.result(30)
