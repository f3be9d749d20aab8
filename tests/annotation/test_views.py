"""The workbench's pages, as somebody without a script has them."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.actions.claims import claim
from annotation.models import Annotation, Skip, Slot

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser_of(cast):
    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(getattr(cast, name).user)
        return client

    return signed_in


@pytest.fixture
def ana(browser_of, campaign):
    return browser_of("ana")


@pytest.fixture
def slot(campaign, cast, now):
    return claim(campaign=campaign, kind="verification", language="de", by=cast.ana, now=now)


def address(slot: Slot, name: str = "slot") -> str:
    return reverse(name, args=[slot.public_id])


def next_address(kind: str = "verification", language: str = "de") -> str:
    return reverse("next", args=["mini", language, kind])


def form_of(page: str) -> dict[str, str]:
    """What a browser without a script would send back untouched."""
    hidden = dict(re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', page))
    areas = re.findall(r'<textarea[^>]*name="(text-\w+)"[^>]*>\n(.*?)</textarea>', page, re.S)
    # A page's line breaks become LF when it is read, and CRLF when its form is sent.
    texts = {name: re.sub("\r\n|\r|\n", "\r\n", html.unescape(value)) for name, value in areas}
    return {**{name: html.unescape(value) for name, value in hidden.items()}, **texts}


def submit(client: Client, slot: Slot, **said: str):
    page = client.get(address(slot)).content.decode()
    return client.post(address(slot), {**form_of(page), **said})


def test_a_stranger_is_sent_to_sign_in_and_a_strangers_script_is_told_so(client, slot):
    assert client.get(address(slot))["Location"].startswith(reverse("account_login"))
    assert client.post(address(slot), headers={"HX-Request": "true"}).status_code == 401


@pytest.mark.parametrize("name", ["ben", "rui", "mia", "oz"])
def test_an_item_that_somebody_else_holds_is_nowhere(browser_of, slot, name):
    other = browser_of(name)
    assert other.get(address(slot)).status_code == 404
    for action in ("slot", "skip", "give_back", "undo", "heartbeat"):
        assert other.post(address(slot, action), {"verdict": "accept", "reason": "x"}).status_code == 404


@pytest.mark.parametrize("name", ["rui", "mia", "oz"])
def test_nobody_takes_work_from_a_campaign_they_have_no_part_in(browser_of, campaign, name):
    assert browser_of(name).post(next_address()).status_code == 404
    assert browser_of(name).get(reverse("guidelines", args=["mini"])).status_code == 404


def test_a_member_takes_no_work_in_a_language_that_is_not_theirs(ana):
    assert ana.post(next_address(language="ar")).status_code == 403


def test_work_is_taken_by_posting_only(ana):
    assert ana.get(next_address()).status_code == 405


def test_the_start_page_shows_the_queues_and_an_empty_one_says_what_to_do(ana, browser_of):
    assert next_address() in ana.get("/").content.decode()
    assert "There is no work for you yet" in browser_of("oz").get("/").content.decode()


def test_an_accept_leads_straight_to_the_next_item(ana, slot):
    answer = submit(ana, slot, verdict="accept")
    held = Slot.objects.get(contributor=slot.contributor, submitted_at=None)
    assert answer["Location"] == address(held)
    assert Annotation.objects.get().verdict == "accept"


def test_a_script_gets_the_next_item_in_the_same_round_trip(ana, slot):
    form = form_of(ana.get(address(slot)).content.decode())
    answer = ana.post(address(slot), {**form, "verdict": "accept"}, headers={"HX-Request": "true"})
    held = Slot.objects.get(contributor=slot.contributor, submitted_at=None)
    assert answer.status_code == 200
    assert answer["HX-Replace-Url"] == address(held)
    assert f'action="{address(held)}"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_the_last_item_leads_to_the_start_page(ana, cast, campaign, now):
    for _ in range(4):
        slot = claim(campaign=campaign, kind="verification", language="de", by=cast.ana, now=now)
        answer = submit(ana, slot, verdict="accept")
    assert answer["Location"] == "/"
    form = form_of(ana.get("/").content.decode())
    assert ana.post(next_address(), form, headers={"HX-Request": "true"})["HX-Redirect"] == "/"


def test_an_edit_of_one_field_keeps_the_others_byte_for_byte(ana, slot):
    submit(ana, slot, verdict="edit", **{"text-question": "Neu\r\n"})
    annotation = Annotation.objects.get()
    judged = annotation.translation_version.fields
    assert annotation.result_version.fields == {**judged, "question": "Neu\n"}


def test_an_edit_that_changes_nothing_is_refused_with_a_reason(ana, slot):
    answer = submit(ana, slot, verdict="edit")
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.content.decode()
    assert not Annotation.objects.exists()


def test_a_reject_without_a_reason_is_refused_and_keeps_the_note(ana, slot):
    answer = submit(ana, slot, verdict="reject", note="See <b>page 2</b>")
    assert answer.status_code == 422
    assert "See &lt;b&gt;page 2&lt;/b&gt;" in answer.content.decode()


def test_the_same_form_sent_twice_is_one_judgement(ana, slot):
    form = {**form_of(ana.get(address(slot)).content.decode()), "verdict": "accept"}
    assert ana.post(address(slot), form)["Location"] == ana.post(address(slot), form)["Location"]
    assert Annotation.objects.count() == 1


def test_a_skipped_item_goes_away_for_good_with_its_reason(ana, slot):
    answer = ana.post(address(slot, "skip"), {"reason": "not my field"})
    assert answer["Location"] != address(slot)
    assert Skip.objects.get().reason == "not my field"


def test_a_skip_without_a_reason_stays(ana, slot):
    assert ana.post(address(slot, "skip"), {"reason": " "})["Location"] == address(slot)
    assert not Skip.objects.exists()


def test_an_item_given_back_is_free_again(ana, slot):
    ana.post(address(slot, "give_back"))
    slot.refresh_from_db()
    assert slot.contributor is None


def test_an_undone_edit_is_open_again_with_its_text(ana, slot):
    submit(ana, slot, verdict="edit", **{"text-question": "Neu"}, note="Grund")
    assert ana.post(address(slot, "undo"))["Location"] == address(slot)
    page = ana.get(address(slot)).content.decode()
    assert ">\nNeu</textarea>" in page and ">\nGrund</textarea>" in page


def test_what_is_not_there_cannot_be_undone(ana, slot):
    assert ana.post(address(slot, "undo"))["Location"] == "/"
    assert not Annotation.objects.exists()


def test_a_heartbeat_is_heard_while_the_item_is_held(ana, slot):
    assert ana.post(address(slot, "heartbeat"), {"active_ms": "900"}).status_code == 204
    submit(ana, slot, verdict="accept")
    assert ana.post(address(slot, "heartbeat"), {"active_ms": "900"}).status_code == 409


def test_sensitivity_is_answered_with_words_quoted_from_the_question(ana, cast, campaign, now):
    slot = claim(campaign=campaign, kind="sensitivity", language="en", by=cast.ana, now=now)
    question = slot.task.item.current_version.fields["question"]
    words = question.split()[1]
    submit(ana, slot, tags="cultural", **{"quote-cultural": words}, region="Europe", time_sensitive="yes")
    answers = Annotation.objects.get().answers
    assert answers["tags"] == ["cultural"] and answers["region"] == "Europe" and answers["time_sensitive"]
    assert [span["quote"] for span in answers["spans"]] == [words]


def test_sensitivity_without_an_answer_is_refused(ana, cast, campaign, now):
    slot = claim(campaign=campaign, kind="sensitivity", language="en", by=cast.ana, now=now)
    assert submit(ana, slot).status_code == 422


def test_the_guidelines_are_shown_as_text_with_their_version(ana):
    page = ana.get(reverse("guidelines", args=["mini"])).content.decode()
    assert "Compare each field with the source" in page and "Version 1" in page


def test_no_page_of_ours_carries_a_script_or_a_style_of_its_own(ana, slot):
    for where in ("/", address(slot), reverse("guidelines", args=["mini"])):
        page = ana.get(where).content.decode()
        assert (
            not re.search(r"<script(?![^>]*\bsrc=)", page) and "style=" not in page and "<style" not in page
        )


def test_handing_in_and_the_next_item_take_twenty_statements_at_most(ana, slot):
    form = form_of(ana.get(address(slot)).content.decode())
    with CaptureQueriesContext(connection) as captured:
        ana.post(address(slot), {**form, "verdict": "accept"}, headers={"HX-Request": "true"})
    # Inside a test every transaction is a savepoint.
    statements = [one["sql"] for one in captured if "SAVEPOINT" not in one["sql"]]
    assert len(statements) <= 20, "\n".join(statements)


def test_a_changed_answer_from_the_page_before_is_refused_and_not_dropped(ana, slot):
    form = {**form_of(ana.get(address(slot)).content.decode()), "verdict": "accept"}
    ana.post(address(slot), form)
    changed = {**form, "verdict": "reject", "reason": "fluency"}
    answer = ana.post(address(slot), changed)
    assert answer.status_code == 422
    assert "undo it to change it" in answer.content.decode()
    assert Annotation.objects.get().verdict == "accept"


def test_work_that_others_have_done_meanwhile_is_kept_and_the_person_told(ana, cast, campaign, now, slot):
    form = {**form_of(ana.get(address(slot)).content.decode()), "verdict": "accept"}
    late = now + timedelta(days=400)
    assert claim(campaign=campaign, kind="verification", language="de", by=cast.ben, now=late) == slot
    Slot.objects.filter(pk=slot.pk).update(lease_until=late + timedelta(days=4000))
    page = ana.get(ana.post(address(slot), form)["Location"]).content.decode()
    assert "Yours is kept beside theirs" in page
    assert Annotation.objects.get().slot.is_extra
