"""The low-water cursor against a claim that looks at everything, over long random lives of a queue."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from annotation.actions import claims
from annotation.actions.campaigns import Plan, add_member, add_slot, open_campaign
from annotation.actions.claims import claim, free_expired_leases, give_back, skip
from annotation.actions.closing import close_slots, open_slots, set_aside
from annotation.actions.stale import reopen_stale_slots
from annotation.actions.submissions import Handed, submit_sensitivity, undo
from annotation.errors import WorkError
from annotation.labels import SensitivityAnswers
from annotation.models import END, Membership, PastHold, Skip, Slot, Task
from annotation.queries import has_open_slots
from corpus.item_types import digest
from corpus.models import ItemVersion
from people.actions import create_account
from tests.factories import fields_of, make_benchmark, make_item

TASKS, OVERLAP, PEOPLE, STEPS = 8, 2, 3, 120


def open_queue(workspace, now, *, people=PEOPLE):
    benchmark = make_benchmark(workspace, now, slug="queue")
    for number in range(TASKS):
        make_item(benchmark, f"quiz/test/{number}", fields_of(f"Question {number}?", "abcd"), "A", now)
    plan = Plan(slug="queue", benchmark=benchmark, languages={"en": None}, sensitivity_overlap=OVERLAP)
    campaign = open_campaign(plan=plan, by=None, now=now)
    crew = [create_account(email=f"q{n}@example.org", name="", password=None, now=now) for n in range(people)]
    for person in crew:
        add_member(
            campaign=campaign, contributor=person, language="en", standing="community", by=None, now=now
        )
    return campaign, crew


def naive(campaign, person, now):
    """What the person may take, in the order of the queue: slots that ran out first, then free ones."""
    had = set(Slot.objects.filter(contributor=person).values_list("task", flat=True))
    passed = set(Skip.objects.filter(contributor=person).values_list("task", flat=True))
    open_ones = Slot.objects.filter(campaign=campaign, closed_at=None, submitted_at=None)
    theirs = [one for one in open_ones.order_by("position", "pk") if one.task_id not in had | passed]
    expired = [one for one in theirs if one.contributor_id and one.lease_until < now]
    return expired, [one for one in theirs if one.contributor_id is None]


PASSED_OVER = """
SELECT m.contributor_id, s.position FROM annotation_membership m
JOIN annotation_slot s ON s.campaign_id = m.campaign_id AND s.language_id = m.language_id
WHERE m.campaign_id = %s AND s.position < m.low_water AND s.contributor_id IS NULL AND s.closed_at IS NULL
    AND NOT EXISTS (SELECT FROM annotation_slot o WHERE o.task_id = s.task_id AND o.contributor_id = m.contributor_id)
    AND NOT EXISTS (SELECT FROM annotation_skip k WHERE k.task_id = s.task_id AND k.contributor_id = m.contributor_id)
