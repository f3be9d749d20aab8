"""The door of every page that is somebody's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponseBase]


def signed_in(view: View) -> View:
    """This function will return the view for people who are signed in; its pages are kept by no cache.

    A stranger is sent to sign in. A script's request is answered 401 instead: to follow it to a sign-in page
    would put that page in the place of somebody's unsent work.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.headers.get("HX-Request") or request.headers.get("Sec-Fetch-Mode") == "cors":
            return HttpResponse(status=401)
        return redirect_to_login(request.get_full_path())

    return never_cache(guarded)
