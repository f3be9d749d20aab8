"""The checks that the rounds of kill -9 stand on find what they are there to find."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection

from annotation.actions.campaigns import Plan, add_member, open_campaign
from annotation.actions.claims import claim
from annotation.actions.submissions import Handed, submit_verification
from annotation.labels import Verdict, VerificationAnswer
from annotation.models import Annotation, Slot
from tests.factories import mini_benchmark
from tests.faults.checks import broken_rules, losses
from tests.faults.ledger import Submit

FIRST, SECOND = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"


@pytest.fixture
def campaign(cast, now):
    campaign = open_campaign(
        plan=Plan(
            slug="mini", benchmark=mini_benchmark(cast.workspace, now), languages={"de": None},
            verification_overlap=2,
        ),
        by=None, now=now,
    )  # fmt: skip
    for person in (cast.ana, cast.ben):
        add_member(
            campaign=campaign, contributor=person, language="de", standing="community", by=None, now=now
        )
    return campaign


@pytest.fixture
def accept(campaign, now):
    """This function will accept one translation for somebody and return what their ledger says of it."""

    def accept(person, key: str, *, note: str = "") -> Submit:
        slot = claim(campaign=campaign, kind="verification", language="de", by=person, now=now)
        submit_verification(
            slot=slot, answer=VerificationAnswer(Verdict.ACCEPT, note=note or key),
            handed=Handed(UUID(key), 1, 1), by=person, now=now,
        )  # fmt: skip
        return Submit(key, str(slot.public_id), person.pk, "accept", status=200)

    return accept


def found(acknowledged: list[Submit], known: set[str] | None = None) -> list[str]:
    with connection.cursor() as cursor:
        return losses(cursor, acknowledged, known) + broken_rules(cursor)


def test_whole_work_is_found_whole(cast, accept):
    told = [accept(cast.ana, FIRST), accept(cast.ben, SECOND)]
    assert found(told, {FIRST, SECOND}) == []


def test_an_acknowledged_submit_without_its_row_is_lost(cast, accept):
    told = [accept(cast.ana, FIRST), Submit(SECOND, "a slot", cast.ben.pk, "accept", status=200)]
    assert found(told) == [f"lost: {SECOND} on slot a slot was acknowledged and is not there"]


def test_a_row_that_says_other_than_was_sent_is_changed(cast, accept):
    told = accept(cast.ana, FIRST)
    told.said = "reject"
    assert [one.split(":")[0] for one in found([told])] == ["changed"]


def test_a_submit_that_stands_there_twice_is_doubled(cast, accept):
    told = accept(cast.ana, FIRST)
    accept(cast.ana, SECOND, note=FIRST)
    assert found([told], {FIRST}) == [f"doubled: {FIRST} stands there 2 times"]


def test_a_row_that_nobody_sent_is_invented(cast, accept):
    accept(cast.ana, FIRST)
    assert found([], set()) == [f"invented: '{FIRST}' stands there and nobody sent it"]


def without_guards(*statements: str) -> None:
    """This function will change rows as only somebody past every constraint and trigger could."""
    with connection.cursor() as cursor:
        # What waits for the end of the transaction is checked before the damage is done.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")


def rules(acknowledged: list[Submit]) -> set[str]:
    return {one.split(":")[0] for one in found(acknowledged)}


def test_a_task_over_its_overlap_is_found(cast, accept):
    told = [accept(cast.ana, FIRST), accept(cast.ben, SECOND)]
    without_guards("UPDATE annotation_task SET overlap = 1")
    assert rules(told) == {"a task over its overlap"}


def test_a_slot_submitted_without_a_judgement_is_found(cast, accept):
    told = accept(cast.ana, FIRST)
    without_guards("UPDATE annotation_slot SET submitted_at = NULL")
    assert rules([told]) == {"a submitted slot without its judgement, or the other way round"}


def test_a_second_chain_in_a_slot_is_found(cast, accept):
    told = [accept(cast.ana, FIRST), accept(cast.ben, SECOND)]
    slot = Slot.objects.get(public_id=told[0].slot)
    without_guards(
        "DROP INDEX annotation_one_chain_per_slot", f"UPDATE annotation_annotation SET slot_id = {slot.pk}"
    )
    assert {"a slot with two chains", "a slot judged twice"} <= rules(told)


def test_somebody_twice_on_a_task_is_found(cast, accept):
    told = [accept(cast.ana, FIRST), accept(cast.ben, SECOND)]
    without_guards(
        "ALTER TABLE annotation_slot DROP CONSTRAINT annotation_slot_one_per_person",
        f"UPDATE annotation_slot SET contributor_id = {cast.ana.pk} WHERE submitted_at IS NOT NULL",
        f"UPDATE annotation_annotation SET contributor_id = {cast.ana.pk}",
    )
    assert {"somebody twice on a task", "somebody's two judgements of a task"} <= rules(told)


def test_a_judgement_without_its_audit_row_is_found(cast, accept):
    told = accept(cast.ana, FIRST)
    without_guards("DELETE FROM common_auditevent WHERE object_type = 'annotation.annotation'")
    assert rules([told]) == {"a judgement without its one audit row"}
    assert Annotation.objects.count() == 1
