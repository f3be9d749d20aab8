"""The site with two addresses that fail, quoting what was sent to them."""

from __future__ import annotations

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import urlpatterns as everything


def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError(f"cannot use {request.POST['text']} of {request.user.email}")


def twice(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_user (email, name, password, is_staff, is_active, is_superuser, date_joined) "
            "SELECT email, %s, password, is_staff, is_active, is_superuser, date_joined FROM people_user",
            [request.POST["text"]],
        )
    return HttpResponse()


urlpatterns = [path("broken/", broken), path("twice/", twice), *everything]
