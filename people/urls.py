"""Addresses of signing in, of passwords and of tokens. Accounts come by invitation: no page here makes one."""

from __future__ import annotations

from allauth.account import views
from django.urls import path, re_path
from django.views.decorators.http import require_http_methods

from common.signed_in import signed_in
from people import limits
from people.limiting import View, limited
from people.sign_in import address_asked, network, person
from people.views import revoke, tokens


def page(view: View) -> View:
    """This function will return a view of allauth's that answers what a browser sends, and nothing else."""
    return require_http_methods(["GET", "POST"])(view)


login = limited(
    page(views.login),
    (limits.SIGN_IN, network),
    no_try=lambda request: bool(request.user.is_authenticated),
)
change_password = signed_in(limited(page(views.password_change), (limits.PASSWORD_CHANGE, person)))
reset_password = limited(
    page(views.password_reset),
    (limits.RESET_BY_NETWORK, network),
    (limits.RESET_BY_ADDRESS, address_asked),
)

# The names are those that allauth's own views and mails look up.
urlpatterns = [
    path("login/", login, name="account_login"),
    path("logout/", page(views.logout), name="account_logout"),
    path("inactive/", page(views.account_inactive), name="account_inactive"),
    path("password/change/", change_password, name="account_change_password"),
    path("password/set/", signed_in(page(views.password_set)), name="account_set_password"),
    path("password/reset/", reset_password, name="account_reset_password"),
    path("password/reset/done/", page(views.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        page(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        page(views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("tokens/", limited(tokens, (limits.TOKEN_MAKING, person)), name="tokens"),
    path("tokens/<uuid:public_id>/revoke/", revoke, name="revoke_token"),
]
