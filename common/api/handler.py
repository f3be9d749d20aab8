"""Puts every refusal of the API into the one error shape."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from common.api.errors import CURES, NOT_FOUND, ApiError

# Of a long list of the same fault the first few say it all.
MOST_FAULTS = 20


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """This function will answer an exception in the one shape; None for one that is a fault of ours (500)."""
    if isinstance(error, ApiError):
        set_rollback()
        return Response(error.body, status=error.status_code)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, Http404 | exceptions.NotFound):
        response.data = dict(NOT_FOUND)
    elif isinstance(error, exceptions.ValidationError):
        first, *others = islice(_faults(error.get_full_details(), ""), MOST_FAULTS)
        response.data = {**first, "others": others} if others else first
    else:
        response.data = _told(error)
    return response


def _told(error: Exception) -> dict[str, Any]:
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(str(error) or None)
    assert isinstance(error, exceptions.APIException)
    code = str(error.get_codes())
    return {
        "code": code, "message": str(error.detail), "field": None, "cure": CURES.get(code, CURES["invalid"]),
    }  # fmt: skip


def _faults(details: Any, path: str) -> Iterator[dict[str, Any]]:
    """Walk what DRF says of a body: lists and objects that end in `{"message", "code"}`."""
    # A body may have fields of these two names: then lists hang on them, no texts.
    if isinstance(details, dict) and isinstance(details.get("code"), str):
        yield {
            "code": str(details["code"]), "message": str(details["message"]),
            "field": path or None, "cure": CURES["invalid"],
        }  # fmt: skip
    elif isinstance(details, dict):
        for name, inner in details.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from _faults(inner, ".".join(part for part in (path, own) if part))
    else:
        for inner in details:
            yield from _faults(inner, path)
