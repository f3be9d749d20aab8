"""Addresses of the flagging room."""

from django.urls import path

from flagging import views

app_name = "flagging"
urlpatterns = [
    path("", views.pass_list, name="passes"),
    path("<uuid:public_id>/", views.pass_page, name="pass"),
    path("<uuid:public_id>/retry/", views.retry, name="retry"),
    path("<uuid:public_id>/cancel/", views.cancel, name="cancel"),
    path("<uuid:public_id>/<slug:detector>/", views.findings, name="findings"),
]
