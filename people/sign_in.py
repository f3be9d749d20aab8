"""Whose sign-in failed, and from where: what the locks on guessing passwords count by."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from allauth.account.adapter import get_adapter
from axes.helpers import get_cool_off
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from people.models import LONGEST_ADDRESS


def address_tried(request: HttpRequest | None, credentials: Mapping[str, Any] | None) -> str:
    """This function will return the e-mail address of a sign-in in lower case; empty where none was given.

    allauth hands it on as `email`, the form has it as `login`; counted under no name, a few failures would
    lock everybody at the same network address.
    """
    known = credentials or {}
    tried = known.get("email") or known.get("login") or (request.POST.get("login") if request else None)
    # Longer ones are no addresses, and more than the table of failures holds.
    return str(tried or "").strip().lower()[:LONGEST_ADDRESS]


def address_asked(request: HttpRequest) -> str:
    """This function will return the address that a link for a new password is asked for, in lower case."""
    return str(request.POST.get("email", "")).strip().lower()


def client_ip(request: HttpRequest) -> str | None:
    """This function will return the network address of whoever asks, as seen by the outermost trusted proxy.

    `TRUSTED_PROXIES` in the settings says how many stand before this server; a header is believed only then.
    None for a request that came over no network.
    """
    if not request.META.get("REMOTE_ADDR") and "x-forwarded-for" not in request.headers:
        return None
    return str(get_adapter(request).get_client_ip(request))


def network(request: HttpRequest) -> str:
    """This function will return the network that a request comes from: the IPv4 address, or the /64 that whoever
    has one IPv6 address has all of; empty where there is none."""
    try:
        address = ip_address(client_ip(request) or "")
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return str(address)


def person(request: HttpRequest) -> str:
    """This function will return the id of the account that is signed in; empty for a stranger."""
    return str(request.user.pk or "")


def locked(request: HttpRequest, _response: Any = None, _credentials: Any = None) -> HttpResponse:
    """This function will answer somebody whom axes locked out, and say for how long."""
    seconds = int(get_cool_off(request).total_seconds())
    response = render(request, "account/locked.html", status=429)
    response["Retry-After"] = str(seconds)
    return response
