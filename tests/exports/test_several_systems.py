"""A release of a campaign that offered several systems: whose text goes out, and whose word it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from annotation.actions.campaigns import Plan, add_member, open_campaign
from annotation.actions.submissions import Handed, submit_verification
from annotation.labels import Verdict, VerificationAnswer
from annotation.models import Annotation, Campaign
from corpus.models import Translation
from exports.errors import OpenRejectsError
from flagging.models import ModelPass, Suspicion
from review.actions import settle
from review.cases import case
from review.queries import reviewed_task
from tests.exports.conftest import Released, Work
from tests.factories import add_version, make_translation, mini_benchmark


@pytest.fixture
def campaign(transactional_db: None, cast: Any, now: Any) -> Campaign:
    """German by two systems, the first offered, judged by two."""
    with transaction.atomic():
        benchmark = mini_benchmark(cast.workspace, now)
        for item in benchmark.items.all():
            texts = {name: f"beta: {text}" for name, text in item.current_version.fields.items()}
            make_translation(item, "de", texts, now, system="mt-beta")
    plan = Plan(
        slug="mini", benchmark=benchmark, languages={"de": "mt-alpha+mt-beta"}, verification_overlap=2,
        sensitivity_overlap=0,
    )  # fmt: skip
    campaign = open_campaign(plan=plan, by=cast.mia, now=now)
    for person, standing in ((cast.ana, "professional"), (cast.ben, "community")):
        add_member(campaign=campaign, contributor=person, language="de", standing=standing, by=None, now=now)
    return campaign


@pytest.fixture
def say(work: Work) -> Any:
    def judge(by: Any, verdict: str, system: str = "", **changed: str) -> Annotation:
        from uuid import uuid4

        slot = work.slot("verification", 0, "de", by)
        base = Translation.objects.get(
            item=slot.task.item, language="de", system=system or "mt-alpha"
        ).current_version
        answer = VerificationAnswer(
            Verdict(verdict),
            fields={**base.fields, **changed} if verdict == "edit" else None,
            reason="" if verdict == "accept" else "fluency",
        )
        handed = Handed(uuid4(), 1, base.number, system=system)
        return submit_verification(slot=slot, answer=answer, handed=handed, by=by, now=work.later())

    return judge


def of_the_first(made: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return made["data"]["de"][0]["question"], made["provenance"]["de"][0]


def test_the_text_that_people_took_goes_out_under_its_own_system(
    release_rows: Released, say: Any, cast: Any
) -> None:
    say(cast.ana, "accept", "mt-beta")
    text, told = of_the_first(release_rows())
    assert text.startswith("beta: ")
    assert (told["status"], told["system"], told["edited"], told["edit_distance"]) == (
        "verified", "mt-beta", False, 0,
    )  # fmt: skip


def test_an_edit_is_measured_from_the_text_it_started_from(
    release_rows: Released, say: Any, cast: Any
) -> None:
    say(cast.ana, "edit", "mt-beta", option_a="beta: Mercury!")
    _, told = of_the_first(release_rows())
    assert (told["system"], told["origin"], told["edit_distance"]) == ("mt-beta", "post-edit", 1)


def test_two_who_took_different_texts_leave_it_unsettled_with_the_text_that_was_offered(
    release_rows: Released, say: Any, cast: Any
) -> None:
    say(cast.ana, "accept")
    say(cast.ben, "accept", "mt-beta")
    text, told = of_the_first(release_rows())
    assert text.startswith("de: ") and (told["status"], told["system"]) == ("unsettled", "mt-alpha")


def test_two_who_took_the_same_text_by_different_systems_agree(
    release_rows: Released, say: Any, work: Work, cast: Any
) -> None:
    one, other = Translation.objects.filter(item__external_id="quiz/test/0").order_by("system")
    other.current_version = add_version(other, one.current_version.fields, work.now)
    other.save()
    say(cast.ana, "accept", "mt-beta")
    say(cast.ben, "accept")
    _, told = of_the_first(release_rows())
    assert (told["status"], told["reason"]) == ("verified", "2 judgements agree")


def test_a_reject_of_one_and_an_accept_of_another_stay_open_until_a_reviewer_decides(
    release_rows: Released, say: Any, campaign: Campaign, work: Work, cast: Any
) -> None:
    say(cast.ana, "reject")
    taken = say(cast.ben, "accept", "mt-beta")
    with pytest.raises(OpenRejectsError):
        release_rows()
    task = campaign.tasks.get(item__external_id="quiz/test/0")
    decided = settle(
        task=task, outcome="pick", picked=taken, reason="Right.", by=cast.rui, now=work.later(),
        seen=case(reviewed_task(cast.rui, task.public_id)).seen,
    )  # fmt: skip
    assert decided.translation_version == taken.translation_version
    text, told = of_the_first(release_rows())
    assert text.startswith("beta: ") and (told["status"], told["system"]) == ("settled", "mt-beta")


def test_a_decision_for_one_systems_text_stands_while_another_is_replaced(
    release_rows: Released, say: Any, campaign: Campaign, work: Work, cast: Any
) -> None:
    taken = say(cast.ana, "accept", "mt-beta")
    task = campaign.tasks.get(item__external_id="quiz/test/0")
    settle(task=task, outcome="pick", picked=taken, reason="Right.", by=cast.rui, now=work.later())
    offered = Translation.objects.get(item=task.item, system="mt-alpha")
    offered.current_version = add_version(offered, offered.current_version.fields, work.later())
    offered.save()
    assert of_the_first(release_rows("1.0"))[1]["status"] == "settled"
    other = Translation.objects.get(item=task.item, system="mt-beta")
    other.current_version = add_version(other, other.current_version.fields, work.later())
    other.save()
    assert of_the_first(release_rows("1.1"))[1]["status"] == "machine"


def test_flags_and_sources_are_those_of_the_text_that_goes_out(
    release_rows: Released, say: Any, campaign: Campaign, work: Work, cast: Any
) -> None:
    found = ModelPass.objects.create(
        benchmark=campaign.benchmark, language_id="de", detectors={"truncation": 1}, requested_at=work.now,
        finished_at=work.now,
    )  # fmt: skip
    for row in Translation.objects.filter(item__external_id="quiz/test/0"):
        Suspicion.objects.create(
            model_pass=found, translation_version_id=row.current_version_id, tier=0, value=0, signal=0
        )
        found.flags.create(
            translation_version_id=row.current_version_id, detector_version=1, field="question",
            detector="truncation" if row.system == "mt-beta" else "preamble", severity="suspect",
        )  # fmt: skip
    say(cast.ana, "accept", "mt-beta")
    made = release_rows()
    assert of_the_first(made)[1]["flags"] == ["truncation:question"]
    assert {source["system"] for source in made["release"].options["sources"]} == {"mt-alpha", "mt-beta"}
