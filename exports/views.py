"""Pages of releases: which there are, what is in one, and its files."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from common.signed_in import signed_in
from exports import queries
from exports.downloads import open_table
from exports.errors import ChangedBytesError
from exports.formats.tables import FORMATS
from exports.models import Release
from people.middleware import PersonRequest

RELEASES_A_PAGE = 25


@signed_in
@require_GET
def releases(request: PersonRequest) -> HttpResponse:
    """This function will list the releases somebody may see, newest first."""
    found = queries.releases_for(request.contributor)
    before = request.GET.get("before", "")
    page, older = queries.page_before(found, int(before) if before.isdecimal() else None, RELEASES_A_PAGE)
    next_url = f"{reverse('releases')}?before={older}" if older else ""
    return render(request, "exports/releases.html", {"releases": page, "older": older, "next_url": next_url})


@signed_in
@require_GET
def release(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """This function will show what is in a release and how to read it."""
    found = _release(request, public_id)
    context = {
        "release": found,
        "lines": queries.lines_of(found),
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
    """This function will send one file of a release; 409 where it comes out otherwise than it was published."""
    found = _release(request, public_id)
    try:
        path, stream = open_table(found, format_name, config, split)
    except KeyError as error:
        raise Http404(_("This release has no such file.")) from error
    except ChangedBytesError:
        context = {"release": found, "config": config, "split": split}
        return render(request, "exports/changed_bytes.html", context, status=409)
    name = f"{found.options['campaign']}-{found.version}-{config}-{path.rsplit('/', 1)[1]}"
    return FileResponse(stream, as_attachment=True, filename=name, content_type="application/octet-stream")


def _release(request: PersonRequest, public_id: UUID) -> Release:
    try:
        return queries.release_for(request.contributor, public_id)
    except Release.DoesNotExist as error:
        raise Http404(_("There is no such release, or it is not yours to see.")) from error
