"""Addresses of the API of review, under /api/v1/."""

from django.urls import path

from review import api

urlpatterns = [
    path("campaigns/<slug:slug>/progress/", api.CampaignProgress.as_view(), name="api-progress"),
]
