"""Pages on which a manager weighs the checks of a campaign otherwise than they do themselves."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotation import check_page
from annotation.actions.check_settings import check_setting, forget_weight, weigh_check
from annotation.errors import CampaignError
from annotation.models import Campaign, CheckSetting
from common import clock
from common.signed_in import signed_in
from flagging.checks import Described
from people.middleware import PersonRequest

REFUSED = 422


@signed_in
@require_GET
def checks(request: PersonRequest, slug: str) -> HttpResponse:
    """This function will show every check of a campaign, for one language or for all: what it weighs and found."""
    campaign = _campaign(request, slug)
    tags = _tags(campaign)
    language = request.GET.get("language", "")
    if language not in ("", *tags):
        raise Http404
    context = {
        "campaign": campaign, "tags": tags, "language": language,
        "lines": check_page.check_lines(campaign, language or None),
        "changes": check_page.last_changes(campaign),
    }  # fmt: skip
    return render(request, "annotation/checks.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def check(request: PersonRequest, slug: str, detector: str) -> HttpResponse:
    """This function will show what one check weighs, say what another weight would move, or keep it."""
    campaign, found = _campaign(request, slug), _check(detector)
    said = {name: request.POST.get(name, "") for name in ("weight", "language", "reason")}
    if request.method == "GET":
        said["language"] = request.GET.get("language", "")
        return _page(request, campaign, found, said)
    scope = said["language"] or None
    try:
        if "preview" in request.POST:
            check_setting(campaign, detector, scope, said["weight"])
            moved = check_page.preview(campaign, detector, scope, said["weight"])
            return _page(request, campaign, found, said, preview=moved)
        weigh_check(
            campaign=campaign, detector=detector, language=scope, weight=said["weight"],
            reason=said["reason"], by=request.contributor, now=clock.now(),
        )  # fmt: skip
    except CampaignError as error:
        return _page(request, campaign, found, said, error=str(error))
    messages.success(request, _("Kept. The queues are being put in their new order."))
    return _to_list(campaign, said["language"])


@signed_in
@require_POST
def forget(request: PersonRequest, slug: str, detector: str) -> HttpResponse:
    """This function will take a setting back and return to the list."""
    campaign, language = _campaign(request, slug), request.POST.get("language", "")
    _check(detector)
    done = forget_weight(
        campaign=campaign,
        detector=detector,
        language=language or None,
        by=request.contributor,
        now=clock.now(),
    )
    if done:
        messages.success(request, _("Taken back. The queues are being put in their new order."))
    else:
        messages.info(request, _("Nothing was set there."))
    return _to_list(campaign, language)


def _campaign(request: PersonRequest, slug: str) -> Campaign:
    found = check_page.managed_campaigns(request.contributor).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def _check(detector: str) -> Described:
    found = next((one for one in check_page.CHECKS if one.name == detector), None)
    if found is None:
        raise Http404
    return found


def _tags(campaign: Campaign) -> list[str]:
    return list(campaign.languages.values_list("language_id", flat=True))


def _to_list(campaign: Campaign, language: str) -> HttpResponse:
    known = language if language in _tags(campaign) else ""
    query = f"?{urlencode({'language': known})}" if known else ""
    return redirect(reverse("checks", args=[campaign.slug]) + query)


def _page(
    request: PersonRequest,
    campaign: Campaign,
    found: Described,
    said: dict[str, str],
    *,
    preview: check_page.Preview | None = None,
    error: str = "",
) -> HttpResponse:
    context: dict[str, Any] = {
        "campaign": campaign, "tags": _tags(campaign), "said": said, "preview": preview, "error": error,
        "detector": found.name, "title": _(found.title), "severity": found.severity,
        "weights": CheckSetting.Weight.choices, "settings": check_page.settings_of(campaign, found.name),
    }  # fmt: skip
    return render(request, "annotation/check.html", context, status=REFUSED if error else 200)
