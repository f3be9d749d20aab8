from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from annotation.actions.campaigns import Plan, add_member, open_campaign
from annotation.actions.submissions import Handed, submit_verification, undo
from annotation.labels import Verdict, VerificationAnswer
from annotation.models import Annotation, Campaign, Slot
from common.models import Job
from flagging.actions.learning import gather_verdicts, learn, learned_of, order_learning
from flagging.audit_sample import drawn, standing_verdicts
from flagging.budget import budgets
from flagging.models import Fit, SampleFrame, Suspicion, VerdictSample
from review.actions import settle
from review.cases import seen_now
from tests.flagging.verdict_rows import (
    frames,
    is_bad,
    many_translations,
    passed,
    people,
    record,
    verdict,
    versions,
)


@pytest.fixture
def benchmark(cast, now):
    return many_translations(cast.workspace, now, count=60)


@pytest.fixture
def campaign(cast, now, benchmark) -> Campaign:
    """German verified twice by Ana and Ben."""
    return opened(benchmark, cast, now, overlap=2)


def opened(benchmark, cast, now, *, overlap: int) -> Campaign:
    plan = Plan(
        slug="many", benchmark=benchmark, languages={"de": None}, verification_overlap=overlap,
        sensitivity_overlap=0, settings={"revision_rate": 0},
    )  # fmt: skip
    campaign = open_campaign(plan=plan, by=cast.mia, now=now)
    for person in (cast.ana, cast.ben):
        add_member(
            campaign=campaign, contributor=person, language="de", standing="professional", by=None, now=now
        )
    return campaign


@pytest.fixture
def judge(now) -> Callable[..., Annotation]:
    """Judges the first task in a free slot of it, or the task given; what is faulty is rejected."""

    def submit(slot: Slot, by, said: str | None = None, **answer) -> Annotation:
        slot.contributor, slot.claimed_at, slot.lease_until = by, now, now
        slot.save()
        [version] = versions_of(slot)
        bad = is_bad(version)
        said = said or ("reject" if bad else "accept")
        if said == "reject":
            answer.setdefault("reason", "accuracy.omission")
        return submit_verification(
            slot=slot, answer=VerificationAnswer(Verdict(said), **answer),
            handed=Handed(uuid4(), 1, 1, active_ms=20_000), by=by, now=now + timedelta(minutes=1),
        )  # fmt: skip

    return submit


def versions_of(slot: Slot):
    return [
        row.current_version
        for row in slot.task.item.translations.filter(language=slot.language_id, origin="machine")
    ]


def free_slots(campaign: Campaign, number: int = 1) -> list[Slot]:
    rows = Slot.objects.filter(campaign=campaign, number=number, contributor=None).order_by("position")
    return list(rows.select_related("campaign", "task__item__current_version"))


@pytest.mark.slow
def test_verdicts_become_what_later_passes_know_and_earlier_passes_stay_as_they_were(cast, now, judge):
    benchmark = many_translations(cast.workspace, now, count=330)
    first = passed(benchmark, "de", now)
    campaign = opened(benchmark, cast, now, overlap=1)
    for number, slot in enumerate(free_slots(campaign)):
        judge(slot, (cast.ana, cast.ben)[number % 2])
    before = list(first.suspicions.order_by("pk").values())

    told = learned_of(cast.workspace.pk, now=now)

    assert told["de"]["head"].startswith("On: ")
    assert VerdictSample.objects.count() == 330
    assert {row.stratum: row.size for row in SampleFrame.objects.all()} == {"audit": 100, "rest": 230}
    head, calibration = Fit.objects.get(kind="head"), Fit.objects.get(kind="calibration")
    # All was judged, so that all had a draw.
    assert (len(head.verdict_ids), len(calibration.verdict_ids)) == (330, 330)
    second = passed(benchmark, "de", now)
    assert second.fits == {"head": head.pk, "calibration": calibration.pk}
    assert second.scores.filter(detector="head").count() == 330
    assert not second.suspicions.filter(probability=None).exists()
    worst = Suspicion.objects.filter(model_pass=second).order_by("-value")[:100]
    assert sum(is_bad(row.translation_version) for row in worst) >= 95
    assert list(first.suspicions.order_by("pk").values()) == before


def test_a_judgement_that_was_taken_back_counts_no_more(campaign, cast, now, judge):
    slot = free_slots(campaign)[0]
    judge(slot, cast.ana)
    gather_verdicts()
    assert len(standing_verdicts(cast.workspace.pk)["de"]) == 1
    undo(slot=slot, by=cast.ana, now=now + timedelta(minutes=2))
    gather_verdicts()
    assert standing_verdicts(cast.workspace.pk) == {}
    assert VerdictSample.objects.exclude(withdrawn_at=None).count() == 1


