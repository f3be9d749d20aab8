"""Addresses of the exports room."""

from django.urls import path

from exports import views

urlpatterns = [
    path("", views.releases, name="releases"),
    path("make/", views.make, name="release_make"),
    path("jobs/<uuid:public_id>/", views.job, name="release_job"),
    path("<uuid:public_id>/", views.release, name="release"),
    path("<uuid:public_id>/<slug:format_name>/<str:config>/<str:split>/", views.table, name="release_table"),
]
