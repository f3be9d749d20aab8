"""Addresses of the exports room."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
