from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from annotation.actions.campaigns import pause, withdraw_member
from annotation.actions.claims import claim, free_expired_leases, give_back, heartbeat, open_slot, skip
from annotation.actions.closing import close_slots
from annotation.errors import QueueClosedError
from annotation.models import Campaign, Slot


@pytest.fixture
def take(campaign, now):
    def take_for(person, *, kind="verification", language="de", at=now):
        return claim(campaign=campaign, kind=kind, language=language, by=person, now=at)

    return take_for


def test_a_claim_leases_the_first_slot_of_the_queue(campaign, cast, take, now):
    slot = take(cast.ana)
    assert slot.position == 1
    assert slot.contributor == cast.ana
    assert slot.lease_until == now + timedelta(minutes=30)


def test_somebody_who_holds_a_slot_gets_it_again(cast, take, now):
    first = take(cast.ana)
    again = take(cast.ana, at=now + timedelta(minutes=5))
    assert again == first
    assert again.lease_until == now + timedelta(minutes=35)


def test_two_people_get_two_tasks(cast, take):
    assert take(cast.ana).task_id != take(cast.ben).task_id


def test_an_expired_lease_goes_to_the_next_person(cast, take, now):
    slot = take(cast.ana)
    later = now + timedelta(minutes=31)
    assert take(cast.ben, at=later) == slot


def test_the_sweeper_frees_leases_that_ran_out_a_day_ago(cast, take, now):
    slot = take(cast.ana)
    assert free_expired_leases(now=now + timedelta(hours=23)) == 0
    assert free_expired_leases(now=now + timedelta(hours=25)) == 1
    slot.refresh_from_db()
    assert slot.contributor is None


def test_a_closed_slot_is_not_handed_out(cast, take, now):
    slot = take(cast.ana)
    give_back(slot=slot, by=cast.ana)
    Slot.objects.filter(pk=slot.pk).update(closed_at=now)
    assert take(cast.ana).task_id != slot.task_id


def test_a_withdrawn_member_no_longer_keeps_a_slot_alive(campaign, cast, take, now):
    slot = take(cast.ana)
    withdraw_member(
        membership=campaign.memberships.get(contributor=cast.ana, language="de"), by=None, now=now
    )
    assert not heartbeat(slot=slot, active_ms=0, by=cast.ana, now=now)


def test_a_heartbeat_extends_the_lease_and_counts_no_more_than_real_time(cast, take, now):
    slot = take(cast.ana)
    later = now + timedelta(minutes=1)
    assert heartbeat(slot=slot, active_ms=10_000_000, by=cast.ana, now=later)
    slot.refresh_from_db()
    assert slot.lease_until == later + timedelta(minutes=30)
    assert slot.active_ms == 60_000


def test_a_heartbeat_of_somebody_else_does_nothing(cast, take, now):
    slot = take(cast.ana)
    assert not heartbeat(slot=slot, active_ms=5, by=cast.ben, now=now)


def test_a_slot_given_back_can_be_taken_by_anyone(cast, take):
    slot = take(cast.ana)
    assert give_back(slot=slot, by=cast.ana)
    assert take(cast.ana) == slot


def test_a_skipped_task_is_not_handed_back_to_the_same_person(cast, take, now):
    slot = take(cast.ana)
    assert skip(slot=slot, reason="I do not know this law.", by=cast.ana, now=now)
    assert take(cast.ana).task_id != slot.task_id
    assert take(cast.ben) == slot


def test_nobody_judges_one_sensitivity_task_twice(cast, take, campaign):
    held = {take(cast.ana, kind="sensitivity", language="en").task_id}
    Slot.objects.filter(contributor=cast.ana).update(submitted_at=None)
    assert Slot.objects.filter(contributor=cast.ana, task__in=held).count() == 1
    other = Slot.objects.filter(task__in=held, contributor=None).get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=other.pk).update(
            contributor=cast.ana,
            claimed_at=other.task.campaign.opened_at,
            lease_until=other.task.campaign.opened_at,
        )


