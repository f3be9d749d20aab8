"""Pages of the checks: passes, how far they are, what they found."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.signed_in import signed_in
from flagging import outcome_queries, progress_queries, queries
from flagging.actions import passes
from flagging.models import ModelPass
from people.middleware import PersonRequest

MOST_PASSES = 100
EXAMPLES = 50


@signed_in
@require_GET
def pass_list(request: PersonRequest) -> HttpResponse:
    """This function will show the latest passes of the workspaces a manager has."""
    found = queries.passes_of(request.contributor)[:MOST_PASSES]
    return render(request, "flagging/passes.html", {"passes": found})


@signed_in
@require_GET
def pass_page(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """This function will show one pass; while it runs, the page asks for its progress again by itself."""
    model_pass = _own(request, public_id)
    context = _progress(model_pass)
    if request.htmx and not (model_pass.finished_at or model_pass.cancelled_at):
        response = render(request, "flagging/_progress.html", context)
        patch_vary_headers(response, ["HX-Request"])
        return response
    response = render(request, "flagging/pass.html", context | _results(model_pass))
    patch_vary_headers(response, ["HX-Request"])
    if request.htmx:
        response["HX-Retarget"], response["HX-Reswap"], response["HX-Reselect"] = (
            "#pass",
            "outerHTML",
            "#pass",
        )
    return response


def _progress(model_pass: ModelPass) -> dict[str, Any]:
    now = clock.now()
    parts = progress_queries.parts_of(model_pass, now=now)
    under_way = not (model_pass.finished_at or model_pass.cancelled_at)
    workers = progress_queries.living_workers(now=now) if under_way and model_pass.scorers else []
    waiting = progress_queries.waiting_reason(model_pass, parts, workers, now=now)
    return {
        "pass": model_pass,
        "under_way": under_way,
        "parts": parts,
        "progress": queries.pass_progress(model_pass),
        "failures": progress_queries.failures_of(model_pass),
        "workers": workers,
        "waiting": waiting,
        "end": None if waiting or not under_way else progress_queries.expected_end(parts, now=now),
    }


def _results(model_pass: ModelPass) -> dict[str, Any]:
    return {
        "groups": queries.finding_groups(model_pass),
        "summaries": queries.one_for_many_summaries(model_pass),
        "runs": outcome_queries.runs_of(model_pass),
        "unscored": outcome_queries.unscored(model_pass),
        "devices": outcome_queries.devices_of(model_pass),
        "fits": outcome_queries.fits_of(model_pass),
        "shares": outcome_queries.system_shares(model_pass),
        "beside": progress_queries.beside(model_pass),
    }


@signed_in
@require_GET
def findings(request: PersonRequest, public_id: UUID, detector: str) -> HttpResponse:
    """This function will show what one detector found, fifty texts a page, each with its evidence."""
    model_pass = _own(request, public_id)
    after = int(request.GET["after"]) if request.GET.get("after", "").isdecimal() else 0
    found = queries.findings(model_pass, detector, after=after, limit=EXAMPLES + 1)
    return render(
        request,
        "flagging/findings.html",
        {
            "pass": model_pass,
            "title": queries.title_of(detector),
            "findings": found[:EXAMPLES],
            "next": found[EXAMPLES - 1].cursor if len(found) > EXAMPLES else None,
        },
    )


@signed_in
@require_POST
def retry(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """This function will send the chunks that failed for good once more."""
    count = passes.retry_failed(model_pass=_own(request, public_id), by=request.contributor, now=clock.now())
    messages.success(
        request, ngettext("%d chunk is tried again.", "%d chunks are tried again.", count) % count
    )
    return redirect("flagging:pass", public_id)


@signed_in
@require_POST
def pause(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """This function will keep a pass from going on for now."""
    passes.pause(model_pass=_own(request, public_id), by=request.contributor, now=clock.now())
    return redirect("flagging:pass", public_id)


@signed_in
@require_POST
def resume(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """This function will let a paused pass go on."""
    passes.resume(model_pass=_own(request, public_id), by=request.contributor, now=clock.now())
    return redirect("flagging:pass", public_id)


@signed_in
@require_http_methods(["GET", "POST"])
def cancel(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """This function will ask whether to stop a pass that is under way, or stop it."""
    model_pass = _own(request, public_id)
    if request.method == "GET":
        context = {"pass": model_pass, "progress": queries.pass_progress(model_pass)}
        return render(request, "flagging/cancel.html", context)
    if passes.cancel(model_pass=model_pass, by=request.contributor, now=clock.now()):
        messages.success(request, _("The pass was stopped. What an earlier pass found still counts."))
    return redirect("flagging:pass", public_id)


def _own(request: PersonRequest, public_id: UUID) -> ModelPass:
    return get_object_or_404(queries.passes_of(request.contributor), public_id=public_id)
