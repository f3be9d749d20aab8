"""The base of every view of the API."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from people.models import AccessToken, Contributor


class ApiRequest(Request):
    """A request of somebody known: what a view behind `HasScope` receives."""

    contributor: Contributor


class ApiView(APIView):
    """The base of every view of the API.

    `scopes` names the scope each method wants; a method without one is not offered. `request.contributor`
    is who asks: rights hang on it, never on the account.
    """

    scopes: ClassVar[dict[str, str]] = {}

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """This function will authenticate, check the scope, and put `request.contributor` there."""
        super().initial(request, *args, **kwargs)
        request.contributor = contributor_of(request)

    def finalize_response(self, request: Any, response: Response, *args: Any, **kwargs: Any) -> Response:
        """This function will keep answers out of every cache, unless the view has said how long they hold."""
        done = super().finalize_response(request, response, *args, **kwargs)
        done.headers.setdefault("Cache-Control", "no-store")
        return done


def contributor_of(request: Request) -> Contributor:
    """This function will return who asks: the token's person, or the session's."""
    if isinstance(request.auth, AccessToken):
        return request.auth.contributor
    plain: HttpRequest = request._request
    return plain.contributor  # type: ignore[attr-defined, no-any-return]
