"""The pages of review, as somebody without a script has them."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from corpus.models import TranslationVersion
from people.actions import grant_role
from review.cases import translation_of
from review.models import Settlement
from tests.factories import add_version

REJECT = {"verdict": "reject", "reason": "fluency"}
QUEUE, REPORTS = reverse("review:queue"), reverse("review:source_reports")
CAMPAIGNS, PROGRESS = reverse("review:campaigns"), reverse("review:progress", args=["mini"])


@pytest.fixture
def browser_of(cast):
    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(getattr(cast, name).user)
        return client

    return signed_in


@pytest.fixture
def rui(browser_of, campaign):
    return browser_of("rui")


@pytest.fixture
def judged(task, judge, cast):
    """Ana edits, Ben rejects."""
    edit = judge(task, cast.ana, "edit", question="Welcher Planet?", reason="fluency", severity="minor")
    return edit, judge(task, cast.ben, "reject", reason="accuracy.omission", severity="major", note="كلمة")


def address(task, name="task") -> str:
    return reverse(f"review:{name}", args=[task.public_id])


def form_of(page: str) -> dict[str, str]:
    """What a browser without a script would send back untouched."""
    hidden = dict(re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', page))
    areas = re.findall(r'<textarea[^>]*name="(text-\w+)"[^>]*>\n(.*?)</textarea>', page, re.S)
    # A page's line breaks become LF when it is read, and CRLF when its form is sent.
    return {**hidden, **{name: re.sub("\r\n|\r|\n", "\r\n", html.unescape(text)) for name, text in areas}}


def decide(client: Client, task, *, query: str = "", headers: dict[str, str] | None = None, **said: str):
    page = client.get(address(task) + query).content.decode()
    said = {"reason": "Seen.", **said}
    return client.post(address(task) + query, {**form_of(page), **said}, headers=headers)


def test_a_stranger_is_sent_to_sign_in(client, task):
    for page in (QUEUE, REPORTS, CAMPAIGNS, PROGRESS, address(task)):
        assert client.get(page)["Location"].startswith(reverse("account_login"))


# Unknown and forbidden look the same.
@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("ana", set()),
        ("ben", set()),
        ("oz", set()),
        ("mia", {"campaigns", "progress", "reports"}),
        ("rui", {"campaigns", "progress", "reports", "queue", "task", "next"}),
    ],
)
def test_pages_are_nowhere_for_who_may_not_see_them(browser_of, task, judged, name, seen):
    pages = {
        "queue": QUEUE, "task": address(task), "next": address(task, "next"), "reports": REPORTS,
        "campaigns": CAMPAIGNS, "progress": PROGRESS,
    }  # fmt: skip
    answers = {page: browser_of(name).get(where).status_code for page, where in pages.items()}
    assert {page for page, status in answers.items() if status != 404} == seen
    assert set(answers.values()) <= {200, 302, 404}


@pytest.mark.parametrize("name", ["ana", "mia", "oz"])
def test_nobody_but_a_reviewer_posts_a_decision(browser_of, task, judged, name):
    said = {"decision": "exclude_language", "reason": "Mine."}
    assert browser_of(name).post(address(task), said).status_code == 404
    assert not Settlement.objects.exists()


def test_what_does_not_exist_is_nowhere(rui):
    assert rui.get(reverse("review:progress", args=["none"])).status_code == 404
    assert rui.get(QUEUE, {"at": "after.x"}).status_code == 404
    assert rui.get(REPORTS, {"at": "forged"}).status_code == 404


def test_the_header_leads_to_the_queue_and_to_progress(rui):
    page = rui.get(QUEUE).content.decode()
    assert re.search(rf'href="{QUEUE}"\s+aria-current="page"', page)
    assert f'href="{CAMPAIGNS}"' in page
    assert rui.get(reverse("review:start"))["Location"] == QUEUE


def test_an_empty_queue_says_what_will_come(rui, campaign):
    assert "Nothing waits for a decision here" in rui.get(QUEUE).content.decode()


def test_the_queue_leads_to_its_tasks_and_keeps_its_filter(rui, task, judged):
    page = rui.get(QUEUE, {"why": "reject", "language": "de"}).content.decode()
    assert f"{address(task)}?why=reject&amp;language=de" in page
    assert task.item.current_version.fields["question"] in html.unescape(page)
    assert "Nothing waits" in rui.get(QUEUE, {"language": "ar"}).content.decode()


def test_a_task_shows_texts_judgements_and_their_differences(rui, task, judged):
    page = rui.get(address(task)).content.decode()
    assert 'lang="de" dir="ltr"' in page
    assert "<ins>Welcher Planet</ins>" in page
    assert "Accuracy" not in page
    for words in ("Omission", "major", "Fluency", "minor", "professional", "community", "كلمة", "Rejected"):
        assert words in page
    assert judged[0].contributor.pseudonym in page


def test_a_script_in_a_text_or_a_note_is_shown_and_not_run(rui, task, judge, cast):
    judge(task, cast.ana, "edit", question="<script>alert(1)</script>", note="<img src=x>")
    page = rui.get(address(task)).content.decode()
    assert "<script>alert" not in page and "<img src=x>" not in page


def test_a_picked_judgement_is_settled_and_the_next_task_follows(rui, task_of, judge, cast):
    first, second = sorted((task_of(0), task_of(1)), key=lambda task: task.position)
    edit = judge(first, cast.ana, "edit", question="Wie?")
    judge(first, cast.ben, **REJECT)
    judge(second, cast.ana, **REJECT)
    answer = decide(
        rui, first, query="?why=reject", decision=f"pick:{edit.public_id.hex}", reason=" Better. "
    )
    assert answer["Location"] == f"{address(second)}?why=reject"
    settlement = Settlement.objects.get()
    assert (settlement.picked, settlement.reason, settlement.decided_by) == (edit, "Better.", cast.rui)


def test_a_script_has_the_next_task_in_the_same_round_trip(rui, task_of, judge, cast):
    first, second = sorted((task_of(0), task_of(1)), key=lambda task: task.position)
    for task in (first, second):
        judge(task, cast.ana, **REJECT)
    answer = decide(rui, first, decision="exclude_language", headers={"HX-Request": "true"})
    assert answer["HX-Replace-Url"] == address(second)
    page = answer.content.decode()
    assert "<html" not in page and second.item.external_id in page
    last = decide(rui, second, decision="exclude_language", headers={"HX-Request": "true"})
    assert last["HX-Redirect"] == QUEUE


def test_after_the_last_task_the_queue_says_so(rui, task, judged):
    answer = decide(rui, task, decision="exclude_language")
    assert answer["Location"] == QUEUE
    page = rui.get(QUEUE).content.decode()
    assert "Nothing else waits" in page
    assert "What you settled last" in page


def test_a_task_is_left_for_later_without_a_decision(rui, task_of, judge, cast):
    first, second = sorted((task_of(0), task_of(1)), key=lambda task: task.position)
    for task in (first, second):
        judge(task, cast.ana, **REJECT)
    assert rui.get(address(first, "next"))["Location"] == address(second)
    assert rui.get(address(second, "next"))["Location"] == address(first)
    assert not Settlement.objects.exists()


ODD = " Zeile\r\nmit Rändern\rund\n\nEnde \t"


def test_writing_changes_no_byte_but_those_that_were_changed(rui, task, judge, cast, now):
    translation = translation_of(task)
    fields = {**translation.current_version.fields, "option_a": ODD, "option_b": "\n" + ODD}
    translation.current_version = add_version(translation, fields, now)
    translation.save()
    judge(task, cast.ana, **REJECT)
    decide(rui, task, decision="write", **{"text-question": "Neu?"})
    assert Settlement.objects.get().result_version.fields == {**fields, "question": "Neu?"}


def test_an_untouched_text_is_written_as_it_stands_without_a_copy(rui, task, judge, cast, now):
    translation = translation_of(task)
    fields = {**translation.current_version.fields, "option_a": ODD}
    translation.current_version = add_version(translation, fields, now)
    translation.save()
    judge(task, cast.ana, **REJECT)
    before = TranslationVersion.objects.count()
    decide(rui, task, decision="write")
    assert Settlement.objects.get().result_version == translation.current_version
    assert TranslationVersion.objects.count() == before


def test_writing_can_start_from_a_judgement(rui, task, judged):
    key = judged[0].public_id.hex
    page = rui.get(address(task), {"from": key}).content.decode()
    form = form_of(page)
    assert (form["text-question"], form["start"]) == ("Welcher Planet?", key)
    decide(rui, task, query=f"?from={key}", decision="write", **{"text-option_b": "Mars"})
    written = Settlement.objects.get().result_version.fields
    assert (written["question"], written["option_b"]) == ("Welcher Planet?", "Mars")


@pytest.mark.parametrize("start", ["", "nonsense", "00000000000000000000000000000000"])
def test_writing_starts_from_the_machine_text_otherwise(rui, task, judged, start):
    form = form_of(rui.get(address(task), {"from": start}).content.decode())
    assert (form["start"], form["text-question"]) == (
        "",
        translation_of(task).current_version.fields["question"],
    )


def test_a_refused_decision_keeps_what_was_typed(rui, task, judged):
    answer = decide(rui, task, decision="write", reason=" ", **{"text-question": "Getippt?"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Say why" in page
    assert form_of(page)["text-question"] == "Getippt?"
    assert re.search(r'value="write"[^>]*checked', page)
    assert not Settlement.objects.exists()


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({}, "Choose what is to become"),
        ({"decision": "pick:00"}, "Choose the judgement"),
        ({"decision": "erase"}, "is no decision"),
        ({"decision": "exclude_language", "seen": "1.1"}, "came in incomplete"),
        ({"decision": "write", "text-question": " "}, "would be empty"),
        ({"decision": "exclude_language", "reason": ""}, "Say why"),
    ],
)
def test_a_form_that_does_not_hold_together_is_refused_in_words(rui, task, judged, said, message):
    answer = decide(rui, task, **said)
    assert (answer.status_code, Settlement.objects.count()) == (422, 0)
    assert message in html.unescape(answer.content.decode())


def test_the_second_of_two_reviewers_sees_the_first_ones_decision(browser_of, rui, task, judged, cast, now):
    grant_role(contributor=cast.oz, workspace=cast.workspace, name="reviewer", by=cast.mia, now=now)
    other = browser_of("oz")
    form = form_of(other.get(address(task)).content.decode())
    decide(rui, task, decision="exclude_language", reason="First.")
    answer = other.post(address(task), {**form, "decision": "exclude_all", "reason": "Second."})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "settled while you looked" in page and "First." in page and "Second." in page
    assert Settlement.objects.get().decided_by == cast.rui
    # The page that came back shows the decision, so the next press replaces it knowingly.
    other.post(address(task), {**form_of(page), "decision": "exclude_all", "reason": "Second."})
    assert Settlement.objects.get(replaced_by=None).reason == "Second."


def test_a_settled_task_shows_its_decision_and_can_be_decided_again(rui, task, judged):
    decide(rui, task, decision="write", reason="Mine is better.", **{"text-question": "Wer?"})
    page = rui.get(address(task)).content.decode()
    assert "Mine is better." in page and "in force" in page and "<ins>Wer</ins>" in page
    decide(rui, task, decision="send_back", reason="Not sure.")
    page = rui.get(address(task)).content.decode()
    assert "in force" not in page and "Said before the task was sent back" in page


def test_who_judged_a_task_reads_it_and_is_told_who_settles_it(browser_of, task, judged, cast, now):
    grant_role(contributor=cast.ana, workspace=cast.workspace, name="reviewer", by=cast.mia, now=now)
    ana = browser_of("ana")
    page = ana.get(address(task)).content.decode()
    assert "Another reviewer of this language settles it" in page
    assert 'name="decision"' not in page
    assert ana.post(address(task), {"decision": "exclude_language", "reason": "x"}).status_code == 422
    assert not Settlement.objects.exists()


def test_a_closed_campaign_offers_no_sending_back(rui, task, judged, campaign, now):
    assert 'value="send_back"' in rui.get(address(task)).content.decode()
    campaign.closed_at = now
    campaign.save()
    assert 'value="send_back"' not in rui.get(address(task)).content.decode()


def test_an_item_left_out_everywhere_says_so_in_every_language(rui, task_of, judge, cast):
    judge(task_of(0), cast.ana, **REJECT)
    decide(rui, task_of(0), decision="exclude_all")
    assert "by a decision on its German translation" in rui.get(address(task_of(0, "ar"))).content.decode()


def test_progress_shows_its_figures_and_leads_reviewers_to_what_waits(rui, browser_of, task, judged):
    page = rui.get(PROGRESS).content.decode()
    assert f"{QUEUE}?language=de&amp;campaign=mini" in page
    assert f"{QUEUE}?language=de" not in browser_of("mia").get(PROGRESS).content.decode()
    assert "2 of 20 judgements are in" in rui.get(CAMPAIGNS).content.decode()


def test_without_campaigns_the_pages_say_how_to_open_one(browser_of, cast):
    assert "No campaign is open" in browser_of("mia").get(CAMPAIGNS).content.decode()
    assert "nothing to review yet" in browser_of("rui").get(QUEUE).content.decode()
    assert "No source was called wrong" in browser_of("rui").get(REPORTS).content.decode()


def test_a_report_on_a_source_names_who_said_so(rui, task, judge, cast):
    judge(task, cast.ana, "reject", reason="source_wrong", note="Two right answers.")
    page = rui.get(REPORTS).content.decode()
    for words in (cast.ana.pseudonym, "Two right answers.", "German", task.item.external_id, "professional"):
        assert words in page
