"""Pages of review: the queue, one task to decide on, progress, and reports on source texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect, replace_url

from annotation.labels import LabelError
from annotation.models import Campaign, Task
from annotation.overrides import offer_lines
from common import clock
from common.signed_in import signed_in
from people.middleware import PersonRequest
from people.permissions import can_manage
from people.queries import reviewer_roles
from review import forms, progress, queries, reports
from review.actions import settle
from review.cases import Case, case
from review.errors import SettlementError
from review.filters import filters
from review.models import Settlement
from review.permissions import can_settle, check_can_settle, sees_campaigns
from review.queries import Wanted
from review.waiting import Cursor

REFUSED = 422
Outcome = Settlement.Outcome


@signed_in
@require_GET
def start(request: PersonRequest) -> HttpResponse:
    """This function will lead to the queue."""
    return redirect("review:queue")


@signed_in
@require_GET
def queue(request: PersonRequest) -> HttpResponse:
    """This function will show what waits for a reviewer, worst first, and what they settled last."""
    if not reviewer_roles(request.contributor).exists():
        raise Http404
    wanted = forms.wanted(request.GET)
    try:
        page = queries.review_queue(request.contributor, wanted, forms.cursor(request.GET))
    except ValueError as error:
        raise Http404 from error
    context = {
        "page": page,
        "wanted": wanted,
        "query": _query(wanted),
        "filters": filters(page.desk, wanted),
        "previous_url": _page_url(wanted, page.previous),
        "next_url": _page_url(wanted, page.next),
        "settled": queries.last_settled(page.desk),
    }
    return render(request, "review/queue.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def task(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """This function will show a task, or take the decision on it and show the next."""
    found = _task(request, public_id)
    if request.method == "POST":
        return _settle(request, found)
    seen = case(found)
    return _case_page(request, seen, forms.first_draft(seen, request.GET.get("from", "")))


@signed_in
@require_GET
def next_task(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """This function will leave a task for later and go to the one that follows it."""
    return _go_on(request, _task(request, public_id), in_place=False)


@signed_in
@require_GET
def campaigns(request: PersonRequest) -> HttpResponse:
    """This function will list the campaigns somebody manages or reviews in."""
    if not sees_campaigns(request.contributor):
        raise Http404
    return render(request, "review/campaigns.html", {"lines": progress.campaign_lines(request.contributor)})


@signed_in
@require_GET
def campaign_progress(request: PersonRequest, slug: str) -> HttpResponse:
    """This function will show how far a campaign is, by language and stage."""
    try:
        campaign = progress.seen_campaigns(request.contributor).get(slug=slug)
    except Campaign.DoesNotExist as error:
        raise Http404 from error
    reviewed = queries.desk(request.contributor).campaigns.get(campaign, ())
    manages = can_manage(request.contributor, campaign.workspace_id)
    context = {
        "progress": progress.campaign_progress(campaign), "campaign": campaign, "reviewed": reviewed,
        "manages": manages, "offers": offer_lines(campaign) if manages else [],
    }  # fmt: skip
    return render(request, "review/progress.html", context)


@signed_in
@require_GET
def source_reports(request: PersonRequest) -> HttpResponse:
    """This function will list the source texts that annotators called wrong, newest first."""
    if not sees_campaigns(request.contributor):
        raise Http404
    try:
        page, following = reports.source_reports(request.contributor, request.GET.get("at", ""))
    except signing.BadSignature as error:
        raise Http404 from error
    address = reverse("review:source_reports")
    context = {
        "reports": page,
        "first_url": address if request.GET.get("at") else "",
        "next_url": f"{address}?{urlencode({'at': following})}" if following else "",
    }
    return render(request, "review/source_reports.html", context)


def _task(request: PersonRequest, public_id: UUID) -> Task:
    try:
        return queries.reviewed_task(request.contributor, public_id)
    except Task.DoesNotExist as error:
        raise Http404 from error


def _query(wanted: Wanted, **more: str) -> str:
    """What an address carries on: `?why=reject&language=ar`, or nothing."""
    chosen = {name: value for name, value in {**asdict(wanted), **more}.items() if value}
    return f"?{urlencode(chosen)}" if chosen else ""


def _start_query(wanted: Wanted) -> str:
    """The beginning of an address that writes from a judgement; its key comes last."""
    carried = _query(wanted)
    return f"{carried}&from=" if carried else "?from="


def _page_url(wanted: Wanted, cursor: Cursor | None) -> str:
    return reverse("review:queue") + _query(wanted, at=str(cursor)) if cursor else ""


def _settle(request: PersonRequest, found: Task) -> HttpResponse:
    seen = case(found)
    try:
        decision = forms.decision(request.POST, seen)
        settle(
            task=found,
            outcome=decision.outcome,
            picked=decision.picked.annotation if decision.picked else None,
            fields=decision.fields,
            start=decision.start.annotation if decision.start else None,
            reason=decision.reason,
            by=request.contributor,
            now=clock.now(),
            seen=decision.seen,
        )
    except (SettlementError, PermissionDenied) as error:
        return _refused(request, found, str(error))
    except LabelError as error:
        return _refused(request, found, _(error.template) % error.params)
    return _go_on(request, found, in_place=bool(request.htmx))


def _refused(request: PersonRequest, found: Task, error: str) -> HttpResponse:
    """The page comes back as things are now, with what was typed."""
    seen = case(_task(request, found.public_id))
    return _case_page(request, seen, forms.draft(request.POST, seen), errors=[error])


def _go_on(request: PersonRequest, done: Task, *, in_place: bool) -> HttpResponse:
    wanted = forms.wanted(request.GET)
    following = queries.next_task(request.contributor, wanted, done)
    if following is None:
        messages.success(request, _("Nothing else waits for a decision here."))
        address = reverse("review:queue") + _query(wanted)
        return HttpResponseClientRedirect(address) if in_place else redirect(address)
    address = reverse("review:task", args=[following.public_id]) + _query(wanted)
    if not in_place:
        return redirect(address)
    seen = case(_task(request, following.public_id))
    return replace_url(_case_page(request, seen, forms.first_draft(seen, "")), address)


def _case_page(
    request: PersonRequest, seen: Case, draft: forms.Draft, errors: Sequence[str] = ()
) -> HttpResponse:
    wanted = forms.wanted(request.GET)
    context = {
        "case": seen,
        "campaign": seen.task.campaign,
        "source_language": seen.task.campaign.benchmark.source_language_id,
        "language": seen.task.language_id,
        "draft": draft,
        "rows": [(field, draft.texts.get(field.name, "")) for field in seen.fields],
        "outcomes": _outcomes(request, seen),
        "barred": _barred(request, seen),
        "errors": errors,
        "query": _query(wanted),
        "start_query": _start_query(wanted),
        "last": queries.last_settled(queries.desk(request.contributor), limit=1).first(),
    }
    template = "review/_swap.html" if request.htmx else "review/task.html"
    return render(request, template, context, status=REFUSED if errors else 200)


def _barred(request: PersonRequest, seen: Case) -> str:
    try:
        check_can_settle(request.contributor, seen.task)
    except PermissionDenied as error:
        return str(error)
    return ""


def _outcomes(request: PersonRequest, seen: Case) -> list[str]:
    """The decisions offered beside the judgements themselves."""
    offered = [Outcome.WRITE.value, Outcome.EXCLUDE_LANGUAGE.value]
    if can_settle(request.contributor, seen.task, Outcome.EXCLUDE_ALL):
        offered.append(Outcome.EXCLUDE_ALL.value)
    if not seen.task.campaign.closed_at:
        offered.append(Outcome.SEND_BACK.value)
    return offered
