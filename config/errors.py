"""The answer to a fault of ours: a page for people, the error shape for programs."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views import defaults

from common.api import errors


def server_error(request: HttpRequest) -> HttpResponseBase:
    """This function will answer 500."""
    return errors.server_error() if request.path.startswith("/api/") else defaults.server_error(request)
