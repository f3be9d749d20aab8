"""Addresses of the review room."""

from django.urls import include, path

from review import views

pages = [
    path("", views.start, name="start"),
    path("queue/", views.queue, name="queue"),
    path("queue/<uuid:public_id>/", views.task, name="task"),
    path("queue/<uuid:public_id>/next/", views.next_task, name="next"),
    path("progress/", views.campaigns, name="campaigns"),
    path("progress/<slug:slug>/", views.campaign_progress, name="progress"),
    path("source-reports/", views.source_reports, name="source_reports"),
]
urlpatterns = [
    path("", include((pages, "review"))),
    # The header names no room: these are the two pages it leads to.
    path("queue/", views.queue, name="review"),
    path("progress/", views.campaigns, name="progress"),
]
