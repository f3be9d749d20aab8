"""Pages of releases: which there are, what is in one, and its files."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from annotation.models import Campaign
from common import clock
from common.api.errors import ApiError
from common.idempotency import Answer, once
from common.models import Job
from common.signed_in import signed_in
from exports import orders, queries, sending
from exports.errors import NoVersionNameError, OpenRejectsError, ReleaseError, VersionTakenError
from exports.formats.tables import FORMATS
from exports.models import Release
from people.middleware import PersonRequest

RELEASES_A_PAGE = 25


@signed_in
@require_GET
def releases(request: PersonRequest) -> HttpResponse:
    """This function will list the releases somebody may see, newest first."""
    return _list(request)


def _list(request: PersonRequest, *, asked: dict[str, Any] | None = None, error: str = "") -> HttpResponse:
    """`asked` and why it was refused, so that nothing has to be typed again."""
    found = queries.releases_for(request.contributor)
    before = request.GET.get("before", "")
    page, older = queries.page_before(found, int(before) if before.isdecimal() else None, RELEASES_A_PAGE)
    next_url = f"{reverse('releases')}?before={older}" if older else ""
    context = {
        "releases": page, "older": older, "next_url": next_url, "error": error,
        "asked": asked or {"formats": list(FORMATS)}, **_form(request),
    }  # fmt: skip
    return render(request, "exports/releases.html", context, status=422 if error else 200)


def _form(request: PersonRequest) -> dict[str, Any]:
    """What the form to make a release shows; its key makes a double click one release."""
    campaigns = queries.managed_campaigns(request.contributor)
    return {"campaigns": campaigns, "formats": list(FORMATS), "key": uuid4()}


@signed_in
@require_POST
def make(request: PersonRequest) -> HttpResponse:
    """This function will ask for a release and go to the page that shows how far it is."""
    sent = request.POST
    campaign = queries.managed_campaigns(request.contributor).filter(slug=sent.get("campaign", "")).first()
    if campaign is None:
        raise Http404(_("There is no such campaign, or it is not yours to release."))
    version = sent.get("version", "").strip()
    formats = [name for name in sent.getlist("formats") if name in FORMATS]
    allow_open = "allow_open" in sent

    def do() -> Answer:
        asked = orders.order_release(
            campaign=campaign, version=version, formats=formats, allow_open=allow_open,
            by=request.contributor, now=clock.now(),
        )  # fmt: skip
        return Answer(202, {"job": str(asked.public_id)})

    told = {
        "campaign": campaign.slug,
        "version": version,
        "formats": formats,
        "allow_open": allow_open,
    }
    try:
        answer = once(
            key=sent.get("key"),
            route="release page",
            sent=told,
            by=request.contributor.pk,
            now=clock.now(),
            do=do,
        )
    except VersionTakenError:
        taken = _("Version %(version)s of this campaign is released already. Choose another version.")
        return _list(request, asked=told, error=taken % {"version": version})
    except NoVersionNameError:
        unusable = _("A version has letters, digits, dots and dashes, such as 1.0.")
        return _list(request, asked=told, error=unusable)
    except (ReleaseError, ApiError) as error:
        return _list(request, asked=told, error=str(error))
    return redirect("release_job", answer.body["job"])


@signed_in
@require_GET
def job(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """This function will show how far a release is; while it is made the page asks again by itself."""
    row = queries.jobs_for(request.contributor).filter(public_id=public_id).first()
    if row is None:
        raise Http404(_("There is no such work, or it is not yours to see."))
    made = (row.result or {}).get("release")
    if made:
        address = reverse("release", args=[made])
        return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
    template = "exports/_job.html" if request.htmx else "exports/job.html"
    response = render(request, template, {"job": row, "again": _made_with_open_rows(row)})
    patch_vary_headers(response, ["HX-Request"])
    return response


def _made_with_open_rows(row: Job) -> dict[str, Any] | None:
    """What to ask for where nothing but open rows stands against a release."""
    if (row.error or {}).get("code") != OpenRejectsError.code:
        return None
    slug = Campaign.objects.values_list("slug", flat=True).get(pk=row.arguments["campaign"])
    return {**row.arguments, "campaign": slug, "key": uuid4()}


@signed_in
@require_GET
def release(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """This function will show what is in a release and how to read it."""
    found = _release(request, public_id)
    context = {
        "release": found,
        "lines": queries.lines_of(found),
        "checking": list(queries.checking_of(found)),
        "tables": queries.tables_of(found),
        "formats": list(FORMATS),
        "files": found.files.all(),
    }
    return render(request, "exports/release.html", context)


@signed_in
@require_GET
def table(
    request: PersonRequest, public_id: UUID, format_name: str, config: str, split: str
) -> HttpResponseBase:
    """This function will send one file of a release, or go to the work that writes it where it is not kept."""
    found = _release(request, public_id)
    made = FORMATS.get(format_name)
    if made is None or not any(
        (one.config, one.split) == (config, split) for one in queries.tables_of(found)
    ):
        raise Http404(_("This release has no such file."))
    file = sending.file_of(found, made.path(config, split))
    by, now = request.contributor, clock.now()
    if file is None:
        asked = orders.order_files(release=found, formats=[format_name], by=by, now=now)
        return redirect("release_job", asked.public_id)
    try:
        return sending.answer(request, found, file)
    except sending.BehindTheEndError as error:
        return HttpResponse(str(error), status=416, headers={"Content-Range": f"bytes */{error.size}"})
    except FileNotFoundError:
        return redirect("release_job", orders.order_lost_files(release=found, by=by, now=now).public_id)


def _release(request: PersonRequest, public_id: UUID) -> Release:
    try:
        return queries.release_for(request.contributor, public_id)
    except Release.DoesNotExist as error:
        raise Http404(_("There is no such release, or it is not yours to see.")) from error
