"""Work through the API: taken, handed in once, kept, given back."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils.dateparse import parse_datetime

from annotation.actions.campaigns import close, pause, withdraw_member
from annotation.models import Annotation, Campaign, Membership, Slot
from common import clock
from common.models import Language
from people.actions import grant_role
from people.scopes import Scope
from people.tokens import make_token
from tests.factories import add_version


def bearer(person, *scopes):
    now = clock.now()
    scopes = scopes or (Scope.CAMPAIGNS_READ, Scope.WORK_WRITE)
    token = make_token(
        contributor=person, name="t", scopes=scopes, expires_at=now + timedelta(days=1), now=now
    )[1]
    return {"Authorization": f"Bearer {token}"}


def accept(**more):
    return {"item_version": 1, "translation_version": 1, "verdict": "accept", **more}


class Program:
    """One person's program."""

    def __init__(self, client, person, *scopes):
        self.client, self.person, self.headers = client, person, bearer(person, *scopes)

    def get(self, path):
        return self.client.get(f"/api/v1/{path}", headers=self.headers)

    def post(self, path, body=None, key=None):
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        return self.client.post(
            f"/api/v1/{path}", body or {}, content_type="application/json", headers=headers
        )

    def claim(self, kind="verification", language="de"):
        return self.post("campaigns/mini/claims/", {"kind": kind, "language": language})

    def submit(self, slot, body=None, key=None):
        return self.post(f"slots/{slot}/submission/", body or accept(), key=key or str(uuid4()))


@pytest.fixture
def ana(client, cast, campaign):
    return Program(client, cast.ana)


@pytest.fixture
def ben(client, cast, campaign):
    return Program(client, cast.ben)


def let_lease_run_out(slot):
    Slot.objects.filter(public_id=slot).update(lease_until=clock.now() - timedelta(seconds=1))


def counted():
    return Annotation.objects.count()


@pytest.mark.django_db
class TestTaking:
    def test_a_claim_shows_all_there_is_to_judge(self, ana):
        work = ana.claim().json()
        assert work["item"]["id"] == "quiz/test/1"
        assert next(iter(work["item"]["fields"])) == "question"
        assert work["translation"]["fields"]["option_a"] == "de: Four"
        assert work["item"]["attributes"] == {"answer": "C"}
        assert Slot.objects.get(public_id=work["slot"]).opened_at is not None

    def test_a_claim_repeated_is_the_slot_that_is_held(self, ana):
        assert ana.claim().json()["slot"] == ana.claim().json()["slot"]

    def test_two_people_get_two_slots(self, ana, ben):
        assert ana.claim().json()["slot"] != ben.claim().json()["slot"]

    def test_nothing_left_is_204_with_no_body(self, ana):
        for _ in range(4):
            assert ana.submit(ana.claim().json()["slot"]).status_code == 201
        answer = ana.claim()
        assert (answer.status_code, answer.content) == (204, b"")

    def test_what_the_campaign_hides_is_not_in_the_answer(self, ana, campaign):
        Campaign.objects.update(show_answer=False, show_flags=False)
        work = ana.claim().json()
        assert (work["item"]["attributes"], work["flags"]) == (None, None)
        assert '"answer"' not in json.dumps(work)

    def test_the_pages_and_the_api_hand_out_the_same_slot(self, ana, client, cast):
        slot = ana.claim().json()["slot"]
        client.force_login(cast.ana.user)
        assert str(slot) in client.post("/campaigns/mini/de/verification/next/").headers["Location"]

    def test_a_browser_needs_its_csrf_token(self, cast, campaign):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(cast.ana.user)
        body = {"kind": "verification", "language": "de"}
        refused = browser.post("/api/v1/campaigns/mini/claims/", body, content_type="application/json")
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
        browser.cookies["csrftoken"] = "a" * 32
        taken = browser.post(
            "/api/v1/campaigns/mini/claims/", body, content_type="application/json",
            headers={"X-CSRFToken": "a" * 32},
        )  # fmt: skip
        assert taken.status_code == 201

    @pytest.mark.parametrize("name", ["oz", "mia", "rui"])
    def test_who_is_no_member_gets_nothing(self, client, cast, campaign, name):
        answer = Program(client, getattr(cast, name)).claim()
        assert answer.status_code == (404 if name == "oz" else 403)
        assert not Slot.objects.exclude(contributor=None).exists()

    def test_an_unknown_campaign_and_anothers_are_the_same_to_the_byte(self, client, cast, campaign):
        oz = Program(client, cast.oz)
        body = {"kind": "verification", "language": "de"}
        unknown = oz.post("campaigns/nothing/claims/", body)
        assert (unknown.status_code, unknown.content) == (404, oz.claim().content)

    def test_no_answer_is_kept_by_any_cache(self, ana):
        for answer in (ana.claim(), ana.get("slots/"), ana.get("campaigns/"), ana.get("campaigns/nothing/")):
            assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
