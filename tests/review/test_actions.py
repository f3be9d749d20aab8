from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from annotation.actions.submissions import undo
from annotation.labels import LabelError
from annotation.models import Task
from common.models import AuditEvent
from corpus.models import TranslationVersion
from people.actions import grant_role, withdraw_role
from people.models import Role
from review.actions import settle
from review.cases import seen_now, translation_of
from review.errors import CaseChangedError, SettledMeanwhileError, SettlementError
from review.models import Settlement


@pytest.fixture
def judged(task, judge, cast):
    """Ana edits, Ben rejects."""
    edit = judge(task, cast.ana, "edit", question="Welcher Planet?", reason="fluency", severity="minor")
    return edit, judge(task, cast.ben, "reject", reason="accuracy.omission")


def test_a_picked_judgement_gives_its_text(task, judged, decide):
    settlement = decide(task, "pick", picked=judged[0])
    assert settlement.result_version == judged[0].result_version
    assert settlement.translation_version == judged[0].translation_version
    assert settlement.replaces is None


def test_a_written_text_is_kept_byte_for_byte_as_a_post_edit_of_the_reviewer(task, judged, decide, cast):
    machine = translation_of(task).current_version
    fields = {**machine.fields, "question": "  Welcher\r\nPlanet? "}
    version = decide(task, "write", fields=fields).result_version
    version.refresh_from_db()
    assert (version.fields, version.created_by, version.based_on) == (fields, cast.rui, machine)
    assert translation_of(task).current_version == machine


def test_writing_the_machine_text_as_it_stands_needs_no_copy(task, judged, decide):
    machine = translation_of(task).current_version
    before = TranslationVersion.objects.count()
    assert decide(task, "write", fields=machine.fields).result_version == machine
    assert TranslationVersion.objects.count() == before


@pytest.mark.parametrize("outcome", ["exclude_language", "exclude_all"])
def test_an_exclusion_has_no_text(task, judged, decide, outcome):
    assert decide(task, outcome).result_version is None


def test_sending_back_asks_for_one_more_judgement(task, judged, decide):
    decide(task, "send_back")
    task.refresh_from_db()
    assert task.overlap == 3
    assert task.slots.filter(contributor=None).count() == 1


def test_a_decision_is_one_audit_row_beside_that_of_the_new_slot(task, judged, decide, cast):
    settlement = decide(task, "send_back")
    verbs = AuditEvent.objects.filter(actor_id=cast.rui.pk).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["task.reopened", "task.settled"]
    assert AuditEvent.objects.get(verb="task.settled").object_id == settlement.pk


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_decision_without_a_reason_is_refused(task, judged, decide, reason):
    with pytest.raises(SettlementError, match="Say why"):
        decide(task, "exclude_language", reason=reason)


def test_a_decision_that_does_not_exist_is_refused(task, judged, decide):
    with pytest.raises(SettlementError, match="“erase” is no decision"):
        decide(task, "erase")


def test_a_reject_has_no_text_to_pick(task, judged, decide):
    with pytest.raises(SettlementError, match="no text to take"):
        decide(task, "pick", picked=judged[1])


@pytest.mark.parametrize(("outcome", "with_pick"), [("pick", False), ("exclude_language", True)])
def test_a_judgement_is_named_for_a_pick_and_for_nothing_else(task, judged, decide, outcome, with_pick):
    with pytest.raises(SettlementError, match="Choose the judgement"):
        decide(task, outcome, picked=judged[0] if with_pick else None)


def test_a_judgement_of_another_task_is_not_picked(task_of, judged, judge, decide, cast):
    other = judge(task_of(1), cast.ana, "accept")
    with pytest.raises(CaseChangedError):
        decide(task_of(0), "pick", picked=other)


def test_a_judgement_that_was_taken_back_is_not_picked(task, judged, decide, cast, now):
    undo(slot=judged[0].slot, by=cast.ana, now=now)
    with pytest.raises(CaseChangedError):
        decide(task, "pick", picked=judged[0])


def test_a_judgement_of_a_replaced_text_is_not_picked(task, judged, decide, replace_text):
    replace_text(task)
    with pytest.raises(CaseChangedError):
        decide(task, "pick", picked=judged[0])


def test_a_judgement_from_before_a_send_back_can_still_be_picked(task, judged, decide):
    sent_back = decide(task, "send_back")
    settlement = decide(task, "pick", picked=judged[0], minutes=3)
    assert settlement.replaces == sent_back


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"question": "one"}, "fields"), ({}, "fields"), ("blank", "question"), ("nul", "question")],
)
def test_a_written_text_that_does_not_hold_together_writes_nothing(task, judged, decide, fields, field):
    machine = translation_of(task).current_version.fields
    if isinstance(fields, str):
        fields = {**machine, "question": {"blank": " ", "nul": "a\x00b"}[fields]}
    with pytest.raises(LabelError) as refused:
        decide(task, "write", fields=fields)
    assert refused.value.field == field
    assert not Settlement.objects.exists()


def test_a_settled_task_is_not_settled_unseen(task, judged, decide):
    decide(task, "exclude_language")
    with pytest.raises(SettledMeanwhileError, match="settled already"):
        decide(task, "pick", picked=judged[0])


