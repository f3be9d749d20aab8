"""Pages by cursor: newest first, no counts, stable while rows are added."""

from __future__ import annotations

from rest_framework.pagination import CursorPagination


class Page(CursorPagination):
    """`?cursor=…&limit=…`, at most 100 rows; answers `{"next", "previous", "results"}`."""

    ordering = "-pk"
    page_size = 50
    max_page_size = 100
    page_size_query_param = "limit"