"""


def assert_no_cursor_passes_over_work(campaign):
    with connection.cursor() as cursor:
        cursor.execute(PASSED_OVER, [campaign.pk])
        assert cursor.fetchall() == []


class Life:
    """Things that happen to a queue, one after another, drawn by a seeded generator."""

    def __init__(self, campaign, crew, now, seed):
        self.campaign, self.crew, self.now, self.draw = campaign, crew, now, random.Random(seed)
        self.claimed = 0

    def slot(self, person, **conditions):
        found = list(Slot.objects.filter(contributor=person, **conditions).order_by("pk"))
        return self.draw.choice(found) if found else None

    def task(self):
        return self.draw.choice(list(Task.objects.filter(campaign=self.campaign).order_by("pk")))

    def claim(self, person):
        held = Slot.objects.filter(contributor=person, submitted_at=None).order_by("claimed_at", "pk").first()
        expired, free = naive(self.campaign, person, self.now)
        wanted = held or next(iter(expired + free), None)
        taken = claim(campaign=self.campaign, kind="sensitivity", language="en", by=person, now=self.now)
        assert taken == wanted
        self.claimed += taken is not None

    def give_back(self, person):
        if slot := self.slot(person, submitted_at=None):
            give_back(slot=slot, by=person)

    def skip(self, person):
        if slot := self.slot(person, submitted_at=None):
            skip(slot=slot, reason="x", by=person, now=self.now)

    def take_a_skip_back(self, person):
        Skip.objects.filter(contributor=person).delete()

    def submit(self, person):
        had = PastHold.objects.filter(contributor=person).order_by("pk").select_related("slot").last()
        late = had.slot if had and self.draw.random() < 0.3 else None
        slot = late or self.slot(person, submitted_at=None)
        if slot is None:
            return
        version = slot.task.item.current_version.number
        try:
            submit_sensitivity(
                slot=slot, answers=SensitivityAnswers(), note="", handed=Handed(uuid4(), version), by=person,
                now=self.now,
            )  # fmt: skip
        except WorkError:
            assert late is not None

    def undo(self, person):
        if slot := self.slot(person, submitted_at__isnull=False):
            try:
                undo(slot=slot, by=person, now=self.now)
            except WorkError:
                assert slot.set_aside_at

    def wait(self, person):
        self.now += timedelta(seconds=self.draw.choice([60, 40 * 60, 30 * 3600]))

    def sweep(self, person):
        free_expired_leases(now=self.now)

    def close(self, person):
        close_slots(tasks=[self.task().pk], now=self.now)

    def open(self, person):
        open_slots(tasks=[self.task().pk])

    def send_back(self, person):
        task = self.task()
        if task.overlap < OVERLAP + 2:
            set_aside(task=task, now=self.now)
            add_slot(task=task, by=None, now=self.now)

    def reorder(self, person):
        tasks = list(Task.objects.filter(campaign=self.campaign).order_by("pk"))
        places = list(range(1, len(tasks) + 1))
        self.draw.shuffle(places)
        for task, place in zip(tasks, places, strict=True):
            Task.objects.filter(pk=task.pk).update(position=place)

    def replace(self, person):
        item = self.task().item
        fields = {**item.current_version.fields, "question": f"{self.draw.random()}"}
        item.current_version = ItemVersion.objects.create(
            item=item, number=item.current_version.number + 1, fields=fields, attributes={"answer": "A"},
            sha256=digest(fields, {"answer": "A"}), created_at=self.now,
        )  # fmt: skip
        item.save()
        reopen_stale_slots(now=self.now)

    def go_on(self, steps):
        often = [self.claim] * 8 + [self.submit] * 5
        seldom = [self.give_back, self.skip, self.take_a_skip_back, self.undo, self.wait, self.sweep,
                  self.close, self.open, self.send_back, self.reorder, self.replace]  # fmt: skip
        for _ in range(steps):
            self.draw.choice(often + seldom)(self.draw.choice(self.crew))
            assert_no_cursor_passes_over_work(self.campaign)


@pytest.mark.parametrize("seed", range(3))
def test_a_claim_gives_what_looking_at_everything_gives(cast, now, monkeypatch, seed):
    monkeypatch.setattr(claims, "STRIDE", 1)
    campaign, crew = open_queue(cast.workspace, now)
    life = Life(campaign, crew, now, seed)
    life.go_on(STEPS)
    assert life.claimed > STEPS / 10
    for place in Membership.objects.filter(campaign=campaign):
        _expired, free = naive(campaign, place.contributor, life.now)
        assert has_open_slots(place, "sensitivity") or not free


def test_a_queue_put_in_another_order_is_read_from_its_start_again(cast, now, monkeypatch):
    monkeypatch.setattr(claims, "STRIDE", 1)
    campaign, (ana, *_) = open_queue(cast.workspace, now)
    for _ in range(TASKS // 2):
        skip(
            slot=claim(campaign=campaign, kind="sensitivity", language="en", by=ana, now=now),
            reason="x", by=ana, now=now,
        )  # fmt: skip
    place = Membership.objects.get(contributor=ana, campaign=campaign)
    assert place.low_water == TASKS // 2
    last = Task.objects.get(campaign=campaign, position=TASKS)
    Task.objects.filter(pk=last.pk).update(position=-5)
    assert claim(campaign=campaign, kind="sensitivity", language="en", by=ana, now=now).task_id == last.pk


def test_a_queue_with_nothing_left_for_somebody_is_not_read_again(cast, now):
    campaign, (ana, ben, *_) = open_queue(cast.workspace, now)

    def take(person):
        return claim(campaign=campaign, kind="sensitivity", language="en", by=person, now=now)

    while (slot := take(ana)) is not None:
        skip(slot=slot, reason="x", by=ana, now=now)
    place = Membership.objects.get(contributor=ana, campaign=campaign)
    assert place.low_water == END
    give_back(slot=take(ben), by=ben)
    place.refresh_from_db()
    assert place.low_water == 1
    Skip.objects.filter(contributor=ana, task__position=3).delete()
    assert take(ana).position == 3


@pytest.mark.django_db(transaction=True)
def test_cursors_hold_when_everything_happens_at_once(cast, now, monkeypatch):
    monkeypatch.setattr(claims, "STRIDE", 1)
    campaign, crew = open_queue(cast.workspace, now, people=6)
    places: list[int] = []

    def live(number):
        try:
            draw = random.Random(number)
            person = crew[number % len(crew)]
            for step in range(25):
                at = now + timedelta(seconds=step)
                slot = claim(campaign=campaign, kind="sensitivity", language="en", by=person, now=at)
                places.append(Membership.objects.get(campaign=campaign, contributor=person).low_water)
                if slot is None:
                    Skip.objects.filter(contributor=person).delete()
                elif draw.random() < 0.4:
                    give_back(slot=slot, by=person)
                elif draw.random() < 0.5:
                    skip(slot=slot, reason="x", by=person, now=at)
                else:
                    Slot.objects.filter(pk=slot.pk, contributor=person).update(lease_until=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(crew) * 2) as pool:
        list(pool.map(live, range(len(crew) * 2)))
    assert_no_cursor_passes_over_work(campaign)
    assert max(places) > 1