class TestHandingIn:
    def test_a_submission_is_kept_once_however_often_it_is_sent(self, ana, cast):
        slot, key = ana.claim().json()["slot"], str(uuid4())
        first, again = ana.submit(slot, key=key), ana.submit(slot, key=key)
        assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
        assert "Idempotency-Replayed" not in first.headers
        assert again.headers["Idempotency-Replayed"] == "true"
        assert Annotation.objects.get().contributor == cast.ana

    def test_the_next_comes_in_the_same_answer_and_again_with_a_twin(self, ana):
        slot, key = ana.claim().json()["slot"], str(uuid4())
        first = ana.submit(slot, accept(next=True), key).json()["next"]
        again = ana.submit(slot, accept(next=True), key).json()["next"]
        assert first["slot"] == again["slot"] == ana.claim().json()["slot"] != slot

    def test_the_next_of_the_last_is_null(self, ana):
        slot = ana.claim().json()["slot"]
        for _ in range(3):
            slot = ana.submit(slot, accept(next=True)).json()["next"]["slot"]
        assert ana.submit(slot, accept(next=True)).json()["next"] is None

    @pytest.mark.django_db(transaction=True)
    def test_the_judgement_is_answered_as_kept_where_the_claim_after_it_fails(self, ana, caplog):
        slot = ana.claim().json()["slot"]
        with connection.cursor() as cursor:
            cursor.execute("ALTER FUNCTION annotation_place RENAME TO annotation_place_gone")
            try:
                answer = ana.submit(slot, accept(next=True))
            finally:
                cursor.execute("ALTER FUNCTION annotation_place_gone RENAME TO annotation_place")
        assert (answer.status_code, answer.json()["next"], counted()) == (201, None, 1)
        assert slot in caplog.text

    def test_the_next_of_a_paused_campaign_is_null_and_the_judgement_is_kept(self, ana, campaign, now):
        slot = ana.claim().json()["slot"]
        pause(campaign=campaign, by=None, now=now)
        answer = ana.submit(slot, accept(next=True))
        assert (answer.status_code, answer.json()["next"], counted()) == (201, None, 1)

    def test_an_edit_is_kept_byte_for_byte(self, ana):
        work = ana.claim().json()
        texts = {**work["translation"]["fields"], "question": "  \u200fWie viele?\r\n\t\u00a0e\u0301 "}
        answer = ana.submit(work["slot"], accept(verdict="edit", fields=texts))
        assert answer.status_code == 201
        assert Annotation.objects.get().result_version.fields == texts

    def test_a_replaced_text_is_told_with_the_versions_that_count(self, ana, now):
        work = ana.claim().json()
        translation = Slot.objects.get(public_id=work["slot"]).task.item.translations.get()
        translation.current_version = add_version(translation, {"question": "neu"}, now)
        translation.save()
        answer = ana.submit(work["slot"])
        assert (answer.status_code, answer.json()["code"]) == (409, "text_replaced")
        assert answer.json()["current"] == {"item_version": 1, "translation_version": 2}
        assert ana.claim().json()["translation"]["fields"] == {"question": "neu"}

    def test_late_work_goes_back_to_its_slot_while_nobody_took_it(self, ana):
        slot = ana.claim().json()["slot"]
        let_lease_run_out(slot)
        assert ana.submit(slot).json()["kept_as"] == "own slot"

    def test_late_work_takes_another_free_slot_of_the_item(self, ana, ben):
        slot = ana.claim("sensitivity", "en").json()["slot"]
        let_lease_run_out(slot)
        assert ben.claim("sensitivity", "en").json()["slot"] == slot
        answer = ana.submit(slot, {"item_version": 1, "tags": []})
        assert (answer.status_code, answer.json()["kept_as"]) == (201, "another slot")
        assert answer.json()["slot"] != slot

    def test_late_work_that_nobody_wants_any_more_is_kept_beside(self, ana, ben):
        slot = ana.claim().json()["slot"]
        let_lease_run_out(slot)
        assert ben.claim().json()["slot"] == slot
        assert ben.submit(slot).json()["kept_as"] == "own slot"
        answer = ana.submit(slot)
        assert (answer.status_code, answer.json()["kept_as"], counted()) == (201, "extra", 2)

    def test_a_slot_that_was_never_ones_own_is_not_there(self, ana, ben):
        slot = ana.claim().json()["slot"]
        for path in ("submission", "heartbeat", "give-back", "undo"):
            body = accept() if path == "submission" else {}
            assert ben.post(f"slots/{slot}/{path}/", body, key=str(uuid4())).status_code == 404
        assert ben.post(f"slots/{slot}/skip/", {"reason": "x"}).status_code == 404
        assert counted() == 0

    def test_the_key_of_somebody_else_is_not_ones_own(self, ana, ben):
        key = str(uuid4())
        for person in (ana, ben):
            answer = person.submit(person.claim().json()["slot"], key=key)
            assert (answer.status_code, "Idempotency-Replayed" in answer.headers) == (201, False)
        assert counted() == 2

    def test_who_is_withdrawn_hands_in_nothing(self, ana, cast, campaign, now):
        slot = ana.claim().json()["slot"]
        for language in ("de", "en"):
            membership = Membership.objects.get(contributor=cast.ana, language=language)
            withdraw_member(membership=membership, by=None, now=now)
        assert ana.submit(slot).status_code == 403
        assert ana.post(f"slots/{slot}/heartbeat/").json()["code"] == "slot_lost"
        assert ana.claim().status_code == ana.get("campaigns/mini/").status_code == 404
        assert counted() == 0

    def test_a_closed_campaign_takes_nothing_and_a_paused_one_takes_what_is_open(self, ana, campaign, now):
        slot = ana.claim().json()["slot"]
        pause(campaign=campaign, by=None, now=now)
        assert ana.submit(slot).status_code == 201
        other = ana.claim("sensitivity", "en")
        assert other.json()["code"] == "campaign_paused"
        close(campaign=campaign, by=None, now=now)
        assert ana.post(f"slots/{slot}/undo/", key=str(uuid4())).json()["code"] == "campaign_closed"

    @pytest.mark.parametrize(
        ("said", "status", "code", "field"),
        [
            ({"verdict": "edit"}, 422, "label_invalid", "fields"),
            ({"verdict": "edit", "fields": {"question": "x"}}, 422, "label_invalid", "fields"),
            ({"fields": {"question": "x"}}, 422, "label_invalid", "fields"),
            ({"reason": "fluency"}, 422, "label_invalid", "reason"),
            ({"verdict": "reject", "reason": "other"}, 422, "label_invalid", "note"),
            ({"verdict": "cannot_translate", "reason": "fluency"}, 422, "label_invalid", "reason"),
            ({"verdict": "reject", "reason": "nonsense"}, 400, "invalid_choice", "reason"),
            ({"severity": "bad"}, 400, "invalid_choice", "severity"),
            ({"tags": []}, 400, "unknown_field", "tags"),
            ({"translation_version": None}, 400, "null", "translation_version"),
            ({"translation_version": "1"}, 400, "invalid", "translation_version"),
            ({"item_version": 1.0}, 400, "invalid", "item_version"),
            ({"active_ms": -1}, 400, "min_value", "active_ms"),
            ({"active_ms": 10**18}, 400, "max_value", "active_ms"),
            ({"note": 5}, 400, "invalid", "note"),
            ({"note": ["x"]}, 400, "invalid", "note"),
            ({"next": 1}, 400, "invalid", "next"),
            ({"fields": {"question": None}, "verdict": "edit"}, 400, "null", "fields.question"),
        ],
    )
    def test_what_does_not_hold_together_is_refused_and_mended_under_its_key(
        self, ana, said, status, code, field
    ):
        slot, key = ana.claim().json()["slot"], str(uuid4())
        answer = ana.submit(slot, {**accept(), **said}, key)
        told = answer.json()
        assert (answer.status_code, told["code"], told["field"]) == (status, code, field)
        assert counted() == 0
        assert ana.submit(slot, key=key).status_code == 201

    @pytest.mark.parametrize(
        ("said", "status", "field"),
        [
            ({"tags": ["cultural"], "not_sure": True}, 422, "tags"),
            ({"tags": ["strange"]}, 400, "tags.0"),
            ({"tags": [["cultural"]]}, 400, "tags.0"),
            ({"spans": [{"start": 0, "end": 5, "label": "Cultural", "quote": "Which"}]}, 422, "spans"),
            ({"spans": [{"start": 5, "end": 0, "label": "Cultural", "quote": ""}]}, 422, "spans"),
            ({"spans": [{"start": 0, "end": 5, "label": "Cultural"}]}, 400, "spans.0.quote"),
            ({"spans": [{"start": True, "end": 5, "label": "Cultural", "quote": "x"}]}, 400, "spans.0.start"),
            ({"spans": [{}] * 201}, 400, "spans"),
            ({"country": "Atlantis"}, 422, "country"),
            ({"culture": "None"}, 400, "culture"),
            ({"time_sensitive": "yes"}, 400, "time_sensitive"),
            ({"translation_version": 1}, 400, "translation_version"),
        ],
    )
    def test_sensitivity_is_refused_by_the_place_of_the_fault(self, ana, said, status, field):
        slot = ana.claim("sensitivity", "en").json()["slot"]
        answer = ana.submit(slot, {"item_version": 1, "tags": [], **said})
        assert (answer.status_code, answer.json()["field"], counted()) == (status, field, 0)


