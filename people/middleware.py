"""Ties the signed-in account to its contributor, so that no view ever handles the account itself."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django_htmx.middleware import HtmxDetails

from common import clock
from people.actions import make_contributor
from people.models import Contributor, User


class PersonRequest(HttpRequest):
    """A request of somebody signed in: what a view behind `login_required` receives."""

    contributor: Contributor
    user: User
    htmx: HtmxDetails


def _contributor(request: HttpRequest) -> Contributor | None:
    if not request.user.is_authenticated:
        return None
    return make_contributor(user=request.user, now=clock.now())


class ContributorMiddleware:
    """Puts `request.contributor` there, read when first asked for; None for a stranger."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.contributor = SimpleLazyObject(lambda: _contributor(request))  # type: ignore[attr-defined]
        return self.get_response(request)
