"""Bodies that are too long, refused unread.

Django writes the files of a form to the disk as soon as anything looks at the form, which is before a view knows
who asks. Only the import of files takes long bodies, and it says itself how long (`corpus.api`).
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from common.api import errors


class BodyLimitMiddleware:
    """Stands before everything that reads a body. Without a `Content-Length` Django reads none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said, most = request.META.get("CONTENT_LENGTH") or "", settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if said.isdecimal() and most and int(said) > most and request.path != reverse("api-imports"):
            return _refusal(request, most)
        return self.get_response(request)


def _refusal(request: HttpRequest, most: int) -> HttpResponse:
    if request.path.startswith("/api/"):
        return errors.body_too_long(most)
    return HttpResponse(render_to_string("413.html"), status=413)
