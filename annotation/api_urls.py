"""Addresses of the API of work, under /api/v1/."""

from django.urls import path

from annotation import api, api_campaigns

urlpatterns = [
    path("campaigns/", api_campaigns.CampaignList.as_view(), name="api-campaigns"),
    path("campaigns/<slug:slug>/", api_campaigns.CampaignDetail.as_view(), name="api-campaign"),
    path("campaigns/<slug:slug>/guidelines/", api_campaigns.Guidelines.as_view(), name="api-guidelines"),
    path("campaigns/<slug:slug>/claims/", api.Claims.as_view(), name="api-claims"),
    path("slots/", api.HeldSlots.as_view(), name="api-slots"),
    path("slots/<uuid:slot>/submission/", api.Submission.as_view(), name="api-submission"),
    path("slots/<uuid:slot>/heartbeat/", api.Heartbeat.as_view(), name="api-heartbeat"),
    path("slots/<uuid:slot>/give-back/", api.GiveBack.as_view(), name="api-give-back"),
    path("slots/<uuid:slot>/skip/", api.Skip.as_view(), name="api-skip"),
    path("slots/<uuid:slot>/undo/", api.Undo.as_view(), name="api-undo"),
    path("annotations/", api.OwnAnnotations.as_view(), name="api-annotations"),
]
