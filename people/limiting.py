"""Views that answer 429 to whoever tries too often."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from common import clock
from people.limits import Limit, give_back, take

View = Callable[..., HttpResponseBase]
# By what a try is counted.
Who = Callable[[HttpRequest], str]


def limited(
    view: View, *bounds: tuple[Limit, Who], no_try: Callable[[HttpRequest], bool] | None = None
) -> View:
    """This function will return the view behind limits on what is posted to it.

    What makes `no_try` true after the view has run was no try, and is not counted: a sign-in that succeeded.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        now = clock.now()
        counted = [(limit, who(request)) for limit, who in bounds]
        for limit, name in counted:
            if seconds := take(limit, name, now=now):
                return too_many(request, seconds)
        response = view(request, *args, **kwargs)
        if no_try and no_try(request):
            for limit, name in counted:
                give_back(limit, name, now=now)
        return response

    return guarded


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """This function will answer 429 with a page that says how long to wait."""
    context = {"minutes": ceil(seconds / 60)}
    response = render(request, "429.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response
