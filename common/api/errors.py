"""The one error shape of the API: `{"code", "message", "field", "cure"}`, and `"others"` where there are several."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions, serializers

CURES = {
    "not_authenticated": "Send a token: Authorization: Bearer isog_… (made on the page of your tokens).",
    "authentication_failed": "Make a new token on the page of your tokens.",
    "not_found": "Check the address; what you may not see is not found either.",
    "permission_denied": "Ask a manager of the workspace for the right to do this.",
    "method_not_allowed": "Look at the schema for what this address takes.",
    "bad_request": "Send it to the host that the site is served under, as the schema says.",
    "parse_error": "Send one JSON document in UTF-8.",
    "unsupported_media_type": "Send Content-Type: application/json, or multipart/form-data where a file goes.",
    "not_acceptable": "Accept application/json.",
    "throttled": "Wait as long as the header Retry-After says, in seconds.",
    "invalid": "Mend the field and send the request again.",
    "internal_error": "Send it again later, with the same Idempotency-Key: nothing is done twice.",
}
NOT_FOUND = {
    "code": "not_found", "message": "There is nothing here.", "field": None, "cure": CURES["not_found"],
}  # fmt: skip


class ApiError(exceptions.APIException):
    """A refusal in words: `status` (400 or above), a stable `code`, and what cures it; `more` goes beside them."""

    def __init__(
        self, status: int, code: str, message: str, *, cure: str | None = None, field: str | None = None,
        **more: Any,
    ) -> None:  # fmt: skip
        if not (cure or code in CURES):
            raise ImproperlyConfigured(f"the error {code!r} names no cure")
        self.status_code = status
        self.body = {"code": code, "message": message, "field": field, "cure": cure or CURES[code], **more}
        super().__init__(message, code)


class ErrorSerializer(serializers.Serializer):
    """The error shape, for the schema."""

    code = serializers.CharField(help_text="Stable; programs decide by it.")
    message = serializers.CharField(help_text="What is wrong, naming the value.")
    # A serializer's own `field` would be hidden by the attribute of that name.
    cure = serializers.CharField(help_text="What to do about it.")

    def get_fields(self) -> dict[str, Any]:
        """This function will add `field`, a name that cannot stand in the class body beside the others' types."""
        path = serializers.CharField(allow_null=True, help_text="Path of the field, such as fields.option_a.")
        return {**super().get_fields(), "field": path}


@csrf_exempt
def not_found(_request: HttpRequest, *_args: Any, **_kwargs: Any) -> JsonResponse:
    """This function will answer an unknown address under the API."""
    return JsonResponse(NOT_FOUND, status=404)


def bad_request() -> JsonResponse:
    """This function will answer a request that is none before any view sees it: a foreign host, broken forms."""
    told = "This request cannot be read, or is for another host."
    return JsonResponse(
        {"code": "bad_request", "message": told, "field": None, "cure": CURES["bad_request"]}, status=400
    )


def body_too_long(most: int) -> JsonResponse:
    """This function will answer a body of more than `most` bytes, which nobody has read."""
    told = f"The body is longer than {most:,} bytes."
    cure = "Send less at once; files go to POST /api/v1/imports/."
    return JsonResponse({"code": "body_too_long", "message": told, "field": None, "cure": cure}, status=413)


def server_error() -> JsonResponse:
    """This function will answer for a fault of ours, without a word of what it was."""
    told = "Something went wrong on our side; what you asked for may or may not have been done."
    return JsonResponse(
        {"code": "internal_error", "message": told, "field": None, "cure": CURES["internal_error"]},
        status=500,
    )
