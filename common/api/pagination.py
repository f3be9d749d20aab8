"""Pages by cursor: newest first, no counts, stable while rows are added."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.errors import ApiError


class Page(CursorPagination):
    """`?cursor=…&limit=…`, at most 100 rows; answers `{"next", "previous", "results"}`."""

    ordering: str | tuple[str, ...] = "-pk"
    page_size = 50
    max_page_size = 100
    page_size_query_param = "limit"

    def get_page_size(self, request: Request) -> int:
        """This function will return `limit`; 400 `limit_invalid` for anything but 1 to 100."""
        sent = request.query_params.get("limit")
        if sent is None:
            return self.page_size
        if not (sent.isascii() and sent.isdigit() and len(sent) < 4 and 1 <= int(sent) <= self.max_page_size):
            told = f"limit is {sent[:40]!r}."
            raise ApiError(
                400,
                "limit_invalid",
                told,
                field="limit",
                cure=f"Send a number from 1 to {self.max_page_size}.",
            )
        return int(sent)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """This function will return the page's rows; 400 `cursor_invalid` for a cursor that was not given out."""
        try:
            return list(super().paginate_queryset(queryset, request, view) or [])
        except (NotFound, ValueError, ValidationError, DataError) as error:
            raise ApiError(
                400, "cursor_invalid", "This cursor was not given out here.", field="cursor",
                cure="Follow next and previous as they are answered, or begin without a cursor.",
            ) from error  # fmt: skip

    def answer(
        self, rows: QuerySet, request: Request, view: Any, shown: Callable[[Any], dict[str, Any]]
    ) -> Response:
        """This function will answer the page of `rows` that was asked for, each as `shown` returns it."""
        return self.get_paginated_response(
            [shown(row) for row in self.paginate_queryset(rows, request, view)]
        )

    @classmethod
    def parameters(cls) -> list[OpenApiParameter]:
        """This function will describe the two parameters, for the schema."""
        limit = {"type": "integer", "minimum": 1, "maximum": cls.max_page_size, "default": cls.page_size}
        return [
            OpenApiParameter("cursor", str, description="Where the page begins, as next and previous say."),
            OpenApiParameter("limit", limit, description="Rows of a page."),
        ]


@cache
def page_of(row: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """This function will return the shape of a page of rows, for the schema: the same one for the same row."""
    attributes = {
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "results": row(many=True),
        "__doc__": "A page of a list.",
    }
    return type(f"{row.__name__}Page", (serializers.Serializer,), attributes)
