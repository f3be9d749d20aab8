"""Work in the API: take it, hand it in, keep it, give it back."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from annotation import api_examples, api_work, payloads, queries, serializers
from annotation.actions import claims
from annotation.api_campaigns import REFUSED, campaign_or_404
from annotation.held_work import campaign_to_work_in, slot_to_hand_in
from annotation.models import Annotation, Campaign, Kind, Slot
from common import clock
from common.api.errors import ErrorSerializer
from common.api.pagination import Page, page_of
from common.api.requests import KEY, read
from common.idempotency import Answer, once
from people.api import ApiRequest, ApiView
from people.scopes import Scope

WORK_REFUSED = {
    400: ErrorSerializer, **REFUSED, 404: ErrorSerializer, 409: ErrorSerializer, 422: ErrorSerializer,
}  # fmt: skip


class Claims(ApiView):
    """Take work: one slot at a time of each queue."""

    scopes = {"POST": Scope.WORK_WRITE}

    @extend_schema(
        operation_id="claims_create", examples=api_examples.CLAIM, request=serializers.ClaimRequest,
        responses={201: serializers.Work, 204: None, **WORK_REFUSED},
    )  # fmt: skip
    def post(self, request: ApiRequest, slug: str) -> Response:
        """This function will answer the slot to work on: the one held already, or the next; 204 when none is left."""
        wanted = read(serializers.ClaimRequest, request)
        campaign = _campaign(request, slug)
        taken = api_work.claim(campaign=campaign, **wanted, by=request.contributor, now=clock.now())
        if taken is None:
            api_work.check_queue(campaign, wanted["kind"], wanted["language"])
            return Response(status=204)
        return Response(taken, status=201)


class Submission(ApiView):
    """Hand in a judgement."""

    scopes = {"POST": Scope.WORK_WRITE}

    @extend_schema(
        operation_id="submissions_create", parameters=[KEY], examples=api_examples.SUBMISSION,
        request=PolymorphicProxySerializer(
            component_name="Submission", resource_type_field_name=None,
            serializers=[serializers.VerificationRequest, serializers.SensitivityRequest],
        ),
        responses={
            201: serializers.Submitted, **WORK_REFUSED, 409: serializers.ReplacedSerializer,
            503: ErrorSerializer,
        },
    )  # fmt: skip
    def post(self, request: ApiRequest, slot: UUID) -> Response:
        """This function will keep a judgement once, however often it is sent with the same key."""
        held = slot_to_hand_in(request.contributor, slot)
        if held is None:
            raise NotFound
        said = read(SHAPES[Kind(held.kind)], request)
        by, key, now = request.contributor, request.headers.get("Idempotency-Key", ""), clock.now()
        answer = once(
            key=key, route="submission", sent={"slot": str(slot), "body": request.data}, by=by.pk, now=now,
            do=lambda: api_work.submit(held=held, said=said, key=key, by=by, now=now),
        )  # fmt: skip
        response = _answered(answer)
        if said["next"]:
            response.data = {**answer.body, "next": api_work.claim_next(held=held, by=by, now=now)}
        return response


class Heartbeat(ApiView):
    """Keep a slot."""

    scopes = {"POST": Scope.WORK_WRITE}

    @extend_schema(
        operation_id="slots_heartbeat", request=serializers.ActiveTime,
        responses={200: serializers.Lease, **WORK_REFUSED},
    )  # fmt: skip
    def post(self, request: ApiRequest, slot: UUID) -> Response:
        """This function will renew the lease and add the time worked."""
        said = read(serializers.ActiveTime, request)
        held = _own_slot(request, slot)
        if not claims.heartbeat(
            slot=held, active_ms=said["active_ms"], by=request.contributor, now=clock.now()
        ):
            raise api_work.lost()
        held.refresh_from_db(fields=["lease_until"])
        return Response({"lease_until": held.lease_until})


class GiveBack(ApiView):
    """Give a slot back: it is free for everybody at once."""

    scopes = {"POST": Scope.WORK_WRITE}

    @extend_schema(
        operation_id="slots_give_back", request=serializers.NoBody, responses={204: None, **WORK_REFUSED}
    )
    def post(self, request: ApiRequest, slot: UUID) -> Response:
        """This function will free a slot."""
        read(serializers.NoBody, request)
        if not claims.give_back(slot=_own_slot(request, slot), by=request.contributor):
            raise api_work.lost()
        return Response(status=204)


class Skip(ApiView):
    """Pass an item by for good."""

    scopes = {"POST": Scope.WORK_WRITE}

    @extend_schema(
        operation_id="slots_skip", request=serializers.SkipRequest, responses={204: None, **WORK_REFUSED}
    )
    def post(self, request: ApiRequest, slot: UUID) -> Response:
        """This function will free a slot and keep its item away from the person."""
        reason = read(serializers.SkipRequest, request)["reason"]
        held = _own_slot(request, slot)
        if not claims.skip(slot=held, reason=reason, by=request.contributor, now=clock.now()):
            raise api_work.lost()
        return Response(status=204)


class Undo(ApiView):
    """Take a judgement back and hold its slot again."""

    scopes = {"POST": Scope.WORK_WRITE}

    @extend_schema(
        operation_id="slots_undo", parameters=[KEY], request=serializers.NoBody,
        responses={201: serializers.Undone, **WORK_REFUSED, 503: ErrorSerializer},
    )  # fmt: skip
    def post(self, request: ApiRequest, slot: UUID) -> Response:
        """This function will add a retraction; the judgement stays as it was."""
        read(serializers.NoBody, request)
        own = _own_slot(request, slot)
        by, key, now = request.contributor, request.headers.get("Idempotency-Key", ""), clock.now()
        answer = once(
            key=key, route="undo", sent={"slot": str(slot)}, by=by.pk, now=now,
            do=lambda: api_work.undo(own=own, by=by, now=now),
        )  # fmt: skip
        return _answered(answer)


class HeldSlots(ApiView):
    """The slots that you hold."""

    scopes = {"GET": Scope.WORK_WRITE}

    @extend_schema(
        operation_id="slots_list", parameters=Page.parameters(),
        responses={200: page_of(serializers.HeldSlot), 400: ErrorSerializer, **REFUSED},
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        """This function will answer a page of slots."""
        held = Slot.objects.filter(contributor=request.contributor, submitted_at=None)
        rows = held.select_related("campaign", "task__item")
        return Page().answer(rows, request, self, payloads.held_slot)


class _ByInstant(Page):
    ordering = ("-submitted_at", "-id")


class OwnAnnotations(ApiView):
    """What you handed in, newest first; a judgement taken back is followed by its retraction."""

    scopes = {"GET": Scope.WORK_WRITE}

    @extend_schema(
        operation_id="annotations_list", parameters=Page.parameters(),
        responses={200: page_of(serializers.OwnAnnotation), 400: ErrorSerializer, **REFUSED},
    )  # fmt: skip
    def get(self, request: ApiRequest) -> Response:
        """This function will answer a page of judgements."""
        own = Annotation.objects.filter(contributor=request.contributor)
        rows = own.select_related(
            "slot__campaign", "slot__task__item", "result_version", "translation_version__translation"
        )
        return _ByInstant().answer(rows, request, self, payloads.own_annotation)


SHAPES = {
    Kind.VERIFICATION: serializers.VerificationRequest,
    Kind.SENSITIVITY: serializers.SensitivityRequest,
}


def _campaign(request: ApiRequest, slug: str) -> Campaign:
    """Somebody who may see a campaign and is no member of it is told so."""
    campaign = campaign_to_work_in(request.contributor, slug)
    if campaign is None:
        campaign_or_404(request, slug)
        raise PermissionDenied(_("You are not a member of this campaign in this language."))
    return campaign


def _own_slot(request: ApiRequest, public_id: UUID) -> Slot:
    try:
        return queries.own_slot(request.contributor, public_id)
    except Slot.DoesNotExist:
        raise NotFound from None


def _answered(answer: Answer) -> Response:
    response = Response(answer.body, status=answer.status)
    if answer.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response
