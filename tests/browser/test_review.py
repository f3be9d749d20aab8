"""Review as a person has it: keys, the next task in place, nothing that a screen reader trips over."""

from __future__ import annotations

from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from annotation.actions.campaigns import Plan, add_member, open_campaign
from annotation.actions.submissions import Handed, submit_verification
from annotation.labels import Verdict, VerificationAnswer
from annotation.models import Campaign, Kind
from review.models import Settlement
from tests.browser.looks import every_look
from tests.factories import mini_benchmark


@pytest.fixture
def campaign(transactional_db, cast) -> Campaign:
    """Ana edited every Arabic translation and Ben called it untranslatable; the source is wrong, he says of one."""
    now = timezone.now()
    benchmark = mini_benchmark(cast.workspace, now, languages=("ar",))
    campaign = open_campaign(
        plan=Plan(slug="mini", benchmark=benchmark, languages={"ar": None}, verification_overlap=2),
        by=cast.mia,
        now=now,
    )
    for person in (cast.ana, cast.ben):
        add_member(
            campaign=campaign, contributor=person, language="ar", standing="community", by=cast.mia, now=now
        )
    for task in campaign.tasks.filter(kind=Kind.VERIFICATION):
        fields = task.item.translations.get().current_version.fields
        edit = VerificationAnswer(Verdict.EDIT, {**fields, "question": "كم ضلعًا للمسدس؟"}, "fluency", "minor")
        reason = "source_wrong" if task.item.position == 0 else "fluency"
        said = ((cast.ana, edit), (cast.ben, VerificationAnswer(Verdict.REJECT, reason=reason, note="لا.")))
        for slot, (person, answer) in zip(task.slots.order_by("number"), said, strict=True):
            slot.contributor, slot.claimed_at, slot.lease_until = person, now, now
            slot.save()
            submit_verification(slot=slot, answer=answer, handed=Handed(uuid4(), 1, 1), by=person, now=now)
    return campaign


@pytest.fixture
def at_desk(campaign, as_person) -> Page:
    page = as_person("rui")
    page.get_by_role("link", name="Review", exact=True).click()
    return page


def open_first(page: Page) -> str:
    link = page.locator(".case__link").first
    name = link.inner_text()
    link.click()
    expect(page.locator("#bench h1")).to_have_text(name)
    # The keys are bound once the page's modules have run.
    page.wait_for_load_state()
    return name


def test_a_key_a_reason_and_the_next_task_is_there(at_desk):
    name = open_first(at_desk)
    at_desk.keyboard.press("1")
    expect(at_desk.locator("#reason")).to_be_focused()
    at_desk.keyboard.type("The edit is right.")
    at_desk.keyboard.press("Control+Enter")
    expect(at_desk.locator("#bench h1")).not_to_have_text(name)
    expect(at_desk.locator("#bench h1")).to_be_focused()
    expect(at_desk.locator(".bench__undo")).to_contain_text(name)
    settlement = Settlement.objects.get()
    assert (settlement.outcome, settlement.reason) == ("pick", "The edit is right.")
    assert settlement.task.public_id.hex not in at_desk.url.replace("-", "")


def test_a_refused_decision_leaves_what_was_typed_on_the_page(at_desk, complaints):
    open_first(at_desk)
    at_desk.keyboard.press("w")
    question = at_desk.locator("#text-question")
    expect(question).to_be_focused()
    question.fill("")
    at_desk.locator("#reason").fill("Mine.")
    at_desk.keyboard.press("Control+Enter")
    expect(at_desk.get_by_role("alert")).to_contain_text("would be empty")
    expect(at_desk.locator("#reason")).to_have_value("Mine.")
    # The browser's console names every answer that refuses.
    assert len(complaints) == 1 and "422" in complaints.pop()
    assert not Settlement.objects.exists()


def test_after_the_last_task_the_queue_is_there(at_desk):
    open_first(at_desk)
    for _ in range(4):
        name = at_desk.locator("#bench h1").inner_text()
        at_desk.locator("[value=exclude_language]").check()
        at_desk.locator("#reason").fill("No.")
        at_desk.get_by_role("button", name="Settle").click()
        expect(at_desk.locator("#bench h1", has_text=name)).to_have_count(0)
    expect(at_desk.locator("#messages")).to_contain_text("Nothing else waits")
    assert Settlement.objects.count() == 4


def test_a_lost_connection_is_said_and_nothing_is_lost(at_desk, complaints):
    open_first(at_desk)
    at_desk.keyboard.press("l")
    at_desk.keyboard.type("Gone.")
    at_desk.context.set_offline(True)
    at_desk.keyboard.press("Control+Enter")
    expect(at_desk.locator("#messages")).to_contain_text("Nothing is lost")
    expect(at_desk.locator("#reason")).to_have_value("Gone.")
    at_desk.context.set_offline(False)
    complaints.clear()


@every_look
def test_the_pages_are_accessible_and_fit_their_window(at_desk, language, scheme, width):
    at_desk.emulate_media(color_scheme=scheme)
    at_desk.set_viewport_size({"width": width, "height": 800})
    at_desk.locator(f".site-footer button[value={language}]").click()
    expect(at_desk.locator("html")).to_have_attribute("lang", language)
    check(at_desk)
    at_desk.locator(".case__link").first.click()
    at_desk.locator("[value=write]").check()
    check(at_desk)
    for address in ("/review/progress/", "/review/progress/mini/", "/review/source-reports/"):
        at_desk.goto(at_desk.url.split("/review/")[0] + address)
        check(at_desk)


def check(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
