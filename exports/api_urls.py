"""Addresses of the API of releases, under /api/v1/."""

from django.urls import path

from exports import api

urlpatterns = [
    path("campaigns/<slug:slug>/releases/", api.ReleasesOfCampaign.as_view(), name="api-campaign-releases"),
    path("releases/", api.Releases.as_view(), name="api-releases"),
    path("releases/jobs/<uuid:public_id>/", api.ReleaseJob.as_view(), name="api-release-job"),
    path("releases/<uuid:public_id>/", api.ReleaseDetail.as_view(), name="api-release"),
    path("releases/<uuid:public_id>/files/", api.ReleaseFiles.as_view(), name="api-release-files"),
    path(
        "releases/<uuid:public_id>/files/<path:path>",
        api.ReleaseFileContent.as_view(),
        name="api-release-file",
    ),
]
