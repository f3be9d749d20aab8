"""Addresses of the annotation room."""

from django.urls import path

from annotation import check_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("campaigns/<slug:slug>/guidelines/", views.guidelines, name="guidelines"),
    path("campaigns/<slug:slug>/<str:language>/<slug:kind>/next/", views.next_slot, name="next"),
    path("campaigns/<slug:slug>/checks/", check_views.checks, name="checks"),
    path("campaigns/<slug:slug>/checks/<slug:detector>/", check_views.check, name="check"),
    path("campaigns/<slug:slug>/checks/<slug:detector>/forget/", check_views.forget, name="forget_check"),
    path("work/<uuid:public_id>/", views.slot, name="slot"),
    path("work/<uuid:public_id>/skip/", views.skip, name="skip"),
    path("work/<uuid:public_id>/give-back/", views.give_back, name="give_back"),
    path("work/<uuid:public_id>/undo/", views.undo, name="undo"),
    path("work/<uuid:public_id>/heartbeat/", views.heartbeat, name="heartbeat"),
]