@pytest.mark.django_db
class TestKeeping:
    def test_a_heartbeat_renews_the_lease_and_counts_time(self, ana):
        slot = ana.claim().json()["slot"]
        let_lease_run_out(slot)
        answer = ana.post(f"slots/{slot}/heartbeat/", {"active_ms": 1})
        row = Slot.objects.get(public_id=slot)
        assert parse_datetime(answer.json()["lease_until"]) == row.lease_until > clock.now()

    def test_a_heartbeat_without_a_body_is_one(self, ana):
        assert ana.post(f"slots/{ana.claim().json()['slot']}/heartbeat/").status_code == 200

    def test_a_slot_given_back_is_free_and_its_heartbeat_is_lost(self, ana):
        slot = ana.claim().json()["slot"]
        assert ana.post(f"slots/{slot}/give-back/").status_code == 204
        assert Slot.objects.get(public_id=slot).contributor is None
        for path in ("give-back", "heartbeat"):
            assert ana.post(f"slots/{slot}/{path}/").json()["code"] == "slot_lost"

    def test_a_skipped_item_does_not_come_back(self, ana):
        work = ana.claim().json()
        assert ana.post(f"slots/{work['slot']}/skip/", {"reason": "mine"}).status_code == 204
        assert ana.claim().json()["item"]["id"] != work["item"]["id"]
        assert ana.post(f"slots/{work['slot']}/skip/", {"reason": " "}).json()["field"] == "reason"

    def test_an_undone_judgement_is_shown_with_the_next_claim(self, ana):
        slot = ana.claim().json()["slot"]
        ana.submit(slot, accept(verdict="reject", reason="fluency", note="Why?"))
        key = str(uuid4())
        first, again = (ana.post(f"slots/{slot}/undo/", key=key) for _ in range(2))
        assert (first.status_code, first.json(), counted()) == (201, again.json(), 2)
        previous = ana.claim().json()["previous"]
        assert (previous["verdict"], previous["reason"], previous["note"]) == ("reject", "fluency", "Why?")

    def test_lists_are_ones_own_and_paged(self, ana, ben):
        for _ in range(3):
            ana.submit(ana.claim().json()["slot"])
        ben.claim()
        assert ana.get("slots/").json()["results"] == ben.get("annotations/").json()["results"] == []
        first = ana.get("annotations/?limit=2").json()
        rest = ana.client.get(first["next"], headers=ana.headers).json()
        seen = [row["item"] for row in first["results"] + rest["results"]]
        assert (len(seen), len(set(seen)), rest["next"]) == (3, 3, None)

    @pytest.mark.parametrize(
        "query",
        ["limit=0", "limit=x", "limit=-1", "limit=1e1", "limit=٣", "cursor=%00", "cursor=zz", "cursor=cD1hYmM=",
         "cursor=cD0lMDA=", "cursor=cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ==", "cursor=%F0%9F%9A%80"],
    )  # fmt: skip
    def test_a_made_up_cursor_or_limit_breaks_nothing(self, ana, query):
        for path in ("slots", "annotations", "campaigns"):
            answer = ana.get(f"{path}/?{query}")
            assert answer.status_code in (200, 400)
            assert answer.status_code == 400 or set(answer.json()) == {"next", "previous", "results"}


