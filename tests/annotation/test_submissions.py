from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction

from annotation.actions.campaigns import withdraw_member
from annotation.actions.claims import claim, free_expired_leases, give_back, open_slot
from annotation.actions.closing import open_slots
from annotation.actions.stale import reopen_stale_slots
from annotation.actions.submissions import (
    Handed,
    Place,
    place_of,
    submit_sensitivity,
    submit_verification,
    tips,
    undo,
)
from annotation.errors import (
    HandedInError,
    NothingToUndoError,
    QueueClosedError,
    SlotLostError,
    TextReplacedError,
)
from annotation.labels import LabelError, SensitivityAnswers, SensitivitySpan, Verdict, VerificationAnswer
from annotation.models import Annotation, Campaign, Membership, PastHold, Slot, SourceReport
from annotation.queries import own_slot, progress, work_item
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


def test_work_that_comes_when_others_took_the_task_is_kept_and_counts_nowhere(slot, say, cast, campaign, now):
    open_slot(slot=slot, by=cast.ana, now=now)
    give_back(slot=slot, by=cast.ana)
    taken = claim(campaign=campaign, kind="verification", language="de", by=cast.ben, now=now)
    assert taken == slot
    before = progress(campaign)
    late = say(slot, "accept")
    assert place_of(late, slot) is Place.EXTRA
    assert late.slot.is_extra and late.slot.closed_at and late.slot.set_aside_at
    assert late.flags_shown and late.slot.opened_at == now
    assert progress(campaign) == before
    assert say(taken, "accept", by=cast.ben).slot == slot
    assert own_slot(cast.ana, slot.public_id) == slot


def test_an_extra_judgement_can_be_taken_back_and_given_anew_and_its_slot_goes_to_nobody(
    slot, say, cast, campaign, now
):
    give_back(slot=slot, by=cast.ana)
    claim(campaign=campaign, kind="verification", language="de", by=cast.ben, now=now)
    extra = say(slot, "accept").slot
    undo(slot=extra, by=cast.ana, now=now)
    again = say(slot, "reject", reason="fluency")
    assert again.slot == extra and again.corrects.retraction == "undone"
    undo(slot=extra, by=cast.ana, now=now)
    assert give_back(slot=extra, by=cast.ana)
    open_slots(tasks=[slot.task_id])
    taken = claim(campaign=campaign, kind="verification", language="de", by=cast.ana, now=now)
    assert taken not in (slot, extra)


def test_late_work_goes_into_another_slot_while_one_is_free(campaign, cast, now):
    slot = claim(campaign=campaign, kind="sensitivity", language="en", by=cast.ana, now=now)
    late = now + timedelta(days=3)
    assert claim(campaign=campaign, kind="sensitivity", language="en", by=cast.ben, now=late) == slot
    kept = submit_sensitivity(
        slot=slot, answers=SensitivityAnswers(), note="", handed=Handed(uuid4(), 1), by=cast.ana, now=late
    )
    assert place_of(kept, slot) is Place.ANOTHER
    assert kept.slot.number == 2 and kept.slot.task == slot.task


def test_work_is_taken_a_day_late_in_the_slot_that_the_sweeper_freed(slot, say, now):
    assert free_expired_leases(now=now + timedelta(days=2)) == 1
    assert place_of(say(slot, "accept"), slot) is Place.OWN


def test_what_was_never_open_with_somebody_is_not_theirs_to_hand_in(slot, say, cast):
    with pytest.raises(SlotLostError, match="never open"):
        say(slot, "accept", by=cast.ben)


def test_late_work_of_somebody_withdrawn_is_refused_and_takes_no_slot(slot, say, cast, campaign, now):
    withdraw_member(
        membership=Membership.objects.get(contributor=cast.ana, language="de"), by=cast.mia, now=now
    )
    before = list(Slot.objects.order_by("pk").values())
    with pytest.raises(PermissionDenied):
        say(slot, "accept")
    assert list(Slot.objects.order_by("pk").values()) == before


