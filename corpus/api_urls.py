"""Addresses of the API of imports, under /api/v1/."""

from django.urls import path

from corpus import api

urlpatterns = [
    path("imports/", api.Imports.as_view(), name="api-imports"),
    path("imports/<uuid:public_id>/", api.ImportDetail.as_view(), name="api-import"),
    path("imports/<uuid:public_id>/errors/", api.ImportErrors.as_view(), name="api-import-errors"),
    path(
        "imports/<uuid:public_id>/errors.jsonl", api.ImportErrorFile.as_view(), name="api-import-error-file"
    ),
]