@pytest.mark.django_db
class TestSeeing:
    @pytest.mark.parametrize(
        ("name", "campaigns", "progress"),
        [("ana", 1, 403), ("ben", 1, 403), ("rui", 1, 200), ("mia", 1, 200), ("oz", 0, 404)],
    )
    def test_campaigns_are_seen_by_their_people(self, client, cast, campaign, name, campaigns, progress):
        program = Program(client, getattr(cast, name))
        assert len(program.get("campaigns/").json()["results"]) == campaigns
        assert program.get("campaigns/mini/").status_code == (200 if campaigns else 404)
        assert program.get("campaigns/mini/guidelines/").status_code == (200 if campaigns else 404)
        assert program.get("campaigns/mini/progress/").status_code == progress

    @pytest.mark.parametrize(("language", "seen"), [("de", 200), ("en", 200), ("fr", 404)])
    def test_a_reviewer_sees_the_campaigns_of_their_language(
        self, client, cast, campaign, now, language, seen
    ):
        grant_role(
            contributor=cast.oz,
            workspace=cast.workspace,
            name="reviewer",
            language=Language.objects.get(pk=language),
            by=None,
            now=now,
        )
        assert Program(client, cast.oz).get("campaigns/mini/progress/").status_code == seen
        client.force_login(cast.oz.user)
        assert client.get("/review/progress/mini/").status_code == seen

    def test_progress_is_the_rows_counted(self, client, cast, ana):
        ana.submit(ana.claim().json()["slot"])
        ana.claim()
        queues = Program(client, cast.mia).get("campaigns/mini/progress/").json()["queues"]
        german = next(queue for queue in queues if queue["language"] == "de")
        assert (german["tasks"], german["complete"], german["submitted"], german["held"]) == (4, 1, 1, 1)

    @pytest.mark.parametrize(
        ("scope", "path", "status"),
        [(Scope.WORK_WRITE, "campaigns/", 403), (Scope.CAMPAIGNS_READ, "slots/", 403),
         (Scope.CAMPAIGNS_READ, "annotations/", 403), (Scope.WORK_WRITE, "annotations/", 200)],
    )  # fmt: skip
    def test_a_token_does_what_it_was_made_for(self, client, cast, campaign, scope, path, status):
        assert Program(client, cast.ana, scope).get(path).status_code == status