def test_a_judgement_that_was_corrected_is_replaced_by_its_correction(campaign, cast, now, judge):
    slot = free_slots(campaign)[0]
    judge(slot, cast.ana, "accept")
    gather_verdicts()
    undo(slot=slot, by=cast.ana, now=now + timedelta(minutes=2))
    slot.refresh_from_db()
    judge(slot, cast.ana, "reject")
    gather_verdicts()
    [held] = standing_verdicts(cast.workspace.pk)["de"]
    assert held.bad
    assert VerdictSample.objects.count() == 2


def test_verdicts_are_written_down_once(campaign, cast, judge):
    judge(free_slots(campaign)[0], cast.ana)
    gather_verdicts()
    gather_verdicts()
    assert VerdictSample.objects.count() == 1


def test_a_settlement_goes_before_the_judgements_it_settles(campaign, cast, now, judge):
    first, second = free_slots(campaign)[0], free_slots(campaign, 2)[0]
    accepted = judge(first, cast.ana, "accept")
    judge(second, cast.ben, "reject")
    gather_verdicts()
    # Of two who disagree the worse is believed until somebody decides.
    assert standing_verdicts(cast.workspace.pk)["de"][0].bad
    settle(task=first.task, outcome="pick", picked=accepted, reason="Seen.", by=cast.rui, now=now)
    gather_verdicts()
    [held] = standing_verdicts(cast.workspace.pk)["de"]
    assert not held.bad
    assert held.group == cast.rui.pk
    assert len(held.ids) == 3


def test_a_settlement_that_was_replaced_counts_no_more(campaign, cast, now, judge):
    first, second = free_slots(campaign)[0], free_slots(campaign, 2)[0]
    accepted = judge(first, cast.ana, "accept")
    judge(second, cast.ben, "reject")
    settle(task=first.task, outcome="pick", picked=accepted, reason="Seen.", by=cast.rui, now=now)
    gather_verdicts()
    settle(
        task=first.task, outcome="exclude_language", reason="No.", by=cast.rui, now=now, seen=seen_now(first.task)
    )  # fmt: skip
    gather_verdicts()
    [held] = standing_verdicts(cast.workspace.pk)["de"]
    assert held.bad


@pytest.fixture
def judged(benchmark, cast, now):
    """Sixty translations under one pass, twenty of them drawn and judged."""
    passed(benchmark, "de", now)
    rows = versions(benchmark)
    record(verdict(row, cast.ana, now) for row in rows[:20])
    frames(benchmark, audit=20, rest=40)
    return rows


def sample_of(workspace):
    return drawn("de", standing_verdicts(workspace.pk)["de"])


def test_the_audit_stands_for_all_that_is_not_flagged(judged, cast):
    found = sample_of(cast.workspace)
    assert (found.audited, found.unflagged, found.flagged) == (20, 60, 0)
    assert set(found.inclusion) == {20 / 60}
    assert found.as_sample().weight.sum() == pytest.approx(60)


def test_what_was_read_worst_first_of_the_rest_is_left_out(judged, cast, now):
    record(verdict(row, cast.ana, now, stratum="rest") for row in judged[20:35])
    found = sample_of(cast.workspace)
    assert len(found.rows) == 20
    assert (found.rest_read, found.rest_bad) == (15, sum(map(is_bad, judged[20:35])))


def test_what_was_judged_in_place_of_the_translation_offered_is_left_out(judged, cast, now):
    record([verdict(judged[20], cast.ana, now, offered=False)])
    assert len(sample_of(cast.workspace).rows) == 20


def test_what_no_pass_has_looked_at_is_left_out(benchmark, cast, now):
    record([verdict(versions(benchmark)[0], cast.ana, now)])
    assert sample_of(cast.workspace).rows == ()


def test_a_verdict_is_never_held_against_a_head_that_saw_it(judged, benchmark, cast, now):
    before = sample_of(cast.workspace).suspicion
    seen = list(VerdictSample.objects.order_by("pk").values_list("pk", flat=True))[:5]
    learned = passed(benchmark, "de", now)
    head = Fit.objects.create(
        workspace=cast.workspace, language_id="de", kind="head", parameters={}, report={}, switched_on=True,
        verdict_ids=seen, fitted_at=now,
    )  # fmt: skip
    learned.fits = {"head": head.pk}
    learned.save()
    # As if the head had turned everything round.
    Suspicion.objects.bulk_create(turned_round(learned))
    found = sample_of(cast.workspace)
    assert found.suspicion[:5] == before[:5]
    assert all(value <= 0 for value in found.suspicion[5:])


def turned_round(learned):
    rows = list(learned.suspicions.all())
    learned.suspicions.all().delete()
    for row in rows:
        row.pk, row.value = None, -row.value
    return rows


