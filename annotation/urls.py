"""Addresses of the annotation room."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
