from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction

from annotation.actions.campaigns import withdraw_member
from annotation.actions.claims import claim, give_back
from annotation.actions.submissions import (
    Handed,
    reopen_stale_slots,
    submit_sensitivity,
    submit_verification,
    tips,
    undo,
)
from annotation.errors import NothingToUndoError, QueueClosedError, SlotLostError, TextReplacedError
from annotation.labels import LabelError, SensitivityAnswers, SensitivitySpan, Verdict, VerificationAnswer
from annotation.models import Annotation, Campaign, Membership, Slot, SourceReport
from annotation.queries import work_item
from corpus.models import Translation, TranslationVersion
from tests.factories import add_version


@pytest.fixture
def slot(campaign, cast, now):
    return claim(campaign=campaign, kind="verification", language="de", by=cast.ana, now=now)


@pytest.fixture
def say(cast, now):
    def submit(slot, verdict, *, by=None, key=None, version=1, **answer):
        return submit_verification(
            slot=slot,
            answer=VerificationAnswer(Verdict(verdict), **answer),
            handed=Handed(key or uuid4(), 1, version),
            by=by or cast.ana,
            now=now,
        )

    return submit


def edited(slot, text="Sechs Seiten"):
    fields = dict(work_item(slot).translation.fields)
    return {**fields, "question": text}


def test_an_accept_names_the_judged_version_as_its_text(slot, say):
    annotation = say(slot, "accept")
    assert annotation.result_version == annotation.translation_version
    slot.refresh_from_db()
    assert slot.submitted_at is not None


def test_an_edit_is_kept_as_a_post_edit_and_the_machine_text_stays(slot, say, cast):
    annotation = say(slot, "edit", fields=edited(slot), reason="fluency", severity="minor")
    version = annotation.result_version
    assert (version.origin, version.created_by, version.based_on) == (
        "post-edit", cast.ana, annotation.translation_version,
    )  # fmt: skip
    assert version.fields["question"] == "Sechs Seiten"
    translation = Translation.objects.get(pk=version.translation_id)
    assert translation.current_version == annotation.translation_version


def test_the_same_key_twice_is_one_row(slot, say):
    key = uuid4()
    assert say(slot, "accept", key=key) == say(slot, "accept", key=key)
    assert Annotation.objects.count() == 1


@pytest.mark.parametrize(
    ("verdict", "answer", "field"),
    [
        ("reject", {}, "reason"),
        ("cannot_translate", {"reason": "fluency"}, "reason"),
        ("accept", {"reason": "fluency"}, "reason"),
        ("reject", {"reason": "other"}, "note"),
        ("reject", {"reason": "fluency", "severity": "bad"}, "severity"),
        ("edit", {"fields": {"question": "only one field"}}, "fields"),
    ],
)
def test_an_answer_that_does_not_hold_together_writes_nothing(slot, say, verdict, answer, field):
    with pytest.raises(LabelError) as refused:
        say(slot, verdict, **answer)
    assert refused.value.field == field
    assert not Annotation.objects.exists()


def test_an_edit_that_changes_nothing_is_refused(slot, say):
    with pytest.raises(LabelError, match="Nothing was changed"):
        say(slot, "edit", fields=work_item(slot).translation.fields)


def test_a_wrong_source_is_one_report_for_all_languages(slot, say):
    annotation = say(slot, "reject", reason="source_wrong")
    assert SourceReport.objects.get().item_version == annotation.item_version


def test_a_text_replaced_meanwhile_is_not_judged_unseen(slot, say, now):
    translation = work_item(slot).translation.translation
    translation.current_version = add_version(translation, {"question": "neu"}, now)
    translation.save()
    with pytest.raises(TextReplacedError):
        say(slot, "accept")


def test_rights_are_looked_at_again_when_handing_in(slot, say, cast, now):
    membership = Membership.objects.get(contributor=cast.ana, language="de")
    withdraw_member(membership=membership, by=cast.mia, now=now)
    with pytest.raises(PermissionDenied):
        say(slot, "accept")


def test_late_work_takes_a_free_slot_of_the_task(slot, say, cast):
    give_back(slot=slot, by=cast.ana)
    assert say(slot, "accept").slot == slot


def test_late_work_is_told_when_others_took_the_task(slot, say, cast, campaign, now):
    give_back(slot=slot, by=cast.ana)
    taken = claim(campaign=campaign, kind="verification", language="de", by=cast.ben, now=now)
    assert taken == slot
    with pytest.raises(SlotLostError):
        say(slot, "accept")


def test_undo_is_a_retraction_and_the_next_judgement_continues_the_chain(slot, say, cast, now):
    first = say(slot, "accept")
    retraction = undo(slot=slot, by=cast.ana, now=now)
    assert retraction.corrects == first
    second = say(slot, "reject", reason="fluency")
    assert second.corrects == retraction
    assert list(tips(Annotation.objects.all())) == [second]


def test_nothing_of_somebody_else_can_be_undone(slot, say, cast, now):
    say(slot, "accept")
    with pytest.raises(NothingToUndoError):
        undo(slot=slot, by=cast.ben, now=now)


