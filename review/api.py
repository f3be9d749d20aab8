"""Review in the API: how far campaigns are."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from annotation.api_campaigns import NOT_THERE, campaign_or_404
from annotation.queries import Progress
from people.api import ApiRequest, ApiView
from people.scopes import Scope
from review import progress, serializers


class CampaignProgress(ApiView):
    """How far each queue is: for managers, and for reviewers of one of its languages."""

    scopes = {"GET": Scope.CAMPAIGNS_READ}

    @extend_schema(operation_id="campaigns_progress", responses={200: serializers.ProgressShape, **NOT_THERE})
    def get(self, request: ApiRequest, slug: str) -> Response:
        """This function will answer how far a campaign is, in the figures of its page."""
        campaign = campaign_or_404(request, slug)
        if not progress.seen_campaigns(request.contributor).filter(pk=campaign.pk).exists():
            raise PermissionDenied(_("Only managers and reviewers of this campaign see its progress."))
        found = progress.campaign_progress(campaign)
        return Response(
            {"queues": [_queue(stage.work) for stage in (*found.sensitivity, *found.verification)]}
        )


def _queue(work: Progress) -> dict[str, Any]:
    return {
        "kind": work.kind,
        "language": work.language,
        "tasks": work.tasks,
        "complete": work.complete,
        "slots": work.slots,
        "submitted": work.submitted,
        "held": work.held,
    }
