"""Campaigns in the API: which there are for somebody, and their rules."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from annotation import payloads, queries, serializers, visible
from annotation.models import Campaign
from common.api.errors import ErrorSerializer
from common.api.pagination import Page, page_of
from people.api import ApiRequest, ApiView
from people.scopes import Scope

REFUSED = {401: ErrorSerializer, 403: ErrorSerializer}
NOT_THERE = {**REFUSED, 404: ErrorSerializer}


def campaign_or_404(request: ApiRequest, slug: str) -> Campaign:
    """This function will return a campaign the person may see; `NotFound` for every other. One statement."""
    campaign = visible.visible_campaigns(request.contributor).filter(slug=slug).first()
    if campaign is None:
        raise NotFound
    return campaign


class CampaignList(ApiView):
    """The campaigns that you are a member of, manage or review; newest first."""

    scopes = {"GET": Scope.CAMPAIGNS_READ}

    @extend_schema(
        operation_id="campaigns_list",
        parameters=Page.parameters(),
        responses={200: page_of(serializers.CampaignShape), 400: ErrorSerializer, **REFUSED},
    )
    def get(self, request: ApiRequest) -> Response:
        """This function will answer a page of campaigns."""
        found = visible.visible_campaigns(request.contributor)
        return Page().answer(found, request, self, payloads.campaign_row)


class CampaignDetail(ApiView):
    """One campaign, and what you may take from it."""

    scopes = {"GET": Scope.CAMPAIGNS_READ}

    @extend_schema(operation_id="campaigns_get", responses={200: serializers.CampaignDetail, **NOT_THERE})
    def get(self, request: ApiRequest, slug: str) -> Response:
        """This function will answer one campaign."""
        campaign = campaign_or_404(request, slug)
        own = visible.queues_in(request.contributor, campaign)
        number = queries.latest_guideline(campaign).number
        return Response(payloads.campaign_detail(campaign, own, number))


class Guidelines(ApiView):
    """The rules in force, in Markdown."""

    scopes = {"GET": Scope.CAMPAIGNS_READ}

    @extend_schema(
        operation_id="campaigns_guidelines", responses={200: serializers.GuidelineShape, **NOT_THERE}
    )
    def get(self, request: ApiRequest, slug: str) -> Response:
        """This function will answer the rules of a campaign."""
        guideline = queries.latest_guideline(campaign_or_404(request, slug))
        answer: dict[str, Any] = {
            "number": guideline.number, "markdown": guideline.markdown, "created_at": guideline.created_at,
        }  # fmt: skip
        return Response(answer)
