"""Addresses of the flagging room."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
