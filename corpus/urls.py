"""Addresses of the corpus room."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
