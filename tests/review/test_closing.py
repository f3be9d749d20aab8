"""What a decision does to the slots: nobody is given work that is decided, and nobody's judgement is lost."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from annotation.actions.claims import claim, give_back
from annotation.actions.stale import reopen_stale_slots
from annotation.actions.submissions import (
    Handed,
    Place,
    place_of,
    submit_verification,
    undo,
)
from annotation.labels import Verdict, VerificationAnswer
from annotation.models import Slot
from corpus.signals import versions_replaced
from review.actions import open_undecided
from review.cases import seen_now
from review.errors import SettlementError
from tests.factories import add_version


def open_languages(task) -> set[str]:
    """The languages in which slots of the task's item are given out; the source's is sensitivity."""
    slots = Slot.objects.filter(task__item=task.item, submitted_at=None, closed_at=None)
    return set(slots.values_list("language", flat=True))


@pytest.fixture
def edited(task, judge, cast):
    return judge(task, cast.ana, "edit", question="Welcher?")


@pytest.mark.parametrize(
    ("outcome", "left_open"),
    [
        ("pick", {"ar", "en"}),
        ("write", {"ar", "en"}),
        ("exclude_language", {"ar", "en"}),
        ("exclude_all", set()),
    ],
)
def test_a_decision_closes_the_slots_that_it_makes_needless(task, edited, decide, outcome, left_open):
    decision = {"pick": {"picked": edited}, "write": {"fields": edited.result_version.fields}}
    decide(task, outcome, **decision.get(outcome, {}))
    assert open_languages(task) == left_open


def test_leaving_out_one_item_closes_nothing_of_another(task, task_of, edited, decide):
    decide(task, "exclude_all")
    assert open_languages(task_of(1)) == {"de", "ar", "en"}


def test_a_settled_task_is_given_to_nobody(task, edited, decide, campaign, cast, now):
    decide(task, "exclude_language")
    at = now + timedelta(minutes=3)
    slot = claim(campaign=campaign, kind="verification", language="de", by=cast.ben, now=at)
    assert slot is not None
    assert slot.task_id != task.pk


def test_who_is_at_work_may_still_hand_in(task, edited, decide, cast, now):
    held = task.slots.get(contributor=None)
    later = now + timedelta(minutes=30)
    Slot.objects.filter(pk=held.pk).update(contributor=cast.ben, claimed_at=now, lease_until=later)
    decide(task, "pick", picked=edited)
    handed = Handed(uuid4(), 1, 1)
    kept = submit_verification(
        slot=held, answer=VerificationAnswer(Verdict.ACCEPT), handed=handed, by=cast.ben, now=later
    )
    assert place_of(kept, held) is Place.OWN


@pytest.mark.parametrize("how", [undo, reopen_stale_slots])
def test_what_comes_free_of_a_settled_task_goes_to_nobody(task, edited, decide, campaign, cast, now, how):
    slot = edited.slot
    decide(task, "exclude_all")
    if how is reopen_stale_slots:
        translation = edited.translation_version.translation
        translation.current_version = add_version(translation, {"question": "neu"}, now)
        translation.save()
        assert reopen_stale_slots(now=now) == 1
    else:
        undo(slot=slot, by=edited.contributor, now=now)
        assert give_back(slot=slot, by=edited.contributor)
    slot.refresh_from_db()
    assert slot.contributor is None and slot.submitted_at is None
    for person in (cast.ana, cast.ben):
        taken = claim(campaign=campaign, kind="verification", language="de", by=person, now=now)
        assert taken.task_id != task.pk


def test_what_a_decision_closed_opens_when_it_stands_no_more_also_when_the_news_is_lost(
    task, edited, decide, now
):
    decide(task, "exclude_language")
    assert open_undecided() == 0
    translation = edited.translation_version.translation
    translation.current_version = add_version(translation, {"question": "neu"}, now)
    translation.save()
    assert open_undecided() == 2
    assert not task.slots.exclude(closed_at=None).exists()


def test_a_lease_that_ran_out_keeps_no_slot_open(task, edited, decide, cast, now):
    held = task.slots.get(contributor=None)
    Slot.objects.filter(pk=held.pk).update(contributor=cast.ben, claimed_at=now, lease_until=now)
    decide(task, "pick", picked=edited)
    held.refresh_from_db()
    assert held.closed_at == now + timedelta(minutes=2)


@pytest.mark.parametrize(
    ("outcome", "left_open"),
    [("exclude_language", {"ar", "en"}), ("send_back", {"de", "ar", "en"})],
)
def test_letting_an_item_in_again_opens_what_the_new_decision_leaves_open(
    task, edited, decide, outcome, left_open
):
    decide(task, "exclude_all")
    decide(task, outcome, seen=seen_now(task), minutes=3)
    assert open_languages(task) == left_open


def test_letting_an_item_in_again_opens_no_other_settled_task(task, task_of, edited, decide):
    decide(task_of(0, "ar"), "exclude_language")
    decide(task, "exclude_all")
    decide(task, "send_back", seen=seen_now(task), minutes=3)
    assert open_languages(task) == {"de", "en"}


def test_an_item_left_out_twice_stays_out_when_one_decision_is_replaced(task, task_of, edited, decide):
    decide(task_of(0, "ar"), "exclude_all")
    decide(task, "exclude_all")
    decide(task, "send_back", seen=seen_now(task), minutes=3)
    assert open_languages(task) == set()


def test_sending_back_sets_aside_what_was_said_and_nothing_later(task, edited, judge, decide, cast, now):
    decide(task, "send_back")
    later = judge(task, cast.ben, "accept", minutes=3)
    aside = dict(task.slots.filter(submitted_at__isnull=False).values_list("pk", "set_aside_at"))
    assert aside == {edited.slot_id: now + timedelta(minutes=2), later.slot_id: None}


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("a\x00b", "NUL or half a character"),
        ("\ud800", "NUL or half a character"),
        ("x" * 5001, "5001 characters"),
    ],
)
def test_a_reason_that_cannot_be_kept_is_refused_in_words(task, edited, decide, reason, said):
    with pytest.raises(SettlementError, match=said):
        decide(task, "exclude_language", reason=reason)
    assert not task.settlements.exists()


def test_a_text_replaced_after_the_decision_is_given_out_again(task, edited, decide, now):
    decide(task, "exclude_language")
    assert "de" not in open_languages(task)
    versions_replaced.send(None, import_id=0, benchmark_id=task.item.benchmark_id, language="de")
    assert "de" not in open_languages(task)
    translation = task.item.translations.get(language="de")
    translation.current_version = add_version(translation, {"question": "neu"}, now)
    translation.save()
    versions_replaced.send(None, import_id=0, benchmark_id=task.item.benchmark_id, language="de")
    assert "de" in open_languages(task)