def test_a_decision_can_be_replaced_by_whoever_saw_it(task, judged, decide):
    first = decide(task, "exclude_language")
    second = decide(task, "pick", picked=judged[0], seen=seen_now(task), minutes=3)
    assert second.replaces == first
    assert Settlement.objects.count() == 2


def test_the_second_of_two_reviewers_is_told_that_the_task_is_settled(task, judged, decide):
    seen = seen_now(task)
    decide(task, "pick", picked=judged[0], seen=seen)
    with pytest.raises(SettledMeanwhileError, match="settled while you looked"):
        decide(task, "exclude_language", seen=seen)
    assert Settlement.objects.get().outcome == "pick"


def test_a_judgement_that_came_in_meanwhile_is_looked_at_first(task, judge, decide, cast):
    judge(task, cast.ana, "reject", reason="fluency")
    seen = seen_now(task)
    judge(task, cast.ben, "accept")
    with pytest.raises(CaseChangedError, match="handed in or taken back"):
        decide(task, "exclude_language", seen=seen)


def test_a_judgement_taken_back_meanwhile_is_noticed(task, judged, decide, cast, now):
    seen = seen_now(task)
    undo(slot=judged[1].slot, by=cast.ben, now=now)
    with pytest.raises(CaseChangedError, match="handed in or taken back"):
        decide(task, "exclude_language", seen=seen)


def test_a_text_replaced_meanwhile_is_looked_at_first(task, judged, decide, replace_text):
    seen = seen_now(task)
    replace_text(task)
    with pytest.raises(CaseChangedError, match="text was replaced"):
        decide(task, "exclude_language", seen=seen)


def test_a_closed_campaign_sends_nothing_back(task, judged, decide, campaign, now):
    campaign.closed_at = now
    campaign.save()
    with pytest.raises(SettlementError, match="closed"):
        decide(task, "send_back")


@pytest.mark.parametrize("name", ["ana", "ben", "mia", "oz"])
def test_only_reviewers_settle(task, judged, decide, cast, name):
    with pytest.raises(PermissionDenied):
        decide(task, "exclude_language", by=getattr(cast, name))


def test_a_reviewer_of_another_language_does_not_settle(task, judged, decide, cast, now):
    _review_only(cast, "ar", now)
    with pytest.raises(PermissionDenied, match="reviewer of this language"):
        decide(task, "exclude_language")


def test_a_reviewer_of_one_language_leaves_out_in_that_language_only(task, judged, decide, cast, now):
    _review_only(cast, "de", now)
    with pytest.raises(PermissionDenied, match="every language"):
        decide(task, "exclude_all")
    assert decide(task, "exclude_language").outcome == "exclude_language"


def test_rights_are_looked_at_again_when_deciding(task, judged, decide, cast, now):
    withdraw_role(role=Role.objects.get(contributor=cast.rui), by=cast.mia, now=now)
    with pytest.raises(PermissionDenied):
        decide(task, "exclude_language")


def _review_only(cast, language, now):
    from common.models import Language

    withdraw_role(role=Role.objects.get(contributor=cast.rui), by=cast.mia, now=now)
    grant_role(
        contributor=cast.rui,
        workspace=cast.workspace,
        name="reviewer",
        language=Language.objects.get(pk=language),
        by=cast.mia,
        now=now,
    )


@pytest.fixture
def ana_reviews(cast, now):
    grant_role(contributor=cast.ana, workspace=cast.workspace, name="reviewer", by=cast.mia, now=now)


def test_nobody_settles_their_own(task, judged, decide, cast, ana_reviews):
    with pytest.raises(PermissionDenied, match="yourself"):
        decide(task, "exclude_language", by=cast.ana)


def test_a_judgement_taken_back_is_still_ones_own(task, judged, decide, cast, ana_reviews, now):
    undo(slot=judged[0].slot, by=cast.ana, now=now)
    with pytest.raises(PermissionDenied, match="yourself"):
        decide(task, "exclude_language", by=cast.ana)


def test_the_database_lets_nobody_settle_their_own(task, judged, cast, now):
    with pytest.raises(IntegrityError, match="cannot settle"), transaction.atomic():
        Settlement.objects.create(
            task=task, outcome="exclude_language", translation_version=judged[0].translation_version,
            item_version=judged[0].item_version, reason="Mine.", decided_by=cast.ana, decided_at=now,
        )  # fmt: skip


def test_the_database_keeps_one_chain_of_decisions_a_task(task, judged, decide, cast, now):
    first = decide(task, "exclude_language")
    with pytest.raises(IntegrityError, match="one_chain"), transaction.atomic():
        Settlement.objects.create(
            task=task, outcome="exclude_all", translation_version=first.translation_version,
            item_version=first.item_version, reason="Again.", decided_by=cast.rui, decided_at=now,
        )  # fmt: skip


def test_a_decision_is_never_changed(task, judged, decide):
    decide(task, "exclude_language")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Settlement.objects.update(reason="Otherwise.")


def test_a_sensitivity_task_is_not_settled_here(campaign, cast, now):
    with pytest.raises(Task.DoesNotExist):
        settle(
            task=campaign.tasks.filter(kind="sensitivity").first(), outcome="exclude_all", reason="No.",
            by=cast.rui, now=now + timedelta(minutes=1),
        )  # fmt: skip
