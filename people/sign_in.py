"""Whose sign-in failed, and from where: what the lock on guessing passwords (axes) counts by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest


def address_tried(request: HttpRequest | None, credentials: Mapping[str, Any] | None) -> str:
    """This function will return the e-mail address of a sign-in in lower case; empty where none was given.

    allauth hands it on as `email`, the form has it as `login`; counted under no name, a few failures would
    lock everybody at the same network address.
    """
    known = credentials or {}
    tried = known.get("email") or known.get("login") or (request.POST.get("login") if request else None)
    return str(tried or "").strip().lower()


def client_ip(request: HttpRequest) -> str | None:
    """This function will return the network address of whoever asks, as seen by the outermost trusted proxy.

    `TRUSTED_PROXIES` in the settings says how many stand before this server; a header is believed only then.
    None for a request that came over no network.
    """
    if not request.META.get("REMOTE_ADDR") and "x-forwarded-for" not in request.headers:
        return None
    return str(get_adapter(request).get_client_ip(request))