@pytest.mark.django_db(transaction=True)
def test_a_retracted_slot_whose_lease_ran_out_goes_on_to_somebody_else(slot, say, cast, campaign, now):
    say(slot, "accept")
    undo(slot=slot, by=cast.ana, now=now)
    give_back(slot=slot, by=cast.ana)
    assert claim(campaign=campaign, kind="verification", language="de", by=cast.ben, now=now) == slot
    assert say(slot, "accept", by=cast.ben).corrects.contributor == cast.ana


@pytest.mark.parametrize(
    "statement", ["UPDATE annotation_annotation SET note = 'x'", "DELETE FROM annotation_annotation"]
)
def test_what_was_submitted_is_never_changed(slot, say, statement):
    say(slot, "accept")
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_post_edit_text_is_never_changed(slot, say):
    say(slot, "edit", fields=edited(slot))
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        TranslationVersion.objects.update(fields={})


def test_a_judgement_belongs_to_whoever_holds_the_slot(slot, say, cast):
    annotation = say(slot, "accept")
    annotation.pk, annotation.corrects, annotation.contributor = (
        None,
        annotation.__class__(pk=annotation.pk),
        cast.ben,
    )
    annotation.public_id, annotation.key = uuid4(), uuid4()
    with pytest.raises(IntegrityError, match="not held by"), transaction.atomic():
        annotation.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_a_slot_cannot_claim_to_be_submitted_without_a_judgement(slot, now):
    with pytest.raises(IntegrityError, match="does not agree"):
        type(slot).objects.filter(pk=slot.pk).update(submitted_at=now)


@pytest.mark.django_db(transaction=True)
def test_replacing_a_text_opens_its_slots_again(slot, say, cast, campaign, now):
    say(slot, "accept")
    translation = work_item(slot).translation.translation
    translation.current_version = add_version(translation, {"question": "neu"}, now)
    translation.save()
    assert reopen_stale_slots(now=now) == 1
    assert reopen_stale_slots(now=now) == 0
    slot.refresh_from_db()
    assert slot.submitted_at is None
    assert Annotation.objects.get(retraction="stale").corrects.verdict == "accept"
    assert claim(campaign=campaign, kind="verification", language="de", by=cast.ana, now=now) == slot


def test_sensitivity_answers_are_kept_with_their_spans(campaign, cast, now):
    slot = claim(campaign=campaign, kind="sensitivity", language="en", by=cast.ana, now=now)
    question = slot.task.item.current_version.fields["question"]
    answers = SensitivityAnswers(
        tags=("regional",), spans=(SensitivitySpan(0, 5, "Geographic", question[:5]),), region="North America",
        country="United States of America (USA)", time_sensitive=True,
    )  # fmt: skip
    kept = submit_sensitivity(
        slot=slot, answers=answers, note="", handed=Handed(uuid4(), 1), by=cast.ana, now=now
    )
    kept.refresh_from_db()
    assert SensitivityAnswers.from_json(kept.answers) == answers


def test_a_span_that_quotes_other_words_is_refused(campaign, cast, now):
    slot = claim(campaign=campaign, kind="sensitivity", language="en", by=cast.ana, now=now)
    answers = SensitivityAnswers(tags=("regional",), spans=(SensitivitySpan(0, 5, "Geographic", "zzzzz"),))
    with pytest.raises(LabelError, match="Mark them again"):
        submit_sensitivity(
            slot=slot, answers=answers, note="", handed=Handed(uuid4(), 1), by=cast.ana, now=now
        )


def test_late_work_in_the_slot_of_another_carries_nothing_of_theirs(slot, say, cast, campaign, now):
    late = now + timedelta(hours=1)
    Slot.objects.filter(pk=slot.pk).update(contributor=cast.ben, active_ms=777, lease_until=now)
    kept = submit_verification(
        slot=slot,
        answer=VerificationAnswer(Verdict.ACCEPT),
        handed=Handed(uuid4(), 1, 1),
        by=cast.ana,
        now=late,
    )
    assert (kept.active_ms, kept.flags_shown) == (0, True)


def test_what_a_reviewer_set_aside_cannot_be_undone(slot, say, cast, now):
    say(slot, "reject", reason="fluency")
    Slot.objects.filter(pk=slot.pk).update(set_aside_at=now)
    with pytest.raises(NothingToUndoError, match="somebody else"):
        undo(slot=slot, by=cast.ana, now=now)


def test_a_closed_campaign_takes_nothing_in(slot, say, campaign, now):
    Campaign.objects.filter(pk=campaign.pk).update(closed_at=now)
    with pytest.raises(QueueClosedError):
        say(slot, "accept")


@pytest.mark.parametrize("note", ["a\x00b", "a\ud800b", "x" * 10_001])
def test_a_note_that_cannot_be_kept_is_refused(slot, say, note):
    with pytest.raises(LabelError) as refused:
        say(slot, "accept", note=note)
    assert refused.value.field == "note"