def test_the_database_keeps_an_extra_slot_closed_and_aside(slot, say, cast, campaign, now):
    give_back(slot=slot, by=cast.ana)
    claim(campaign=campaign, kind="verification", language="de", by=cast.ben, now=now)
    extra = say(slot, "accept").slot
    for column in ("closed_at", "set_aside_at"):
        with pytest.raises(IntegrityError, match="extra_counts_nowhere"), transaction.atomic():
            Slot.objects.filter(pk=extra.pk).update(**{column: None})


def test_the_same_key_with_another_answer_is_refused_and_changes_nothing(slot, say):
    key = uuid4()
    first = say(slot, "edit", key=key, fields=edited(slot))
    for verdict, answer in (
        ("accept", {}),
        ("edit", {"fields": edited(slot, "Sieben Seiten")}),
        ("edit", {"fields": edited(slot), "note": "so"}),
    ):
        with pytest.raises(HandedInError, match="undo it to change it"):
            say(slot, verdict, key=key, **answer)
    assert say(slot, "edit", key=key, fields=edited(slot)) == first
    assert TranslationVersion.objects.filter(origin="post-edit").count() == 1


def test_a_second_page_of_the_same_slot_is_no_second_judgement(slot, say):
    first = say(slot, "accept")
    assert say(slot, "accept") == first
    with pytest.raises(HandedInError):
        say(slot, "reject", reason="fluency")
    assert Annotation.objects.count() == 1


def test_a_page_from_before_an_undo_is_not_taken_for_handed_in(slot, say, cast, now):
    key = uuid4()
    say(slot, "accept", key=key)
    undo(slot=slot, by=cast.ana, now=now)
    with pytest.raises(HandedInError, match="took this back"):
        say(slot, "accept", key=key)


def test_other_answers_under_the_same_key_are_refused_for_sensitivity_too(campaign, cast, now):
    slot = claim(campaign=campaign, kind="sensitivity", language="en", by=cast.ana, now=now)
    handed = Handed(uuid4(), 1)

    def answer(**answers):
        said = SensitivityAnswers(**answers)
        return submit_sensitivity(slot=slot, answers=said, note="", handed=handed, by=cast.ana, now=now)

    question = slot.task.item.current_version.fields["question"]
    spans = (SensitivitySpan(0, 5, "Cultural", question[:5]),)
    first = answer(tags=("cultural",), spans=spans)
    assert answer(tags=("cultural",), spans=spans) == first
    with pytest.raises(HandedInError):
        answer(tags=("cultural",))


def test_active_time_comes_with_the_judgement_and_is_no_more_than_real_time(slot, cast, now):
    kept = submit_verification(
        slot=slot, answer=VerificationAnswer(Verdict.ACCEPT), handed=Handed(uuid4(), 1, 1, active_ms=10**9),
        by=cast.ana, now=now + timedelta(seconds=9),
    )  # fmt: skip
    assert (kept.active_ms, kept.slot.active_ms) == (9000, 9000)


def test_handing_in_takes_five_statements(slot, say, cast, now, django_assert_num_queries):
    slot = open_slot(slot=slot, by=cast.ana, now=now)
    with django_assert_num_queries(7):  # two of them are the savepoint's
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


def test_work_judged_before_holds_were_kept_can_still_be_handed_in(slot, say, cast, now):
    say(slot, "accept")
    translation = Translation.objects.get(item=slot.task.item_id)
    add = {**translation.current_version.fields, "question": "Neu?"}
    translation.current_version = add_version(translation, add, now)
    translation.save()
    reopen_stale_slots(now=now)
    PastHold.objects.all().delete()
    with pytest.raises(Slot.DoesNotExist):
        own_slot(cast.ana, slot.public_id)
    backfill = import_module("annotation.migrations.0004_places_and_past_holds").PAST_HOLDS
    with connection.cursor() as cursor:
        cursor.execute(backfill)
        cursor.execute(backfill)
    [hold] = PastHold.objects.all()
    assert (hold.slot_id, hold.contributor_id, hold.flags_shown) == (slot.pk, cast.ana.pk, True)
    assert own_slot(cast.ana, slot.public_id) == slot
