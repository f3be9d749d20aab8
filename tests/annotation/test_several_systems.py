"""Several systems translated an item: one is offered, the others are a key away, and a judgement names its own."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from annotation.actions.campaigns import Plan, add_member, open_campaign
from annotation.actions.claims import claim, give_back, open_slot
from annotation.actions.ordering import order_late_queues
from annotation.actions.stale import reopen_stale_slots
from annotation.actions.submissions import Handed, submit_verification, undo
from annotation.candidates import candidates
from annotation.errors import HandedInError
from annotation.labels import LabelError, Verdict, VerificationAnswer
from annotation.models import Annotation, Slot, Task
from annotation.overrides import offer_lines
from annotation.queries import own_slot, work_item
from corpus.models import Translation
from flagging.models import Flag, ModelPass, Suspicion
from tests.annotation.test_api import Program
from tests.annotation.test_views import address, form_of
from tests.factories import add_version, make_translation, mini_benchmark

pytestmark = pytest.mark.django_db
SYSTEMS = ("mt-alpha", "mt-beta", "mt-gamma")


@pytest.fixture
def campaign(cast, now):
    """German by three systems, each of whose texts names it."""
    benchmark = mini_benchmark(cast.workspace, now)
    for item in benchmark.items.all():
        for system in SYSTEMS[1:]:
            texts = {name: f"{system}: {text}" for name, text in item.current_version.fields.items()}
            make_translation(item, "de", texts, now, system=system)
    plan = Plan(
        slug="mini", benchmark=benchmark, languages={"de": "+".join(SYSTEMS)}, sensitivity_overlap=1,
        settings={"hidden_flags_rate": 0},
    )  # fmt: skip
    campaign = open_campaign(plan=plan, by=cast.mia, now=now)
    for person in (cast.ana, cast.ben):
        add_member(
            campaign=campaign, contributor=person, language="de", standing="professional", by=None, now=now
        )
    return campaign


@pytest.fixture
def slot(campaign, cast, now):
    return claim(campaign=campaign, kind="verification", language="de", by=cast.ana, now=now)


@pytest.fixture
def say(slot, cast, now):
    def submit(system="", verdict="accept", key=None, **answer):
        return submit_verification(
            slot=slot, answer=VerificationAnswer(Verdict(verdict), **answer),
            handed=Handed(key or uuid4(), 1, 1, system=system), by=cast.ana, now=now,
        )  # fmt: skip

    return submit


@pytest.fixture
def ana(cast, campaign):
    client = Client()
    client.force_login(cast.ana.user)
    return client


def ranked(campaign, now, *order):
    """A finished pass that put the systems of every item in this order."""
    found = ModelPass.objects.create(
        benchmark=campaign.benchmark, language_id="de", detectors={}, requested_at=now, finished_at=now
    )
    for row in Translation.objects.filter(item__benchmark=campaign.benchmark, language="de"):
        found.candidates.create(
            translation_version_id=row.current_version_id, place=order.index(row.system) + 1
        )
        Suspicion.objects.create(
            model_pass=found, translation_version_id=row.current_version_id, tier=0, value=0, signal=0
        )
    return found


def flagged(model_pass, slot, system, *, detector="truncation", severity="suspect"):
    version = Translation.objects.get(item=slot.task.item, language="de", system=system).current_version
    return Flag.objects.create(
        model_pass=model_pass, translation_version=version, detector=detector, detector_version=1,
        field="question", severity=severity, params={"target": 4, "source": 40, "z": -3.0, "letter": "A"},
    )  # fmt: skip


def page_of(client, slot):
    return client.get(address(slot)).content.decode()


def swap(client, slot, form, to, **typed):
    return client.post(address(slot), {**form, **typed, "to": to}).content.decode()


def test_the_offered_one_comes_first_and_the_others_as_the_pass_ranked_them(campaign, slot, cast, now):
    ranked(campaign, now, "mt-gamma", "mt-alpha", "mt-beta")
    own = own_slot(cast.ana, slot.public_id)
    assert [one.system for one in candidates(own)] == ["mt-alpha", "mt-gamma", "mt-beta"]


def test_the_best_by_the_pass_is_offered_until_somebody_has_seen_the_task(campaign, slot, cast, now):
    open_slot(slot=slot, by=cast.ana, now=now)
    ranked(campaign, now, "mt-gamma", "mt-alpha", "mt-beta")
    order_late_queues()
    systems = set(Task.objects.filter(kind="verification").exclude(pk=slot.task_id).values_list("system"))
    assert systems == {("mt-gamma",)}
    assert Task.objects.get(pk=slot.task_id).system == "mt-alpha"


def test_what_somebody_saw_and_gave_back_stays_on_offer_for_their_late_work(campaign, slot, cast, now):
    open_slot(slot=slot, by=cast.ana, now=now)
    give_back(slot=slot, by=cast.ana)
    ranked(campaign, now, "mt-gamma", "mt-alpha", "mt-beta")
    order_late_queues()
    assert Task.objects.get(pk=slot.task_id).system == "mt-alpha"


def test_a_page_shows_which_of_how_many_and_names_no_system_anywhere(ana, slot):
    for row in Translation.objects.all():
        Translation.objects.filter(pk=row.pk).update(system=f"secret-{row.system}")
    Task.objects.filter(kind="verification").update(system="secret-mt-alpha")
    slot.campaign.languages.update(systems=[f"secret-{one}" for one in SYSTEMS])
    page = page_of(ana, slot)
    assert "secret" not in page and page.count('data-key="KeyT"') == 1


def test_the_next_translation_stands_there_and_after_the_last_comes_the_first(ana, slot, cast):
    own = own_slot(cast.ana, slot.public_id)
    keys = [one.key for one in candidates(own)]
    page = page_of(ana, slot)
    assert "Translation 1 of 3" in page and f'value="{keys[1]}"' in page
    page = swap(ana, slot, form_of(page), keys[1])
    assert "Translation 2 of 3" in page and f'value="{keys[2]}"' in page
    page = swap(ana, slot, form_of(page), keys[2])
    assert "Translation 3 of 3" in page and f'name="to"\n          value="{keys[0]}"' in page
    assert not Annotation.objects.exists()


def test_what_was_typed_is_kept_for_each_translation_and_the_note_for_all(ana, slot, cast):
    keys = [one.key for one in candidates(own_slot(cast.ana, slot.public_id))]
    form = form_of(page_of(ana, slot))
    typed = {"text-question": "Mine <b>\r\nwith a line", "note": "Look.", "reason": "fluency"}
    page = swap(ana, slot, form, keys[1], **typed)
    assert "Mine" not in form_of(page)["text-question"] and ">Look.</textarea>" in page.replace("\n", "")
    assert "is kept until you hand in" in page
    page = swap(ana, slot, {**form_of(page), "note": "Look."}, keys[0])
    assert form_of(page)["text-question"] == "Mine <b>\r\nwith a line"
    assert 'data-mode="edit"' in page and "is kept until you hand in" not in page


@pytest.mark.parametrize(
    "drafts", ["{", "[]", '{"x": 1}', '{"KEY": {"texts": 1}}', '{"KEY": {"texts": {"question": "\\ud800"}}}',
               '{"KEY": {"texts": {"nothing": "x"}, "reason": 4, "severity": []}}', "[" * 100_000],
)  # fmt: skip
def test_drafts_that_nobody_wrote_are_no_drafts(ana, slot, cast, drafts):
    keys = [one.key for one in candidates(own_slot(cast.ana, slot.public_id))]
    form = {**form_of(page_of(ana, slot)), "drafts": drafts.replace("KEY", keys[1])}
    answer = ana.post(address(slot), {**form, "to": keys[1]})
    assert answer.status_code == 200 and "Translation 2 of 3" in answer.content.decode()


def test_a_key_that_is_none_is_refused_and_nothing_typed_is_lost(ana, slot):
    form = form_of(page_of(ana, slot))
    for sent in ({"to": "0" * 16}, {"verdict": "accept", "candidate": "0" * 16}):
        answer = ana.post(address(slot), {**form, "text-question": "typed here", **sent})
        assert answer.status_code == 422 and "typed here" in answer.content.decode()
    assert not Annotation.objects.exists()


def test_a_judgement_names_the_version_it_judged(ana, slot, cast):
    keys = [one.key for one in candidates(own_slot(cast.ana, slot.public_id))]
    page = swap(ana, slot, form_of(page_of(ana, slot)), keys[1])
    ana.post(address(slot), {**form_of(page), "verdict": "accept"})
    kept = Annotation.objects.get()
    shown = next(one for one in candidates(own_slot(cast.ana, slot.public_id)) if one.key == keys[1])
    assert kept.translation_version == kept.result_version == shown.version


def test_an_edit_of_another_translation_stands_on_that_one(say):
    fields = {"question": "Sechs Seiten"}
    base = Translation.objects.get(item__external_id="quiz/test/1", system="mt-beta").current_version
    kept = say("mt-beta", "edit", fields={**base.fields, **fields})
    assert kept.result_version.based_on == base and kept.result_version.fields["question"] == "Sechs Seiten"


def test_flags_are_those_of_the_translation_that_is_shown(ana, campaign, slot, cast, now):
    flagged(ranked(campaign, now, *SYSTEMS), slot, "mt-beta")
    page = page_of(ana, slot)
    assert "flag--suspect" not in page
    keys = {one.system: one.key for one in candidates(own_slot(cast.ana, slot.public_id))}
    assert "flag--suspect" in swap(ana, slot, form_of(page), keys["mt-beta"])


def test_after_an_undo_the_translation_that_was_judged_stands_there_again(ana, say, slot, cast, now):
    base = Translation.objects.get(item__external_id="quiz/test/1", system="mt-gamma").current_version
    say("mt-gamma", "edit", fields={**base.fields, "question": "Mine"})
    undo(slot=slot, by=cast.ana, now=now)
    work = work_item(own_slot(cast.ana, slot.public_id))
    assert work.shown.system == "mt-gamma"
    assert form_of(page_of(ana, slot))["text-question"] == "Mine"


def test_the_same_verdict_on_another_translation_is_not_the_same_judgement(say):
    first = say("mt-beta")
    assert say("mt-beta") == first
    with pytest.raises(HandedInError):
        say("mt-gamma")
    with pytest.raises(HandedInError):
        say()


def test_a_system_that_is_not_offered_is_refused(say, campaign):
    with pytest.raises(LabelError) as refused:
        say("mt-nobody")
    assert refused.value.field == "system"
    campaign.languages.update(systems=[])
    with pytest.raises(LabelError):
        say("mt-beta")
    assert not Annotation.objects.exists()


def test_handing_in_another_translation_takes_five_statements(say, django_assert_num_queries):
    with django_assert_num_queries(7):  # two of them are the savepoint's
        say("mt-beta")


def test_a_claim_of_several_systems_is_one_statement(campaign, cast, now, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert claim(campaign=campaign, kind="verification", language="de", by=cast.ana, now=now)


def test_a_replaced_text_reopens_the_judgements_of_that_text_alone(say, slot, now):
    kept = say("mt-beta")
    for system, reopened in (("mt-alpha", 0), ("mt-beta", 1)):
        translation = Translation.objects.get(item=slot.task.item, language="de", system=system)
        translation.current_version = add_version(translation, {"question": "neu"}, now)
        translation.save()
        assert reopen_stale_slots(now=now) == reopened
    assert Annotation.objects.get(corrects=kept).retraction == "stale"


class TestPrograms:
    @pytest.fixture
    def program(self, client, cast, campaign):
        return Program(client, cast.ana)

    def test_a_claim_has_the_other_translations_best_first(self, program, campaign, slot, now):
        found = ranked(campaign, now, "mt-gamma", "mt-alpha", "mt-beta")
        flagged(found, slot, "mt-beta")
        work = program.claim().json()
        assert work["translation"]["system"] == "mt-alpha"
        assert [one["system"] for one in work["others"]] == ["mt-gamma", "mt-beta"]
        assert next(iter(work["others"][0]["fields"])) == "question"
        assert [len(one["flags"]) for one in work["others"]] == [0, 1] and work["flags"] == []

    def test_a_submission_names_a_system_and_an_old_program_none(self, program):
        slot = program.claim().json()["slot"]
        body = {"item_version": 1, "translation_version": 1, "verdict": "accept"}
        program.submit(slot, {**body, "system": "mt-beta"})
        program.submit(program.claim().json()["slot"], body)
        judged = Annotation.objects.order_by("pk").values_list(
            "translation_version__translation__system", flat=True
        )
        assert list(judged) == ["mt-beta", "mt-alpha"]
        assert [one["system"] for one in program.get("annotations/").json()["results"]] == [
            "mt-alpha", "mt-beta",
        ]  # fmt: skip

    def test_a_system_that_is_not_offered_is_refused_with_its_field(self, program):
        slot = program.claim().json()["slot"]
        body = {"item_version": 1, "translation_version": 1, "verdict": "accept", "system": "mt-nobody"}
        answer = program.submit(slot, body)
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (
            422, "label_invalid", "system",
        )  # fmt: skip

    def test_a_replaced_text_is_told_with_the_version_of_the_one_that_was_judged(self, program, now):
        work = program.claim().json()
        translation = Translation.objects.get(item__external_id=work["item"]["id"], system="mt-beta")
        translation.current_version = add_version(translation, {"question": "neu"}, now)
        translation.save()
        body = {"item_version": 1, "translation_version": 1, "verdict": "accept"}
        answer = program.submit(work["slot"], {**body, "system": "mt-beta"})
        assert (answer.status_code, answer.json()["current"]["translation_version"]) == (409, 2)
        assert program.submit(work["slot"], body).status_code == 201

    def test_a_campaign_names_the_systems_it_offers(self, program):
        languages = program.get("campaigns/mini/").json()["languages"]
        assert languages == [{"language": "de", "system": "mt-alpha", "systems": list(SYSTEMS)}]


class TestOffers:
    def test_a_campaign_of_one_system_a_language_has_nothing_to_tell(self, campaign):
        campaign.languages.update(systems=[])
        assert offer_lines(campaign) == []

    def test_it_counts_what_was_offered_and_what_people_took_instead(self, campaign, cast, now):
        for number, system in enumerate(("", "mt-beta", "mt-beta")):
            own = claim(campaign=campaign, kind="verification", language="de", by=cast.ana, now=now)
            kept = submit_verification(
                slot=own, answer=VerificationAnswer(Verdict.ACCEPT), by=cast.ana, now=now,
                handed=Handed(uuid4(), 1, 1, system=system),
            )  # fmt: skip
            if number == 2:
                undo(slot=kept.slot, by=cast.ana, now=now)
        alpha, *others = offer_lines(campaign)
        assert (alpha.system, alpha.offered, alpha.share, alpha.judged) == ("mt-alpha", 4, 1.0, 2)
        assert alpha.overridden == 0.5 and 0 < alpha.low < 0.5 < alpha.high < 1
        assert [(one.offered, one.judged, one.overridden) for one in others] == [(0, 0, None)] * 2

    def test_it_takes_three_statements(self, campaign, say, django_assert_num_queries):
        say("mt-beta")
        with django_assert_num_queries(3):
            offer_lines(campaign)

    def test_managers_see_it_on_the_page_of_progress_and_reviewers_do_not(self, campaign, say, cast):
        say("mt-beta")
        for person, sees in ((cast.mia, True), (cast.rui, False)):
            client = Client()
            client.force_login(person.user)
            page = client.get(reverse("review:progress", args=["mini"])).content.decode()
            assert ("Took another" in page, reverse("checks", args=["mini"]) in page) == (sees, sees)


def test_drafts_travel_as_json_that_a_browser_gives_back(ana, slot, cast):
    keys = [one.key for one in candidates(own_slot(cast.ana, slot.public_id))]
    page = swap(ana, slot, form_of(page_of(ana, slot)), keys[1], **{"text-question": 'he said "no" & <left>'})
    sent = json.loads(form_of(page)["drafts"])
    assert sent[keys[0]]["texts"] == {"question": 'he said "no" & <left>'}


def test_sensitivity_has_no_candidates(campaign, cast, now):
    add_member(
        campaign=campaign, contributor=cast.ana, language="en", standing="professional", by=None, now=now
    )
    own = claim(campaign=campaign, kind="sensitivity", language="en", by=cast.ana, now=now)
    assert candidates(Slot.objects.get(pk=own.pk)) == ()
