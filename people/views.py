"""Pages of tokens for programs: which there are, making one, revoking one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common import clock
from common.signed_in import signed_in
from people import queries
from people.forms import TokenForm
from people.middleware import PersonRequest
from people.models import AccessToken
from people.tokens import MOST_IN_FORCE, TooManyTokensError, make_token, revoke_token

REFUSED = 422
# Those in force and the latest that ended.
MOST_SHOWN = 2 * MOST_IN_FORCE


@signed_in
@require_http_methods(["GET", "POST"])
def tokens(request: PersonRequest) -> HttpResponse:
    """This function will list somebody's tokens, or make one and show it this once."""
    form = TokenForm(request.POST or None)
    if request.method == "GET":
        return _page(request, TokenForm())
    if not form.is_valid():
        return _page(request, form, status=REFUSED)
    return _make(request, form)


@signed_in
@require_http_methods(["GET", "POST"])
def revoke(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """This function will ask whether to revoke a token, or revoke it."""
    try:
        token = queries.own_token(request.contributor, public_id)
    except AccessToken.DoesNotExist as error:
        raise Http404 from error
    if request.method == "GET":
        return render(request, "people/revoke_token.html", {"token": token})
    revoke_token(token=token, by=request.contributor, now=clock.now())
    messages.success(request, _("Revoked. Programs that use this token are refused from now on."))
    return redirect("tokens")


def _make(request: PersonRequest, form: TokenForm) -> HttpResponse:
    now = clock.now()
    try:
        row, token = make_token(
            contributor=request.contributor,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=form.expires_at(now),
            by=request.contributor,
            now=now,
        )
    except TooManyTokensError:
        told = _("You have %(most)d tokens in force. Revoke one that no program uses.")
        form.add_error(None, told % {"most": MOST_IN_FORCE})
        return _page(request, form, status=REFUSED)
    # Not after a redirect: the token would have to be kept somewhere on the way.
    return _page(request, TokenForm(), made=row, token=token, status=201)


def _page(
    request: PersonRequest,
    form: TokenForm,
    *,
    made: AccessToken | None = None,
    token: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "tokens": queries.tokens_of(request.contributor)[:MOST_SHOWN],
        "now": clock.now(),
        "made": made,
        "token": token,
    }
    return render(request, "people/tokens.html", context, status=status)
