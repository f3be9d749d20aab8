"""`/healthz`, `/readyz` and `/metrics`: answered before sessions, hosts and redirects are looked at.

A middleware and no routes: whoever probes calls the process by an address of its own, which is no host
that the site is known by, and over plain HTTP.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from ipaddress import ip_address, ip_network

import prometheus_client
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config import metrics, readiness

# So that nobody can keep the database and the disk busy by asking.
READINESS_IS_FRESH_SECONDS = 2.0
# What a proxy adds: such a request comes from elsewhere, whatever address it comes through.
FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")


class ProbesMiddleware:
    """Stands first. What it does not answer goes on as if it were not there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._report: tuple[int, dict[str, str]] = (503, {})
        self._reported = float("-inf")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in ("/healthz", "/readyz", "/metrics") and request.method in ("GET", "HEAD"):
            answer = self._answer(request)
            if answer is not None:
                answer.headers["Cache-Control"] = "no-store"
                return answer
        return self.get_response(request)

    def _answer(self, request: HttpRequest) -> HttpResponse | None:
        if request.path_info == "/healthz":
            return HttpResponse(b"ok\n", content_type="text/plain")
        if request.path_info == "/readyz":
            status, said = self._readiness()
            return HttpResponse(json.dumps(said) + "\n", status=status, content_type="application/json")
        if not may_read_metrics(request):
            return None
        return HttpResponse(metrics.exposition(), content_type=prometheus_client.CONTENT_TYPE_LATEST)

    def _readiness(self) -> tuple[int, dict[str, str]]:
        if time.monotonic() - self._reported > READINESS_IS_FRESH_SECONDS:
            self._report, self._reported = readiness.report(), time.monotonic()
        return self._report


def may_read_metrics(request: HttpRequest) -> bool:
    """This function will tell whether a request has the token, or comes straight from an allowed network."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and scheme == "Bearer":
        return secrets.compare_digest(token.encode(), settings.METRICS_TOKEN.encode())
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in ip_network(network) for network in settings.METRICS_ALLOWED)
