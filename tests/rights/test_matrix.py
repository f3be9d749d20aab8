"""Every address × every verb × every role is answered as the matrix says, and no refusal changes a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from tests.rights.asking import READING, address_of, ask, looks, outcome, rows_written, undone
from tests.rights.document import written
from tests.rights.matrix import MATRIX
from tests.rights.roles import CALLERS, CALLERS_OF_PAGES, METHODS, NOT_FOUND, OK, PEOPLE, STRANGER
from tests.rights.table import Row, expected
from tests.rights.world import World

ROWS = [row for rows in MATRIX.values() for row in rows]
FIRST = {row.route: row for row in reversed(ROWS)}
# So that a world is made a few times and not once a row.
PARTS = [ROWS[start : start + 12] for start in range(0, len(ROWS), 12)]
# A middleware answers these: they are no routes.
PROBES = ("/healthz", "/readyz", "/metrics")
DOCUMENT = Path(__file__).parents[2] / "docs" / "rights.md"


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        route = before + str(one.pattern).removeprefix("^") if before else str(one.pattern)
        if isinstance(one, URLPattern):
            yield route
        else:
            yield from routes(one, route)


def test_no_address_lacks_a_row(world: World) -> None:
    addresses = [address_of(row, world.objects[row.about]) for row in ROWS]
    answered = {resolve(address).route for address in addresses if address not in PROBES}
    assert sorted(set(routes(get_resolver())) - answered) == []


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"from {part[0].route}")
def test_everybody_is_answered_as_the_matrix_says(world: World, part: list[Row]) -> None:
    asked = ((row, method, caller) for row in part for method in row.verbs for caller in callers(row))
    assert list(wrong(world, asked)) == []


@pytest.mark.parametrize(
    "everyone",
    [pytest.param(True, marks=pytest.mark.long, id="to everybody"), pytest.param(False, id="to some")],
)
def test_what_is_not_offered_is_offered_to_nobody(world: World, everyone: bool) -> None:
    """An address says so before it looks at rights: a third of the callers, other ones for each, stand for all."""
    asked = (
        (row, method, caller)
        for number, row in enumerate(FIRST.values())
        for method in METHODS
        if method not in row.verbs
        for caller in callers(row)[slice(None) if everyone else slice(number % 3, None, 3)]
    )
    assert list(wrong(world, asked)) == []


def callers(row: Row) -> tuple[str, ...]:
    return CALLERS if row.is_api else CALLERS_OF_PAGES


def wrong(world: World, asked: Iterable[tuple[Row, str, str]]) -> Iterator[str]:
    """What was answered otherwise than the matrix says, or changed a row without a right to."""
    written_before = rows_written()
    for row, method, caller in asked:
        with undone():
            response = ask(world, row, method, caller)
            # What is undone stays counted.
            now_written = rows_written()
        changed, written_before = now_written != written_before, now_written
        wanted, found = expected(row, method, caller), outcome(method, response, changed=changed)
        if wanted != found or (changed and wanted != OK):
            yield (f"{method} {row.route} ({row.about}) by {caller}: {found}, not {wanted}"
                   f"{', and rows were changed' if changed else ''}")  # fmt: skip


def test_what_somebody_may_not_know_of_looks_like_what_there_is_not(world: World) -> None:
    differing = []
    for row in ROWS:
        if not world.objects[row.about]:
            continue
        for method in row.verbs:
            for caller in PEOPLE:
                if expected(row, method, caller) != NOT_FOUND:
                    continue
                unknown = world.unknown(row.about)
                with undone():
                    real = looks(ask(world, row, method, caller), world.objects[row.about])
                    random = looks(ask(world, row, method, caller, unknown), unknown)
                if real != random:
                    differing.append(f"{method} {row.route} ({row.about}) by {caller}: {real} {random}")
    assert differing == []


def test_no_form_is_taken_from_another_site(world: World) -> None:
    """With everybody's rights and without the token that only our pages have."""
    taken = []
    for row in ROWS:
        for method, verb in row.verbs.items():
            able = [name for name in (*PEOPLE, STRANGER) if expected(row, method, name) == OK]
            if method in READING or not able:
                continue
            client = Client(enforce_csrf_checks=True)
            if able[0] in PEOPLE:
                client.cookies = world.clients[able[0]].cookies.copy()
            with undone():
                answer = client.generic(method, address_of(row, world.objects[row.about]))
            if answer.status_code != 403:
                taken.append(f"{method} {row.route}: {answer.status_code} {verb}")
    assert taken == []


def test_the_document_is_the_matrix() -> None:
    assert DOCUMENT.read_text() == written(), "run: python -m tests.rights.document"
