"""The workbench as a person has it: keys, edits, words marked, and nothing lost."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from annotation.actions.campaigns import Plan, add_member, open_campaign
from annotation.models import Annotation, Campaign, Kind, Slot
from corpus.models import TranslationVersion
from tests.browser.looks import every_look
from tests.factories import fields_of, make_benchmark, make_item, make_translation

# Edge white space, carriage returns of both kinds, a control character: all of it is text.
ODD = {
    "question": "\n كم ضلعًا \rللمسدس؟\x85 ",
    "option_a": " أربعة\r\n",
    "option_b": "ستة",
    "option_c": "<b>8</b>",
}
# Which of them comes first is the queue's business; the words to mark stand in the same place in all.
SOURCES = tuple(
    (f'Is a 😀 "chuffed to bits" {shape} in London?', ("Four", "Six", "Eight"), "B")
    for shape in ("hexagon", "triangle", "square")
)


@pytest.fixture
def campaign(transactional_db, cast) -> Campaign:
    now = timezone.now()
    benchmark = make_benchmark(cast.workspace, now)
    for number, (question, options, answer) in enumerate(SOURCES):
        item = make_item(benchmark, f"shapes/test/{number}", fields_of(question, options), answer, now)
        make_translation(item, "ar", ODD, now)
    campaign = open_campaign(
        plan=Plan(slug="mini", benchmark=benchmark, languages={"ar": None}, sensitivity_overlap=1),
        by=cast.mia,
        now=now,
    )
    for language in ("ar", "en"):
        add_member(
            campaign=campaign, contributor=cast.ana, language=language, standing="professional",
            by=cast.mia, now=now,
        )  # fmt: skip
    return campaign


@pytest.fixture
def at_work(campaign, as_person):
    def start(kind: Kind = Kind.VERIFICATION) -> Page:
        page = as_person("ana")
        page.locator(f"form[action*='/{kind}/'] button").click()
        settle(page)
        return page

    return start


def settle(page: Page) -> None:
    """Keys rest for a moment when an item arrives, so that nobody judges what they have not seen."""
    expect(page.locator("#bench h1")).to_be_visible()
    page.wait_for_timeout(300)


def heading(page: Page) -> str:
    return page.locator("#bench h1").inner_text()


def press_and_arrive(page: Page, *keys: str) -> None:
    before = heading(page)
    for key in keys:
        page.keyboard.press(key)
    expect(page.locator("#bench h1")).not_to_have_text(before)
    settle(page)


def current() -> Annotation:
    return Annotation.objects.latest("id")


def test_one_key_accepts_and_brings_the_next_item(at_work):
    page = at_work()
    press_and_arrive(page, "a")
    assert current().verdict == "accept"
    assert current().slot.active_ms > 0
    expect(page.locator("#bench h1")).to_be_focused()


def test_two_keys_reject_with_a_reason(at_work):
    press_and_arrive(at_work(), "r", "3")
    assert (current().verdict, current().reason) == ("reject", "accuracy.addition")


def test_a_severity_is_one_key_more(at_work):
    press_and_arrive(at_work(), "r", "o", "1")
    assert (current().reason, current().severity) == ("accuracy.mistranslation", "major")


def test_two_keys_say_that_it_cannot_be_translated(at_work):
    press_and_arrive(at_work(), "c", "2")
    assert (current().verdict, current().reason) == ("cannot_translate", "untranslatable.lexeme")


def test_a_source_that_is_wrong_is_reported_beside_an_accept(at_work):
    press_and_arrive(at_work(), "w", "a")
    assert (current().verdict, current().reason) == ("accept", "source_wrong")


def test_two_keys_skip_with_a_reason_and_one_takes_the_last_judgement_back(at_work):
    page = at_work()
    press_and_arrive(page, "s", "3")
    press_and_arrive(page, "a")
    page.keyboard.press("z")
    expect(page.locator("#messages")).to_contain_text("Taken back")
    assert current().retraction == "undone"


def test_other_waits_for_its_note(at_work):
    page = at_work()
    page.keyboard.press("r")
    page.keyboard.press("0")
    expect(page.locator("#note-text")).to_be_focused()
    page.keyboard.type("a r 1")
    press_and_arrive(page, "Control+Enter")
    assert (current().reason, current().note) == ("other", "a r 1")


def test_a_reject_without_a_reason_says_what_is_missing(at_work):
    page = at_work()
    page.keyboard.press("r")
    page.locator("button[value=reject]:visible").click()
    expect(page.locator("#messages")).to_contain_text("Choose why first")
    assert not Annotation.objects.exists()


def test_an_edit_of_one_option_leaves_every_other_byte_alone(at_work):
    page = at_work()
    page.keyboard.press("e")
    page.locator("[name=text-option_b]").press("End")
    page.keyboard.type(" aez")
    expect(page.locator("[data-field=option_b] ins")).to_contain_text("aez")
    press_and_arrive(page, "Control+Enter")
    assert current().result_version.fields == {**ODD, "option_b": "ستة aez"}


def test_an_edit_of_the_odd_field_keeps_its_carriage_returns(at_work):
    page = at_work()
    page.keyboard.press("e")
    area = page.locator("[name=text-question]")
    area.fill(area.input_value().replace("ضلعًا", "ضلعا"))
    press_and_arrive(page, "Control+Enter")
    assert current().result_version.fields == {**ODD, "question": ODD["question"].replace("ضلعًا", "ضلعا")}


def test_an_edit_carries_a_reason_of_one_key(at_work):
    page = at_work()
    page.keyboard.press("e")
    page.locator("[name=text-option_b]").fill("ست")
    press_and_arrive(page, "Escape", "6", "Control+Enter")
    assert (current().verdict, current().reason) == ("edit", "terminology")


def test_an_edit_that_is_discarded_can_be_accepted(at_work):
    page = at_work()
    page.keyboard.press("e")
    page.locator("[name=text-option_b]").fill("ست")
    press_and_arrive(page, "Escape", "x", "a")
    assert current().verdict == "accept"
    assert TranslationVersion.objects.filter(origin="post-edit").count() == 0


REBUILD = """async () => {
    const site = document.querySelector("script[src*='js/site']").src;
    const { diff } = await import(site.replace(/site[^/]*$/, "diff.js"));
    const side = (parts, other) =>
        parts.filter((part) => part.kind !== other).map((part) => part.text).join("");
    const texts = [
        "", " a b\\n", "كم ضلعًا للمسدس؟", "日本語の文章です。", "日本の文。", "a 😀 b", "a  b",
        "x ".repeat(900), "y ".repeat(900),
    ];
    return texts.flatMap((old) => texts.map((now) => {
        const parts = diff(old, now, "ar");
        return side(parts, "ins") === old && side(parts, "del") === now;
    }));
}"""


def test_both_sides_of_a_diff_rebuild_their_texts(at_work):
    rebuilt = at_work().evaluate(REBUILD)
    assert len(rebuilt) == 81 and all(rebuilt)


def test_two_keys_answer_what_knowledge_is_needed(at_work):
    press_and_arrive(at_work(Kind.SENSITIVITY), "2", "Enter")
    assert current().answers["tags"] == ["regional"]
    assert current().answers["spans"] == []


def test_none_excludes_the_tags_and_the_tags_exclude_none(at_work):
    page = at_work(Kind.SENSITIVITY)
    for key in ("1", "3", "0"):
        page.keyboard.press(key)
    assert page.locator("[name=tags]:checked").count() == 1
    press_and_arrive(page, "1", "t", "Enter")
    assert current().answers["tags"] == ["cultural"] and current().answers["time_sensitive"]


def test_words_are_marked_by_keyboard_in_code_points(at_work):
    page = at_work(Kind.SENSITIVITY)
    page.keyboard.press("m")
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "3"):
        page.keyboard.press(key)
    expect(page.locator(".chip")).to_have_text("chuffed to bits×")
    press_and_arrive(page, "Escape", "Enter")
    question = SOURCES[0][0]
    start = question.index("chuffed")
    assert current().answers["tags"] == ["dialect"]
    assert current().answers["spans"] == [
        {"start": start, "end": start + 15, "label": "Dialect", "quote": "chuffed to bits"}
    ]


def test_words_are_marked_by_touch_and_a_mark_goes_with_its_tag(at_work):
    page = at_work(Kind.SENSITIVITY)
    page.locator(".word", has_text="London").click()
    page.locator("[data-mark=regional]").click()
    expect(page.locator(".chip")).to_have_text("London×")
    page.locator("[name=tags][value=regional]").uncheck()
    expect(page.locator(".chip")).to_have_count(0)
    assert page.locator("[data-spans]").input_value() == ""


def test_an_answer_that_did_not_arrive_loses_nothing(at_work, complaints):
    page = at_work()
    page.keyboard.press("e")
    page.locator("[name=text-option_b]").fill("ست")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#messages")).to_contain_text("Not sent")
    page.context.set_offline(False)
    complaints.clear()
    press_and_arrive(page, "Control+Enter")
    assert current().result_version.fields["option_b"] == "ست"


def test_a_sign_in_that_ends_in_mid_item_loses_nothing(at_work, complaints):
    page = at_work()
    page.keyboard.press("e")
    page.locator("[name=text-option_b]").fill("ست")
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#messages")).to_contain_text("Your sign-in has ended")
    expect(page.locator("[name=text-option_b]")).to_have_value("ست")
    complaints.clear()


def test_keys_rest_while_somebody_types(at_work):
    page = at_work()
    page.keyboard.press("n")
    page.keyboard.type("accept reject")
    expect(page.locator("#note-text")).to_have_value("accept reject")
    assert not Annotation.objects.exists()


def test_the_list_of_keys_opens_with_a_question_mark(at_work):
    page = at_work()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    expect(page.locator("#keys")).to_contain_text("Accept")
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).not_to_be_visible()
    assert not Annotation.objects.exists()


@every_look
def test_axe_finds_nothing_and_nothing_runs_out_of_the_page(at_work, width, scheme, language):
    page = at_work()
    press_and_arrive(page, "a")
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.locator(f"button[name=language][value={language}]").click()
    settle(page)
    check(page)
    page.keyboard.press("r")
    check(page)
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    check(page)
    page.goto(page.url.split("/work/")[0])
    check(page)
    page.locator("form[action*='/sensitivity/'] button").click()
    settle(page)
    check(page)


def check(page: Page) -> None:
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_without_a_script_an_edit_is_a_plain_form(browser, live_server, campaign, as_person):
    signed_in = as_person("ana").context.cookies()
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(signed_in)
    page = context.new_page()
    page.goto(live_server.url)
    page.locator("form[action*='/verification/'] button").click()
    before = heading(page)
    page.locator("[data-field=option_b] summary").click()
    page.locator("[name=text-option_b]").fill("ست")
    page.locator("button[value=edit]").click()
    expect(page.locator("#bench h1")).not_to_have_text(before)
    assert current().result_version.fields == {**ODD, "option_b": "ست"}
    page.locator("#reasons > summary").click()
    page.locator("[name=reason][value=fluency]").check()
    page.locator("button.no-js[value=reject]").click()
    expect(page.locator(".bench__undo")).to_contain_text("Rejected")
    assert (current().verdict, current().reason) == ("reject", "fluency")
    assert Slot.objects.filter(submitted_at=None, contributor__isnull=False).count() == 1
    context.close()
