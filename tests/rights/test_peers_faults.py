"""Faults that other tools of the field had, each tried here."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Slot, Task
from tests.rights.asking import address_of, ask
from tests.rights.matrix import MATRIX
from tests.rights.roles import OK, PEOPLE
from tests.rights.table import Row, expected
from tests.rights.world import World

# Look-ups that would tell of columns and of other tables, if a parameter reached filter() or order_by().
LOOKUPS = (
    "contributor__user__password__startswith", "made_by__user__email__contains", "campaign__workspace__slug",
    "pk__gt", "id", "digest__isnull", "task__sampled_for_revision", "stratum", "_connector", "order_by", "ordering",
    "fields", "search",
)  # fmt: skip
TELLING = re.compile(
    rb"sampled_for_revision|stratum|inclusion_probability|audit_rate|revision_rate|\baudit\b"
)


def lists(of: tuple[str, ...]) -> list[tuple[Row, str]]:
    """Every address that can be read, each with the first person of `of` who may."""
    found = []
    for rows in MATRIX.values():
        for row in rows:
            able = [name for name in of if "GET" in row.verbs and expected(row, "GET", name) == OK]
            if able:
                found.append((row, able[0]))
    return found


def body(answer) -> bytes:
    content = b"".join(answer) if answer.streaming else answer.content
    return re.sub(rb'name="(csrfmiddlewaretoken|key)"\s+value="[^"]*"', b"", content)


def test_no_parameter_of_an_address_reaches_the_look_ups_of_the_database(world: World) -> None:
    """An answer with such a parameter is the answer without it, or a refusal of the parameter."""
    differing = []
    for row, name in lists(tuple(PEOPLE)):
        if row.route.startswith("/") or row.route in ("api-schema", "api-docs"):
            continue
        client, address = world.clients[name], address_of(row, world.objects[row.about])
        # The first shows the messages that other pages left.
        _, plain = body(client.get(address)), body(client.get(address))
        for tried in _tried(row):
            answer = client.get(address, tried)
            # The address stands in the page that leads back to it.
            seen = body(answer).replace(escape(f"?{urlencode(tried)}").encode(), b"")
            if answer.status_code != 400 and seen != plain:
                differing.append(f"{row.route} {tried}: {_first_difference(plain, seen)}")
    assert differing == []


def _tried(row: Row) -> list[dict[str, str]]:
    """Pages are asked once with all of them; the API, which may refuse a parameter, with one at a time."""
    return [{name: "a"} for name in LOOKUPS] if row.is_api else [dict.fromkeys(LOOKUPS, "a")]


def _first_difference(one: bytes, other: bytes) -> bytes:
    at = next((n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
    return other[max(0, at - 60) : at + 60]


@pytest.mark.parametrize("route", ["api-import", "api-release-job"])
def test_nobody_reads_of_work_that_is_not_theirs(world: World, route: str) -> None:
    about = {"api-import": "an import", "api-release-job": "work on a release"}[route]
    other = {"api-import": "work on a release", "api-release-job": "an import"}[route]
    for name in ("Oz", "Ana", "Rui", "Wim", "Max"):
        assert world.clients[name].get(reverse(route, args=world.objects[about])).status_code == 404
    # A job is read where its kind is, with the scope of its kind.
    assert world.clients["Mia"].get(reverse(route, args=world.objects[other])).status_code == 404


def test_no_verb_that_writes_is_left_open_beside_those_that_are_guarded(world: World) -> None:
    """PUT, PATCH and DELETE are offered nowhere: what changes is an action with an address of its own."""
    for rows in MATRIX.values():
        for row in rows:
            offered = {verb for verb in row.verbs if OK in {expected(row, verb, name) for name in PEOPLE}}
            assert not offered & {"PUT", "PATCH", "DELETE"}, row


def test_an_annotator_cannot_tell_what_is_drawn_for_audit_or_revision(world: World) -> None:
    told = [
        row.route
        for row, name in lists(("Ana", "Ben"))
        if row.route not in ("api-schema", "api-docs", "/metrics", "/healthz", "/readyz")
        and TELLING.search(body(ask(world, row, "GET", name)))
    ]
    assert told == []


@pytest.mark.parametrize("stratum", ["flagged", "audit", "rest"])
def test_pages_and_claims_of_drawn_and_other_items_are_the_same_to_the_byte(
    world: World, stratum: str
) -> None:
    seen = set()
    address = reverse("slot", args=world.objects["an item that Ana holds"])
    for drawn in (False, True):
        Task.objects.filter(pk=world.held.task_id).update(sampled_for_revision=drawn)
        Slot.objects.filter(pk=world.held.pk).update(stratum=stratum, inclusion_probability=0.5)
        page = body(world.clients["Ana"].get(address))
        claimed = Client(headers={"Authorization": f"Bearer {world.tokens['Ana']['work:write']}"}).post(
            reverse("api-claims", args=["mini"]),
            {"kind": "verification", "language": "de"},
            content_type="application/json",
        )
        work = claimed.json()
        work.pop("lease_until")
        seen.add((page, str(work)))
    assert len(seen) == 1