def test_a_head_saw_a_translation_also_by_a_verdict_that_was_taken_back(judged, benchmark, cast, now):
    before = sample_of(cast.workspace).suspicion[0]
    seen = VerdictSample.objects.get(translation_version=judged[0])
    VerdictSample.objects.filter(pk=seen.pk).update(withdrawn_at=now)
    record([verdict(judged[0], cast.ana, now, source_id=10_000_000)])
    learned = passed(benchmark, "de", now)
    head = Fit.objects.create(
        workspace=cast.workspace, language_id="de", kind="head", parameters={}, report={}, switched_on=True,
        verdict_ids=[seen.pk], fitted_at=now,
    )  # fmt: skip
    learned.fits = {"head": head.pk}
    learned.save()
    Suspicion.objects.bulk_create(turned_round(learned))
    rows = sample_of(cast.workspace)
    place = [row.version for row in rows.rows].index(judged[0].pk)
    assert rows.suspicion[place] == before


def test_what_a_check_calls_broken_is_reviewed_first_and_calibrated_by_its_index(judged, cast):
    found = sample_of(cast.workspace)
    Suspicion.objects.filter(translation_version=judged[3]).delete()
    Suspicion.objects.create(
        model_pass=Suspicion.objects.first().model_pass, translation_version=judged[3], tier=2, value=0.1, signal=0.1
    )  # fmt: skip
    found = sample_of(cast.workspace)
    place = [row.version for row in found.rows].index(judged[3].pk)
    assert found.in_order_of_review().suspicion.argmax() == place
    assert found.as_sample().suspicion[place] == 0.1


def test_learning_again_adds_fits_and_changes_none(judged, cast, now):
    learned_of(cast.workspace.pk, now=now)
    before = list(Fit.objects.order_by("pk").values())
    learned_of(cast.workspace.pk, now=now + timedelta(hours=1))
    assert list(Fit.objects.order_by("pk").values())[: len(before)] == before
    assert Fit.objects.count() == 2 * len(before)
    with pytest.raises(DatabaseError), transaction.atomic():
        Fit.objects.update(switched_on=True)


def test_too_few_verdicts_leave_the_head_off_and_the_language_without_evidence(judged, cast, now):
    told = learned_of(cast.workspace.pk, now=now)
    assert told["de"] == {
        "head": "Off: 20 verdicts, 7 of them bad; a head needs 300 and 60.",
        "trust": "No evidence yet: the audit sample holds 7 bad and 13 good translations; it takes 10 of each.",
    }
    assert not Fit.objects.filter(switched_on=True).exists()
    assert passed(judged[0].translation.item.benchmark, "de", now).fits == {}


def test_each_language_is_trusted_by_its_own_verdicts(cast, now):
    benchmark = many_translations(cast.workspace, now, count=120, languages=("de", "fr"))
    for language in ("de", "fr"):
        passed(benchmark, language, now)
    german, french = versions(benchmark), versions(benchmark, "fr")
    places = dict(Suspicion.objects.values_list("translation_version", "value"))
    # One in five is judged against the order, in French all are.
    record(
        verdict(row, cast.ana, now, bad=(places[row.pk] > 0.6) == (number % 5 > 0))
        for number, row in enumerate(german)
    )
    record(verdict(row, cast.ana, now, bad=places[row.pk] < 0.3) for row in french)
    frames(benchmark, audit=120)
    frames(benchmark, "fr", audit=120)
    learned_of(cast.workspace.pk, now=now)
    states = {one.language: one.state for one in budgets(cast.workspace.pk)}
    assert states == {"de": "trusted", "fr": "sampled_review"}


def test_a_job_keeps_all_it_learned_and_ends_in_one_go(judged, cast, now, monkeypatch):
    job = order_learning(workspace=cast.workspace, by=cast.mia, now=now)
    assert order_learning(workspace=cast.workspace, by=cast.mia, now=now) == job

    def broken(*_, **__):
        raise RuntimeError("away")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr("flagging.actions.learning.jobs.finish", broken)
        learn(job.pk, now=now)
    assert not Fit.objects.exists()
    learn(job.pk, now=now)
    learn(job.pk, now=now)
    assert Fit.objects.count() == 2
    job = Job.objects.get(pk=job.pk)
    assert job.state == "finished"
    assert set(job.result["de"]) == {"head", "trust"}


def test_all_that_is_judged_by_several_counts_once(judged, cast, now):
    others = people(2, now)
    for number, by in enumerate(others, start=1):
        record([verdict(judged[0], by, now, source_id=number * 10_000_000, bad=False)])
    [held] = [row for row in standing_verdicts(cast.workspace.pk)["de"] if row.version == judged[0].pk]
    # One found it bad, two did not.
    assert not held.bad
    assert len(sample_of(cast.workspace).rows) == 20
