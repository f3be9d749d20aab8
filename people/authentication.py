"""Who asks the API, and for what: tokens and their scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from common import clock
from common.api.errors import ApiError
from people.limits import TOKEN_FAILED, take
from people.models import AccessToken, User
from people.sign_in import network
from people.tokens import token_in_force

if TYPE_CHECKING:
    # It reads the settings, which name this module.
    from rest_framework.views import APIView

SCHEME = "bearer"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer isog_…`; a request without that header may have a session."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        """This function will return the account and the token's row; 401 where the token is not in force,
        429 where a network sends too many such."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME:
            return None
        now = clock.now()
        row = token_in_force(token.strip(), now=now)
        if row is None or row.contributor.user is None:
            # Programs with tokens in force go on being served: nobody guesses 256 bits, and one program that
            # was forgotten must not shut out the others at its network.
            if seconds := take(TOKEN_FAILED, network(request._request), now=now):
                raise exceptions.Throttled(wait=seconds)
            raise exceptions.AuthenticationFailed("This token is unknown, has expired or was revoked.")
        return row.contributor.user, row

    def authenticate_header(self, request: Request) -> str:
        """This function will name the scheme, which makes the refusal a 401."""
        return "Bearer"


class HasScope(BasePermission):
    """Somebody is known, and their token was made for this. A session is a person and needs no scope."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """This function will let the request in; 401 for a stranger, 403 `scope_missing` for a narrower token."""
        if not request.user.is_authenticated:
            return False
        method = "GET" if request.method == "HEAD" else request.method or ""
        scope = getattr(view, "scopes", {}).get(method)
        if scope is None and method != "OPTIONS":
            raise exceptions.MethodNotAllowed(method)
        if isinstance(request.auth, AccessToken) and scope and scope not in request.auth.scopes:
            raise ApiError(
                403, "scope_missing", f"This token has no scope {scope}.",
                cure=f"Make a token with the scope {scope}.",
            )  # fmt: skip
        return True
