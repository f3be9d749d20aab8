"""A reviewer of a task that several systems translated sees which text each judgement started from."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from annotation.actions.check_settings import weigh_check
from annotation.actions.submissions import Handed, submit_verification
from annotation.labels import Verdict, VerificationAnswer
from corpus.models import Translation
from flagging.models import ModelPass, Suspicion
from review.cases import case
from review.queries import Why, review_queue
from tests.factories import make_translation

pytestmark = pytest.mark.django_db


@pytest.fixture
def say(campaign, task, now):
    """Hands in a verdict on `system`'s text; German is offered by two."""
    for item in campaign.benchmark.items.all():
        texts = {name: f"beta: {text}" for name, text in item.current_version.fields.items()}
        make_translation(item, "de", texts, now, system="mt-beta")
    campaign.languages.filter(language="de").update(systems=["mt-alpha", "mt-beta"])

    def submit(by, verdict, system, **changed):
        slot = task.slots.filter(contributor=None).first()
        slot.contributor, slot.claimed_at, slot.lease_until = by, now, now
        slot.save()
        base = Translation.objects.get(item=task.item, language="de", system=system).current_version
        fields = {**base.fields, **changed} if changed else None
        answer = VerificationAnswer(
            Verdict(verdict), fields, reason="" if verdict in ("accept", "edit") else "fluency"
        )
        handed = Handed(uuid4(), 1, 1, system=system)
        return submit_verification(slot=slot, answer=answer, handed=handed, by=by, now=now)

    return submit


@pytest.fixture
def rui(cast):
    client = Client()
    client.force_login(cast.rui.user)
    return client


def test_the_page_names_the_system_of_each_judgement_and_compares_with_its_text(say, task, cast, rui):
    say(cast.ana, "edit", "mt-beta", question="beta: Which planet is nearest to our Sun?")
    say(cast.ben, "accept", "mt-alpha")
    page = rui.get(reverse("review:task", args=[task.public_id])).content.decode()
    assert "on <bdi>mt-beta</bdi>" in page and "on <bdi>mt-alpha</bdi>" in page
    assert "<del>the</del><ins>our</ins>" in page and "<del>de</del>" not in page
    assert page.count("The text it judged, by") == 1


def test_a_campaign_of_one_system_names_none_beside_judgements(campaign, task, judge, cast, rui):
    judge(task, cast.ana, "reject", reason="fluency")
    page = rui.get(reverse("review:task", args=[task.public_id])).content.decode()
    assert "on <bdi>" not in page and "The text it judged" not in page


def test_different_verdicts_on_different_texts_wait_for_a_reviewer(say, cast):
    say(cast.ana, "reject", "mt-alpha")
    say(cast.ben, "accept", "mt-beta")
    [row] = review_queue(cast.rui).rows
    assert row.why == (Why.REJECT, Why.DISAGREEMENT)


def test_two_who_accept_different_texts_are_no_conflict_and_are_found_when_asked_for(say, task, cast):
    say(cast.ana, "accept", "mt-alpha")
    say(cast.ben, "accept", "mt-beta")
    assert review_queue(cast.rui).rows == () and case(task).why == (Why.TEXTS,)


def test_what_is_written_from_a_judgement_stands_on_the_text_it_judged(say, task, cast, rui, decide):
    said = say(cast.ana, "edit", "mt-beta", question="beta: mended")
    fields = {**said.result_version.fields, "question": "beta: mended again"}
    settled = decide(task, "write", fields=fields, start=said)
    assert settled.translation_version == said.translation_version == settled.result_version.based_on
    page = rui.get(reverse("review:task", args=[task.public_id])).content.decode()
    assert "A text was written" in page


def test_a_form_that_writes_from_a_judgement_keeps_where_it_started(say, task, cast, rui):
    said = say(cast.ana, "edit", "mt-beta", question="beta: mended")
    seen = case(task)
    answer = rui.post(
        reverse("review:task", args=[task.public_id]),
        {"decision": "write", "start": said.public_id.hex, "seen": str(seen.seen), "reason": "Better.",
         "text-question": "beta: mended again"},
    )  # fmt: skip
    assert answer.status_code == 302
    assert task.settlements.get().translation_version == said.translation_version


def test_flags_stand_at_what_they_weigh_in_the_campaign(campaign, task, cast, now):
    version = Translation.objects.get(item=task.item, language="de").current_version
    found = ModelPass.objects.create(
        benchmark=campaign.benchmark, language_id="de", detectors={}, requested_at=now, finished_at=now
    )
    Suspicion.objects.create(model_pass=found, translation_version=version, tier=0, value=0, signal=0)
    found.flags.create(
        translation_version=version, detector="truncation", detector_version=1, field="question",
        severity="suspect", params={"target": 4, "source": 40, "z": -3.0},
    )  # fmt: skip
    assert [flag.severity for flag in case(task).flags] == ["suspect"]
    weigh_check(
        campaign=campaign,
        detector="truncation",
        language="de",
        weight="silent",
        reason="r",
        by=cast.mia,
        now=now,
    )
    assert case(task).flags == ()
