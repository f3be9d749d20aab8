"""Asks one address as one caller, and puts the answer into the words of the matrix."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tests.rights.roles import (
    NOT_FOUND,
    NOT_OFFERED,
    NOTHING,
    OK,
    PEOPLE,
    REFUSED,
    SCOPE,
    SIGN_IN,
    STRANGER,
)
from tests.rights.table import Row
from tests.rights.world import Address, World

# What is kept of asking itself. A key is written first and goes with the effect that was refused: this counts
# what was undone as well.
BOOKKEEPING = (
    "common_idempotencykey",
    "django_session",
    "axes_accessattempt",
    "axes_accessfailurelog",
    "axes_accesslog",
    "people_tally",
)
_WRITTEN = """
SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint FROM pg_stat_xact_user_tables
WHERE relname <> ALL(%s)
"""
READING = ("GET", "HEAD", "OPTIONS")


def rows_written() -> int:
    """How many rows were inserted, changed or deleted in this transaction, undone ones too."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN, [list(BOOKKEEPING)])
        return int(cursor.fetchone()[0])


def everything() -> dict[str, str]:
    """What every table holds, as a hash: for when it matters what stayed, and not what was undone."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names()) - set(BOOKKEEPING)):
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, ' ' ORDER BY t::text), '')) FROM {table} t"
            )
            found[table] = cursor.fetchone()[0]
    return found


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done inside is as if it had not been."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def address_of(row: Row, parameters: Address) -> str:
    return row.route if row.route.startswith("/") else reverse(row.route, args=parameters)


def ask(
    world: World, row: Row, method: str, caller: str, parameters: Address | None = None
) -> HttpResponseBase:
    """One request with everything that `caller` needs to get it done, if they may."""
    client, headers = _client(world, row, caller)
    cookies = client.cookies.copy()
    verb = row.verbs.get(method)
    sent = world.sent(verb.sends) if verb else {}
    address = address_of(row, world.objects[row.about] if parameters is None else parameters)
    try:
        return client.generic(method, address, **_body(row, method, sent), headers=headers)
    finally:
        client.cookies = cookies


def _client(world: World, row: Row, caller: str) -> tuple[Client, dict[str, str]]:
    if caller in PEOPLE:
        return world.clients[caller], {}
    if caller == STRANGER:
        return Client(), {}
    return Client(), {"Authorization": f"Bearer {world.tokens[row.tokens_of][caller]}"}


def _body(row: Row, method: str, sent: dict[str, Any]) -> dict[str, Any]:
    if method in READING:
        return {}
    if not row.is_api or any(hasattr(value, "read") for value in sent.values()):
        return _form(sent) | _key(row)
    return {"data": json.dumps(sent), "content_type": "application/json"} | _key(row)


def _key(row: Row) -> dict[str, str]:
    return {"HTTP_IDEMPOTENCY_KEY": str(uuid4())} if row.is_api else {}


def _form(sent: dict[str, Any]) -> dict[str, Any]:
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    return {"data": encode_multipart(BOUNDARY, sent), "content_type": MULTIPART_CONTENT}


def outcome(method: str, response: HttpResponseBase, *, changed: bool) -> str:
    """The matrix's word for an answer; the bare status where it has none."""
    status = response.status_code
    if status == 401 or (status == 302 and response["Location"].startswith("/accounts/login/?next=")):
        return SIGN_IN
    if status == 403:
        return SCOPE if b'"scope_missing"' in response.content else REFUSED
    if status < 400 and method not in READING:
        return OK if changed else NOTHING
    if status < 400:
        return OK
    return {404: NOT_FOUND, 405: NOT_OFFERED}.get(status, str(status))


_CHANGES_ANYWAY = re.compile(rb'name="csrfmiddlewaretoken"\s+value="[^"]*"')


def looks(response: HttpResponseBase, parameters: Address) -> tuple[int, bytes, dict[str, str]]:
    """An answer without what differs between any two: the id asked for, the form's token, the request's id."""
    body = b"".join(response) if response.streaming else response.content
    body = _CHANGES_ANYWAY.sub(b"", body).replace(str(parameters[0]).encode(), b"ID")
    headers = {
        name.lower(): value
        for name, value in response.headers.items()
        if name.lower() not in ("content-length", "x-request-id", "content-security-policy", "expires")
    }
    return response.status_code, body, headers
