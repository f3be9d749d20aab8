"""The answers before and beyond every view: a page for people, the error shape for programs."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views import defaults

from common.api import errors


def server_error(request: HttpRequest) -> HttpResponseBase:
    """This function will answer 500."""
    return errors.server_error() if request.path.startswith("/api/") else defaults.server_error(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """This function will answer 400."""
    if request.path.startswith("/api/"):
        return errors.bad_request()
    return defaults.bad_request(request, exception)
