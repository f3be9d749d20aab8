"""Addresses of the API: each room brings its own under /api/v1/; the schema and a page to try it beside them."""

from __future__ import annotations

from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from common.api.errors import not_found
from exports.api import AnyAccept

# Swagger UI sets styles of elements; no other page may. It is one HTML page, whatever a client says it likes: its
# renderer has no other to say so with.
docs: Any = csp_update({"style-src": [SELF, UNSAFE_INLINE]})(
    require_safe(
        SpectacularSwaggerSplitView.as_view(url_name="api-schema", content_negotiation_class=AnyAccept)
    )
)

# One line a room: path("", include("<room>.api_urls")).
v1: list[URLPattern | URLResolver] = [
    path("", include("corpus.api_urls")),
    path("", include("annotation.api_urls")),
    path("", include("review.api_urls")),
    path("", include("exports.api_urls")),
]

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
    path("v1/", include(v1)),
    re_path(r"", not_found),
]
