"""One shape for every refusal, whoever refuses."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404
from django.test import Client
from rest_framework import exceptions, serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from common.api.errors import CURES, ApiError, ErrorSerializer
from common.api.handler import MOST_FAULTS
from common.api.strict import OneOf, Several, StrictSerializer, Text, Texts, Whole, YesNo


class Inner(StrictSerializer):
    start = Whole()
    quote = Text()


class Body(StrictSerializer):
    text = Text(max_length=10, default="")
    number = Whole(default=0)
    sure = YesNo(default=False)
    kind = OneOf(choices=["1", "two"], default="two")
    inner = Several(child=Inner(), default=list, most=50)
    texts = Texts(default=dict)
    message = Text(default="")
    code = Text(default="")


def answer_to(raise_or_body, **settings):
    """Answer a POST of a body, or the refusal that a view raised."""

    class View(APIView):
        permission_classes = [AllowAny]
        authentication_classes = []

        def post(self, request):
            if isinstance(raise_or_body, Exception):
                raise raise_or_body
            read = Body(data=request.data)
            read.is_valid(raise_exception=True)
            return Response(read.validated_data)

    body = {} if isinstance(raise_or_body, Exception) else raise_or_body
    return View.as_view()(APIRequestFactory().post("/", body, format="json", **settings))


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (exceptions.NotFound(), 404, "not_found"),
        (exceptions.NotFound("Item 17 is Rui's"), 404, "not_found"),
        (Http404("Item 17 is Rui's"), 404, "not_found"),
        (exceptions.PermissionDenied(), 403, "permission_denied"),
        (PermissionDenied("Ask Mia."), 403, "permission_denied"),
        (PermissionDenied(), 403, "permission_denied"),
        (exceptions.AuthenticationFailed(), 401, "authentication_failed"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.UnsupportedMediaType("text/csv"), 415, "unsupported_media_type"),
        (exceptions.Throttled(wait=3), 429, "throttled"),
        (ApiError(409, "slot_lost", "Gone.", cure="Claim."), 409, "slot_lost"),
    ],
)
def test_every_refusal_has_the_one_shape_and_a_cure(error, status, code):
    answer = answer_to(error)
    # Without an authenticator there is nothing to ask for, and DRF answers 403.
    assert answer.status_code == (403 if status == 401 else status)
    assert answer.data["code"] == code
    assert set(answer.data) == {"code", "message", "field", "cure"}
    assert answer.data["message"] and answer.data["cure"]


def test_what_may_not_be_seen_and_what_is_not_there_are_the_same_to_the_byte():
    answers = [answer_to(error).render().content for error in (exceptions.NotFound("Rui's"), Http404("x"))]
    unknown = Client().get("/api/v1/nothing/").content
    assert answers[0] == answers[1]
    assert Client().get("/api/nothing").json() == Client().get("/api/v1/nothing/").json()
    assert exceptions.NotFound("Rui's").detail not in unknown.decode()


def test_the_reason_of_a_denial_is_told_and_the_default_is_not_empty():
    assert answer_to(PermissionDenied("Ask Mia.")).data["message"] == "Ask Mia."
    assert "permission" in answer_to(PermissionDenied()).data["message"]


def test_how_long_to_wait_stands_in_the_header():
    assert answer_to(exceptions.Throttled(wait=3)).headers["Retry-After"] == "3"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"txet": ""}, "txet", "unknown_field"),
        ({"text": 5}, "text", "invalid"),
        ({"text": None}, "text", "null"),
        ({"text": ["a"]}, "text", "invalid"),
        ({"text": "x" * 11}, "text", "max_length"),
        ({"number": True}, "number", "invalid"),
        ({"number": "5"}, "number", "invalid"),
        ({"number": 5.0}, "number", "invalid"),
        ({"number": -1}, "number", "min_value"),
        ({"number": 10**30}, "number", "max_value"),
        ({"sure": 1}, "sure", "invalid"),
        ({"sure": "true"}, "sure", "invalid"),
        ({"sure": []}, "sure", "invalid"),
        ({"kind": 1}, "kind", "invalid_choice"),
        ({"kind": {}}, "kind", "invalid_choice"),
        ({"inner": {}}, "inner", "not_a_list"),
        ({"inner": [{"start": 0}]}, "inner.0.quote", "required"),
        ({"inner": [{"start": 0, "quote": "", "stop": 1}]}, "inner.0.stop", "unknown_field"),
        ({"inner": [5]}, "inner.0", "invalid"),
        ({"texts": {"option_a": 5}}, "texts.option_a", "invalid"),
        ({"texts": []}, "texts", "not_a_dict"),
        ([], None, "invalid"),
        ("text", None, "invalid"),
    ],
)
def test_a_body_is_read_as_it_stands_or_refused_by_the_path_of_the_field(body, field, code):
    answer = answer_to(body)
    assert (answer.status_code, answer.data["field"], answer.data["code"]) == (400, field, code)


def test_null_is_no_body():
    read = Body(data=None)
    assert not read.is_valid()
    assert read.errors["non_field_errors"][0].code == "null"


def test_texts_are_not_trimmed():
    assert answer_to({"text": " a\n", "texts": {"a": "\u00a0"}}).data["text"] == " a\n"


def test_several_faults_are_told_at_once_and_a_flood_of_them_is_cut():
    answer = answer_to({"number": -1, "sure": 1, "a": 1, "message": 5, "code": 5}).data
    assert (answer["code"], answer["field"], "others" in answer) == ("unknown_field", "a", False)
    answer = answer_to({"number": -1, "message": 5, "code": 5}).data
    assert [answer["field"], *(other["field"] for other in answer["others"])] == ["number", "message", "code"]
    flood = answer_to({"inner": [{}] * 50}).data
    assert len(flood["others"]) == MOST_FAULTS - 1


@pytest.mark.parametrize(
    "body", [{"inner": [{}] * 200_000}, {"texts": {str(number): 5 for number in range(80_000)}}]
)
def test_too_many_are_refused_unread(body):
    answer = answer_to(body)
    assert (answer.status_code, answer.data["code"]) == (400, "max_length")
    assert "others" not in answer.data


def test_an_error_without_a_cure_cannot_be_made():
    with pytest.raises(ImproperlyConfigured, match="made_up"):
        ApiError(400, "made_up", "Something.")


def test_more_stands_beside_the_four():
    body = answer_to(ApiError(409, "old", "Old.", cure="Look.", current={"item_version": 2})).data
    assert body["current"] == {"item_version": 2}


def test_the_schema_names_the_four():
    assert set(ErrorSerializer().fields) == {"code", "message", "field", "cure"}
    assert isinstance(ErrorSerializer().fields["field"], serializers.CharField)


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_an_unknown_address_answers_programs_whatever_they_send(method):
    answer = getattr(Client(enforce_csrf_checks=True), method)("/api/v1/nothing/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_foreign_host_is_told_so_in_the_one_shape():
    answer = Client(headers={"host": "evil.example"}).get("/api/v1/campaigns/")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_a_fault_of_ours_says_nothing_of_what_it_was(monkeypatch):
    def break_down(*_args):
        raise RuntimeError("the password is 1234")

    monkeypatch.setattr("common.api.errors.NOT_FOUND", property(break_down))
    client = Client(raise_request_exception=False)
    answer = client.get("/api/v1/nothing/")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "1234" not in answer.content.decode()
    assert answer.json()["cure"] == CURES["internal_error"]