def test_an_empty_queue_gives_nothing(cast, take, now):
    for _ in range(4):
        skip(slot=take(cast.ana), reason="x", by=cast.ana, now=now)
    assert take(cast.ana) is None


def test_an_outsider_may_not_claim(cast, take):
    with pytest.raises(PermissionDenied, match="not a member"):
        take(cast.oz)


def test_a_standing_the_campaign_does_not_want_may_not_claim(campaign, cast, take):
    campaign.verification_standings = ["professional"]
    campaign.save()
    take(cast.ana)
    with pytest.raises(PermissionDenied, match="other members"):
        take(cast.ben)


def test_a_paused_campaign_hands_nothing_out(campaign, cast, take, now):
    pause(campaign=campaign, by=cast.mia, now=now)
    campaign.refresh_from_db()
    with pytest.raises(QueueClosedError):
        take(cast.ana)


def test_opening_a_slot_keeps_what_the_person_was_shown(campaign, cast, take, now):
    slot = open_slot(slot=take(cast.ana), by=cast.ana, now=now)
    assert (slot.opened_at, slot.flags_shown, slot.guideline.number) == (now, True, 1)


def test_a_claim_that_opens_its_slot_notes_what_opening_notes_and_once(campaign, cast, take, now):
    held = take(cast.ana)
    for later in (now + timedelta(minutes=1), now + timedelta(minutes=2)):
        slot = claim(
            campaign=campaign, kind="verification", language="de", by=cast.ana, now=later, opens=True
        )
        first = now + timedelta(minutes=1)
        assert slot == held
        assert (slot.opened_at, slot.flags_shown, slot.guideline.number) == (first, True, 1)


def test_a_fresh_claim_that_opens_its_slot_equals_one_that_is_opened_after(campaign, cast, take, now):
    open_slot(slot=take(cast.ana), by=cast.ana, now=now)
    claim(campaign=campaign, kind="verification", language="de", by=cast.ben, now=now, opens=True)
    names = ("opened_at", "flags_shown", "guideline_id", "active_ms", "claimed_at", "lease_until")
    seen = Slot.objects.filter(contributor__in=[cast.ana, cast.ben]).values_list(*names)
    assert len(seen) == 2
    assert len(set(seen)) == 1


def test_a_task_takes_no_slot_over_its_overlap(campaign):
    slot = Slot.objects.filter(kind="verification").first()
    slot.pk, slot.public_id, slot.number = None, "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", 2
    with pytest.raises(IntegrityError, match="over its overlap"), transaction.atomic():
        slot.save(force_insert=True)


def test_moving_a_task_moves_its_slots(campaign):
    task = campaign.tasks.filter(kind="sensitivity").first()
    task.position = 99
    task.save()
    assert set(task.slots.values_list("position", flat=True)) == {99}


def test_a_slot_held_while_its_task_is_closed_is_handed_in_or_goes_to_nobody(cast, take, now):
    slot = take(cast.ana)
    close_slots(tasks=[slot.task_id], now=now)
    assert take(cast.ana) == slot
    assert take(cast.ben, at=now + timedelta(hours=1)).task_id != slot.task_id
    give_back(slot=slot, by=cast.ana)
    assert take(cast.ana).task_id != slot.task_id


def test_leases_are_counted_in_seconds(campaign, cast, take, now):
    Campaign.objects.update(lease_seconds=2)
    campaign.refresh_from_db()
    slot = take(cast.ana)
    assert slot.lease_until == now + timedelta(seconds=2)
    assert take(cast.ben, at=now + timedelta(seconds=2)) != slot
    give_back(slot=Slot.objects.get(contributor=cast.ben), by=cast.ben)
    assert take(cast.ben, at=now + timedelta(seconds=3)) == slot


def test_a_claim_takes_one_statement_and_its_slot_is_opened_in_another(
    cast, take, now, django_assert_num_queries
):
    with django_assert_num_queries(1):
        slot = take(cast.ana)
    with django_assert_num_queries(1):
        open_slot(slot=slot, by=cast.ana, now=now)
    with django_assert_num_queries(1):
        assert heartbeat(slot=slot, active_ms=5, by=cast.ana, now=now)
