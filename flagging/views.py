"""Pages of the checks: passes, how far they are, what they found."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.signed_in import signed_in
from flagging import queries
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
    progress = queries.pass_progress(model_pass)
    context = {"pass": model_pass, "progress": progress, "failures": model_pass.chunks.exclude(last_error="")}
    if request.htmx and not model_pass.finished_at:
        return render(request, "flagging/_progress.html", context)
    context |= {
        "groups": queries.finding_groups(model_pass),
        "summaries": queries.one_for_many_summaries(model_pass),
    }
    response = render(request, "flagging/pass.html", context)
    if request.htmx:
        response["HX-Retarget"], response["HX-Reswap"], response["HX-Reselect"] = (
            "#pass",
            "outerHTML",
            "#pass",
        )
    return response


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
def cancel(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """This function will stop a pass that is under way."""
    if passes.cancel(model_pass=_own(request, public_id), by=request.contributor, now=clock.now()):
        messages.success(request, _("The checks were stopped. What an earlier pass found still counts."))
    return redirect("flagging:pass", public_id)


def _own(request: PersonRequest, public_id: UUID) -> ModelPass:
    return get_object_or_404(queries.passes_of(request.contributor), public_id=public_id)
