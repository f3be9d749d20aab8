"""A random life of two queues: people claim, wait too long, hand in, take back; a reviewer decides; texts are replaced.

`make fuzz` runs 500 lives of 50 steps; the suite a few. After every step the rows are compared with a ledger
of what was acknowledged, and with what a claim without any cleverness would have found.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Count, F, Q
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from annotation.actions import claims, stale, submissions
from annotation.actions.campaigns import Plan, add_member, open_campaign
from annotation.actions.ordering import order_queue
from annotation.candidates import candidates
from annotation.errors import WorkError
from annotation.labels import SensitivityAnswers, Verdict, VerificationAnswer
from annotation.models import Annotation, Campaign, Kind, Membership, Skip, Slot, Task
from corpus.models import ItemVersion, Translation
from people.actions import create_account
from people.models import Contributor
from review.actions import settle
from review.cases import judgements_to_pick
from review.errors import SettlementError
from review.models import Settlement
from review.standing import settlements_in_force
from tests.factories import add_version, mini_benchmark

RUNS = int(os.environ.get("FUZZ_RUNS", "8"))
STEPS = int(os.environ.get("FUZZ_STEPS", "30"))

PEOPLE = st.integers(0, 3)
KINDS = st.sampled_from([(Kind.VERIFICATION, "de"), (Kind.SENSITIVITY, "en")])
WAITS = st.sampled_from([timedelta(minutes=1), timedelta(minutes=31), timedelta(days=2)])
ANY = st.integers(0, 1000)


@dataclass
class World:
    """What every life begins with."""

    campaign: Campaign
    people: list[Contributor]
    reviewer: Contributor
    now: datetime


@dataclass(frozen=True)
class Acknowledged:
    """A judgement that somebody was told is kept."""

    pk: int
    slot: int
    by: int
    key: UUID
    verdict: str


class Life(RuleBasedStateMachine):
    """One life, inside a savepoint that is rolled back at its end."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.atomic()
        self.point.__enter__()
        self.now = self.world.now
        self.campaign = Campaign.objects.get(pk=self.world.campaign.pk)
        self.ledger: list[Acknowledged] = []
        # (person, slot, versions shown): what lies open on somebody's desk, theirs still or not.
        self.desks: list[tuple[Contributor, int, submissions.Handed]] = []
        self.sent: list[tuple[Contributor, int, submissions.Handed, VerificationAnswer | None, int]] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)

    def person(self, number: int) -> Contributor:
        return self.world.people[number]

    def may(self, person: Contributor, language: str) -> bool:
        return Membership.objects.filter(
            campaign=self.campaign, contributor=person, language=language, withdrawn_at=None
        ).exists()

    @rule(number=PEOPLE, queue=KINDS)
    def claim(self, number: int, queue: tuple[str, str]) -> None:
        person, (kind, language) = self.person(number), queue
        held = list(self._held(person, kind))
        eligible = self._eligible(person, kind)
        try:
            slot = claims.claim(campaign=self.campaign, kind=kind, language=language, by=person, now=self.now)
        except PermissionDenied:
            assert not self.may(person, language)
            return
        assert self.may(person, language)
        if slot is None:
            assert not held and not eligible, "work was there and none was given"
            return
        assert slot.pk in (held or eligible)
        if not held:
            # What somebody let run out comes before what nobody had.
            first = min(eligible, key=lambda pk: (eligible[pk][0], eligible[pk][1], pk))
            assert eligible[slot.pk] == eligible[first], "not the first of the queue"
        slot.refresh_from_db()
        assert slot.contributor_id == person.pk and slot.lease_until > self.now
        claims.open_slot(slot=slot, by=person, now=self.now)
        self.desks.append((person, slot.pk, self._shown(slot)))

    def _held(self, person: Contributor, kind: str) -> list[int]:
        mine = Slot.objects.filter(campaign=self.campaign, kind=kind, contributor=person, submitted_at=None)
        return list(mine.values_list("pk", flat=True))

    def _eligible(self, person: Contributor, kind: str) -> dict[int, tuple[bool, int]]:
        """What a claim without a cursor would choose from: whether nobody had it, and its position."""
        free = Slot.objects.filter(
            Q(contributor=None) | Q(lease_until__lt=self.now),
            campaign=self.campaign, kind=kind, submitted_at=None, closed_at=None,
        )  # fmt: skip
        had = Slot.objects.filter(contributor=person).values("task")
        passed = Skip.objects.filter(contributor=person).values("task")
        rows = free.exclude(task__in=had).exclude(task__in=passed)
        return {slot.pk: (slot.contributor_id is None, slot.position) for slot in rows}

    def _shown(self, slot: Slot) -> submissions.Handed:
        item_version = slot.task.item.current_version.number
        shown = None
        if slot.kind == Kind.VERIFICATION:
            shown = candidates(slot)[0].version.number
        return submissions.Handed(key=uuid4(), item_version=item_version, translation_version=shown)

    @rule(minutes=WAITS)
    def wait(self, minutes: timedelta) -> None:
        self.now += minutes

    @rule()
    def sweep(self) -> None:
        claims.free_expired_leases(now=self.now)
        stale.reopen_stale_slots(now=self.now)

    @precondition(lambda self: self.desks)
    @rule(which=ANY)
    def heartbeat(self, which: int) -> None:
        person, slot_id, _ = self.desks[which % len(self.desks)]
        slot = Slot.objects.get(pk=slot_id)
        mine = slot.contributor_id == person.pk and slot.submitted_at is None
        alive = claims.heartbeat(slot=slot, active_ms=1000, by=person, now=self.now)
        assert alive == (mine and self.may(person, slot.language_id))

    @precondition(lambda self: self.desks)
    @rule(which=ANY, passing=st.booleans())
    def let_go(self, which: int, passing: bool) -> None:
        person, slot_id, _ = self.desks[which % len(self.desks)]
        slot = Slot.objects.get(pk=slot_id)
        if passing:
            claims.skip(slot=slot, reason="not my field", by=person, now=self.now)
        else:
            claims.give_back(slot=slot, by=person)

    @precondition(lambda self: self.desks)
    @rule(which=ANY, verdict=st.sampled_from([Verdict.ACCEPT, Verdict.EDIT, Verdict.REJECT]))
    def submit(self, which: int, verdict: Verdict) -> None:
        person, slot_id, handed = self.desks.pop(which % len(self.desks))
        self._hand_in(person, slot_id, handed, self._answer(slot_id, verdict))

    def _answer(self, slot_id: int, verdict: Verdict) -> VerificationAnswer | None:
        slot = Slot.objects.get(pk=slot_id)
        if slot.kind == Kind.SENSITIVITY:
            return None
        if verdict is Verdict.REJECT:
            return VerificationAnswer(verdict, reason="fluency")
        if verdict is Verdict.ACCEPT:
            return VerificationAnswer(verdict)
        fields = dict(candidates(slot)[0].version.fields)
        return VerificationAnswer(verdict, fields={**fields, "question": fields["question"] + " (edited)"})

    def _hand_in(
        self, person: Contributor, slot_id: int, handed: submissions.Handed, answer: VerificationAnswer | None
    ) -> None:
        slot = Slot.objects.get(pk=slot_id)
        try:
            if answer is None:
                kept = submissions.submit_sensitivity(
                    slot=slot, answers=SensitivityAnswers(), note="", handed=handed, by=person, now=self.now
                )
            else:
                kept = submissions.submit_verification(
                    slot=slot, answer=answer, handed=handed, by=person, now=self.now
                )
        except PermissionDenied:
            assert not self.may(person, slot.language_id)
            return
        except WorkError:
            return
        self.sent.append((person, slot_id, handed, answer, kept.pk))
        if kept.pk not in {one.pk for one in self.ledger}:
            assert self.may(person, slot.language_id), "an effect after withdrawal"
            self.ledger.append(
                Acknowledged(kept.pk, kept.slot_id, person.pk, handed.key, answer.verdict if answer else "")
            )

    @precondition(lambda self: self.sent)
    @rule(which=ANY)
    def send_again(self, which: int) -> None:
        """The answer was lost on the way: the same key and body once more."""
        before = Annotation.objects.count()
        person, slot_id, handed, answer, kept = self.sent[which % len(self.sent)]
        self._hand_in(person, slot_id, handed, answer)
        # The same said in another tab was answered with the row of the first; once that is taken back, it is new.
        other_tab = Annotation.objects.get(pk=kept).key != handed.key
        taken_back = Annotation.objects.filter(corrects=kept).exists()
        assert Annotation.objects.count() == before or (other_tab and taken_back)

    @precondition(lambda self: self.ledger)
    @rule(which=ANY)
    def take_back(self, which: int) -> None:
        one = self.ledger[which % len(self.ledger)]
        person = Contributor.objects.get(pk=one.by)
        try:
            submissions.undo(slot=Slot.objects.get(pk=one.slot), by=person, now=self.now)
        except (WorkError, PermissionDenied):
            return
        slot = Slot.objects.get(pk=one.slot)
        assert slot.submitted_at is None and slot.contributor_id == person.pk
        self.desks.append((person, slot.pk, self._shown(slot)))

    @rule(which=ANY, outcome=st.sampled_from(sorted(Settlement.Outcome.values)))
    def decide(self, which: int, outcome: str) -> None:
        tasks = list(Task.objects.filter(campaign=self.campaign, kind=Kind.VERIFICATION).order_by("pk"))
        task = tasks[which % len(tasks)]
        picked = judgements_to_pick(task).first() if outcome == "pick" else None
        fields = None
        if outcome == "write":
            current = Translation.objects.get(item=task.item, language="de").current_version
            fields = {**current.fields, "question": current.fields["question"] + " (settled)"}
        try:
            settle(
                task=task, outcome=outcome, picked=picked, fields=fields, reason="as the guidelines say",
                by=self.world.reviewer, now=self.now,
            )  # fmt: skip
        except SettlementError:
            return

    @rule(which=ANY, source=st.booleans())
    def replace(self, which: int, source: bool) -> None:
        translations = list(Translation.objects.filter(language="de").order_by("pk"))
        translation = translations[which % len(translations)]
        if source:
            item, old = translation.item, translation.item.current_version
            fields = {**old.fields, "question": old.fields["question"] + "?"}
            item.current_version = ItemVersion.objects.create(
                item=item, number=old.number + 1, fields=fields, attributes=old.attributes,
                sha256=uuid4().bytes, created_at=self.now,
            )  # fmt: skip
            item.save(update_fields=["current_version"])
        old_fields = translation.current_version.fields
        texts = {**old_fields, "question": old_fields["question"] + "!"}
        translation.current_version = add_version(translation, texts, self.now)
        translation.save(update_fields=["current_version"])

    @rule(number=PEOPLE, language=st.sampled_from(["de", "en"]))
    def withdraw_or_return(self, number: int, language: str) -> None:
        person = self.person(number)
        if self.may(person, language):
            Membership.objects.filter(campaign=self.campaign, contributor=person, language=language).update(
                withdrawn_at=self.now
            )
        else:
            add_member(
                campaign=self.campaign, contributor=person, language=language, standing="professional",
                by=None, now=self.now,
            )  # fmt: skip

    @rule(seed=ANY)
    def order_anew(self, seed: int) -> None:
        Campaign.objects.filter(pk=self.campaign.pk).update(seed=seed)
        self.campaign.refresh_from_db()
        order_queue(campaign=self.campaign, kind=Kind.VERIFICATION, language="de")

    @invariant()
    def what_is_deferred_holds(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    @invariant()
    def nothing_is_over_its_overlap_nor_twice_with_one_person(self) -> None:
        # An extra judgement has no number and is outside the overlap.
        slots = Slot.objects.filter(campaign=self.campaign, number__isnull=False)
        over = slots.values("task").annotate(n=Count("id")).filter(n__gt=F("task__overlap"))
        assert not over.exists()
        held = Slot.objects.filter(contributor__isnull=False).values("task", "contributor")
        assert not held.annotate(n=Count("id")).filter(n__gt=1).exists()

    @invariant()
    def nothing_acknowledged_is_lost_or_doubled(self) -> None:
        rows = {row.pk: row for row in Annotation.objects.filter(retraction="")}
        assert set(rows) == {one.pk for one in self.ledger}
        for one in self.ledger:
            row = rows[one.pk]
            assert (row.slot_id, row.contributor_id, row.key, row.verdict) == (
                one.slot, one.by, one.key, one.verdict,
            )  # fmt: skip

    @invariant()
    def one_decision_at_most_stands_on_a_task(self) -> None:
        standing = settlements_in_force().values("task").annotate(n=Count("id"))
        assert not standing.filter(n__gt=1).exists()


@pytest.fixture
def world(cast, now) -> World:
    benchmark = mini_benchmark(cast.workspace, now)
    campaign = open_campaign(
        plan=Plan(
            slug="mini", benchmark=benchmark, languages={"de": None}, verification_overlap=2,
            sensitivity_overlap=2,
        ),
        by=cast.mia,
        now=now,
    )  # fmt: skip
    cat = create_account(email="cat@example.org", name="", password=None, now=now)
    dan = create_account(email="dan@example.org", name="", password=None, now=now)
    people = [cast.ana, cast.ben, cat, dan]
    for person in people:
        for language in ("de", "en"):
            add_member(
                campaign=campaign, contributor=person, language=language, standing="professional",
                by=cast.mia, now=now,
            )  # fmt: skip
    return World(campaign, people, cast.rui, now)


def test_no_life_of_the_queues_loses_or_doubles_a_judgement(world: World) -> None:
    Life.world = world
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="FUZZ_RUNS" not in os.environ,
            database=None,
            # To shrink a life takes minutes; the same seed lives it again.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
