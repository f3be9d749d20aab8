"""A check weighs in a campaign what its manager says, and that shows wherever its flags do."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from annotation.actions.campaigns import close
from annotation.actions.check_settings import forget_weight, weigh_check
from annotation.actions.claims import claim
from annotation.actions.ordering import order_late_queues, order_line
from annotation.check_page import check_lines, last_changes, preview
from annotation.errors import CampaignError
from annotation.models import Campaign, CheckSetting, Slot, Task
from annotation.weights import weights_of
from common.models import AuditEvent
from corpus.models import Translation
from flagging.models import ModelPass, Suspicion
from tests.annotation.test_api import Program

pytestmark = pytest.mark.django_db
FLAGGED = {0: ("truncation", "suspect"), 3: ("blank_option", "broken")}


@pytest.fixture
def model_pass(campaign, now):
    """Of four texts one is suspect and one broken."""
    Task.objects.update(flags_hidden=False)
    found = ModelPass.objects.create(
        benchmark=campaign.benchmark, language_id="de", detectors={}, requested_at=now, finished_at=now
    )
    for row in Translation.objects.select_related("item"):
        Suspicion.objects.create(
            model_pass=found, translation_version_id=row.current_version_id, tier=0, value=0.5, signal=0.5
        )
        if row.item.position in FLAGGED:
            detector, severity = FLAGGED[row.item.position]
            found.flags.create(
                translation_version_id=row.current_version_id, detector=detector, detector_version=1,
                field="question", severity=severity, params={"target": 4, "source": 40, "z": -3.0, "letter": "A"},
            )  # fmt: skip
    order_late_queues()
    return found


@pytest.fixture
def weigh(campaign, cast, now):
    def said(detector="truncation", weight="silent", *, language=None, reason="Too loud here.", by=None):
        setting = weigh_check(
            campaign=campaign, detector=detector, language=language, weight=weight, reason=reason,
            by=by or cast.mia, now=now,
        )  # fmt: skip
        order_late_queues()
        return setting

    return said


def strata():
    rows = Slot.objects.filter(kind="verification").order_by("position")
    return [(row.task.item.position, row.stratum) for row in rows.select_related("task__item")]


@pytest.fixture
def mia(cast):
    client = Client()
    client.force_login(cast.mia.user)
    return client


def test_the_queue_is_ordered_by_what_checks_weigh_here(model_pass, weigh):
    assert strata()[:2] == [(3, "flagged"), (0, "flagged")]
    weigh("truncation", "broken")
    weigh("blank_option", "notice")
    assert strata()[0] == (0, "flagged") and dict(strata())[3] == "audit"


def test_a_silent_check_takes_its_texts_out_of_the_flagged_part_and_forgetting_puts_them_back(
    model_pass, weigh, campaign, cast, now
):
    weigh()
    assert dict(strata())[0] == "audit"
    assert forget_weight(campaign=campaign, detector="truncation", language=None, by=cast.mia, now=now)
    order_late_queues()
    assert dict(strata())[0] == "flagged"
    assert not forget_weight(campaign=campaign, detector="truncation", language=None, by=cast.mia, now=now)


def test_what_is_said_for_a_language_goes_before_what_is_said_for_all(model_pass, weigh, campaign):
    weigh(weight="broken", language="de")
    weigh(weight="silent")
    assert weights_of(campaign.pk, "de") == {"truncation": "broken"}
    assert weights_of(campaign.pk, "ar") == {"truncation": "silent"}
    assert dict(strata())[0] == "flagged"


def test_a_setting_said_anew_replaces_the_one_before(weigh):
    weigh()
    weigh(weight="notice", reason="A notice will do.")
    assert [(one.weight, one.reason) for one in CheckSetting.objects.all()] == [
        ("notice", "A notice will do.")
    ]


def test_every_change_is_audited_and_told(weigh, campaign, cast, now):
    weigh()
    forget_weight(campaign=campaign, detector="truncation", language=None, by=cast.mia, now=now)
    verbs = (
        AuditEvent.objects.filter(verb__startswith="check.").order_by("pk").values_list("verb", "actor_id")
    )
    assert list(verbs) == [("check.weighed", cast.mia.pk), ("check.forgotten", cast.mia.pk)]
    newest, first = last_changes(campaign)
    assert (newest.weight, first.weight, first.reason, first.by) == (
        "", "silent", "Too loud here.", cast.mia.pseudonym,
    )  # fmt: skip


@pytest.mark.parametrize(
    "wrong", [{"detector": "nothing"}, {"weight": "loud"}, {"reason": "  "}, {"reason": "x" * 301},
              {"reason": "a\x00b"}, {"language": "ar"}],
)  # fmt: skip
def test_what_cannot_be_set_is_refused_and_nothing_is_written(weigh, wrong):
    with pytest.raises(CampaignError):
        weigh(**wrong)
    assert not CheckSetting.objects.exists() and not AuditEvent.objects.filter(verb="check.weighed").exists()


@pytest.mark.parametrize("name", ["ana", "rui", "oz"])
def test_only_managers_weigh_checks(weigh, campaign, cast, now, name):
    with pytest.raises(PermissionDenied):
        weigh(by=getattr(cast, name))
    with pytest.raises(PermissionDenied):
        forget_weight(
            campaign=campaign, detector="truncation", language=None, by=getattr(cast, name), now=now
        )


def test_a_change_sends_its_queue_to_a_worker_and_the_sweeper_finds_what_was_lost(
    model_pass, campaign, cast, now, monkeypatch
):
    sent = []
    monkeypatch.setattr(
        "annotation.actions.check_settings.enqueue", lambda name, ids: sent.append((name, ids))
    )
    weigh_check(
        campaign=campaign,
        detector="truncation",
        language="de",
        weight="silent",
        reason="r",
        by=cast.mia,
        now=now,
    )
    line = campaign.languages.get()
    assert sent == [("annotation.order_queue", [line.pk])] and line.ordered_by is None
    order_line(line.pk)
    assert dict(strata())[0] == "audit"
    close(campaign=campaign, by=cast.mia, now=now)
    order_line(line.pk)
    order_line(0)


def test_a_preview_counts_what_would_move_and_moves_nothing(model_pass, campaign, weigh):
    before = strata()
    silenced = preview(campaign, "truncation", None, "silent")
    assert (silenced.unflagged, silenced.milder, silenced.flagged, silenced.tasks) == (1, 1, 0, 4)
    broken = preview(campaign, "truncation", "de", "broken")
    assert (broken.flagged, broken.unflagged, broken.worse) == (0, 0, 1)
    weigh(language="de")
    assert preview(campaign, "truncation", None, "broken").worse == 0
    assert preview(campaign, "truncation", "de", None).flagged == 1
    forgotten = {place: stratum for place, stratum in before if place != 0}
    assert forgotten.items() <= dict(strata()).items()


def test_the_list_counts_the_flagged_texts_that_wait(model_pass, campaign, cast, now, weigh):
    lines = {line.detector: line for line in check_lines(campaign, None)}
    assert (lines["truncation"].texts, lines["blank_option"].texts, lines["repetition_loop"].texts) == (
        1,
        1,
        0,
    )
    Slot.objects.filter(task__item__position=0).update(closed_at=now)
    weigh(language="de", weight="notice")
    line = next(line for line in check_lines(campaign, "de") if line.detector == "truncation")
    assert (line.texts, line.weight, line.severity) == (0, "notice", "suspect")


def test_flags_are_shown_at_their_weight_on_the_page_and_to_programs(
    model_pass, weigh, client, cast, campaign
):
    ana = Program(client, cast.ana)
    assert [flag["severity"] for flag in ana.claim().json()["flags"]] == ["broken"]
    weigh("blank_option", "notice")
    work = ana.claim().json()
    assert [flag["severity"] for flag in work["flags"]] == ["notice"]
    page = Client()
    page.force_login(cast.ana.user)
    shown = page.get(reverse("slot", args=[work["slot"]])).content.decode()
    assert "flag--notice" in shown and "flag--broken" not in shown
    weigh("blank_option", "silent", language="de")
    assert ana.claim().json()["flags"] == []
    assert "flag--" not in page.get(reverse("slot", args=[work["slot"]])).content.decode()


class TestPages:
    def test_a_manager_reads_previews_keeps_and_takes_back(self, model_pass, mia, campaign):
        listed = mia.get(reverse("checks", args=["mini"])).content.decode()
        assert reverse("check", args=["mini", "truncation"]) in listed
        address = reverse("check", args=["mini", "truncation"])
        form = {"weight": "silent", "language": "de", "reason": "Too loud."}
        shown = mia.post(address, {**form, "preview": "yes"}).content.decode()
        assert "1 leave it for the audit sample or the rest" in shown and "Too loud." in shown
        assert not CheckSetting.objects.exists()
        assert mia.post(address, form)["Location"] == reverse("checks", args=["mini"]) + "?language=de"
        assert "Too loud." in mia.get(reverse("checks", args=["mini"]), {"language": "de"}).content.decode()
        assert "Too loud." in mia.get(address).content.decode()
        mia.post(reverse("forget_check", args=["mini", "truncation"]), {"language": "de"})
        assert not CheckSetting.objects.exists()

    def test_a_refusal_keeps_what_was_typed(self, mia, campaign):
        answer = mia.post(
            reverse("check", args=["mini", "truncation"]), {"weight": "", "reason": "Typed <here>."}
        )
        assert answer.status_code == 422 and "Typed &lt;here&gt;." in answer.content.decode()

    @pytest.mark.parametrize("name", ["ana", "rui", "oz"])
    def test_nobody_else_finds_them(self, client, cast, campaign, name):
        client.force_login(getattr(cast, name).user)
        assert client.get(reverse("checks", args=["mini"])).status_code == 404
        assert client.get(reverse("check", args=["mini", "truncation"])).status_code == 404
        assert client.post(reverse("forget_check", args=["mini", "truncation"])).status_code == 404

    def test_an_unknown_check_or_language_is_nowhere(self, mia, campaign):
        assert mia.get(reverse("check", args=["mini", "nothing"])).status_code == 404
        assert mia.get(reverse("checks", args=["mini"]), {"language": "xx"}).status_code == 404


class TestTasksWithoutFlags:
    """A share of the tasks is judged without flags, so that what flags do can be measured."""

    @pytest.fixture
    def hidden(self, model_pass):
        Task.objects.filter(kind="verification").update(flags_hidden=True)

    def test_a_program_is_shown_none_and_the_slot_says_so(self, hidden, client, cast):
        work = Program(client, cast.ana).claim().json()
        assert work["flags"] is None
        assert Slot.objects.get(public_id=work["slot"]).flags_shown is False

    def test_a_page_shows_none_and_the_judgement_says_so(self, hidden, campaign, cast, now):
        slot = claim(campaign=campaign, kind="verification", language="de", by=cast.ana, now=now)
        slot.refresh_from_db()
        assert slot.flags_shown is None
        page = Client()
        page.force_login(cast.ana.user)
        assert "flag--" not in page.get(reverse("slot", args=[slot.public_id])).content.decode()
        slot.refresh_from_db()
        assert slot.flags_shown is False

    def test_a_slot_held_again_by_a_program_keeps_what_was_noted_first(self, model_pass, client, cast):
        program = Program(client, cast.ana)
        slot = program.claim().json()["slot"]
        Task.objects.update(flags_hidden=True)
        assert program.claim().json()["flags"] != []
        assert Slot.objects.get(public_id=slot).flags_shown is True

    def test_a_campaign_that_shows_no_flags_notes_none(self, model_pass, client, cast):
        Campaign.objects.update(show_flags=False)
        slot = Program(client, cast.ana).claim().json()["slot"]
        assert Slot.objects.get(public_id=slot).flags_shown is False

    @pytest.mark.parametrize(("share", "hidden"), [("0", 0), ("1", 4)])
    def test_the_share_is_chosen_when_a_campaign_is_opened(self, campaign, share, hidden):
        call_command(
            "open_campaign", "other", benchmark="mini", languages="de", hide_flags_share=float(share)
        )
        tasks = Task.objects.filter(campaign__slug="other")
        assert tasks.filter(kind="verification", flags_hidden=True).count() == hidden
        assert not tasks.filter(kind="sensitivity", flags_hidden=True).exists()

    @pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
    def test_a_share_that_is_none_is_refused(self, campaign, share):
        with pytest.raises(CommandError, match="between 0 and 1"):
            call_command("open_campaign", "other", benchmark="mini", languages="de", hide_flags_share=share)
