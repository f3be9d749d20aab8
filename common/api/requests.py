"""What requests of every room have in common: the header that makes one happen once, and reading a body."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from common.api.strict import StrictSerializer

KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, required=True,
    description="A random UUID for each new request; the same one when it is repeated.",
)  # fmt: skip


def read(shape: type[StrictSerializer], request: Request) -> dict[str, Any]:
    """This function will return the body as `shape` reads it; `ValidationError` names what does not fit."""
    reader = shape(data=request.data)
    reader.is_valid(raise_exception=True)
    said: dict[str, Any] = reader.validated_data
    return said
