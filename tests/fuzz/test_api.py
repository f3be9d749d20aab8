"""Requests made up from the schema, by every role, of sound shape and of unsound: none is answered 5xx.

`make fuzz` sends 10,000 and more; the suite a few of each.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from django.core.files.storage import storages
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from annotation.actions.campaigns import Plan, add_member, open_campaign
from annotation.actions.claims import claim, open_slot
from annotation.models import Campaign, Membership
from common import clock, jobs
from common.models import Workspace
from config.wsgi import application
from corpus.models import Import, Source
from people.actions import create_account, grant_role
from people.models import Contributor
from people.scopes import Scope
from people.tokens import make_token
from tests.factories import mini_benchmark

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "150"))
SEED = int(os.environ.get("FUZZ_SEED", "20261123"))
ROLES = (
    "anonymous", "outsider", "community", "professional", "other_language", "withdrawn", "reviewer", "manager",
    "owner", "other_manager", "narrow_token",
)  # fmt: skip
IN_THE_SUITE = ("anonymous", "professional", "manager")


@dataclass
class World:
    """A campaign with work going on, and a token of every role."""

    tokens: dict[str, str]
    # Ids and slugs that exist, by the name of the path's parameter.
    known: dict[str, list[str]]
    answered: Counter[int] = field(default_factory=Counter)


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """A request's end would close the connection that the test's transaction lives on."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def world(cast, settings, _one_connection) -> World:
    for name in ("uploads", "releases"):
        settings.STORAGES = {
            **settings.STORAGES,
            name: {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        }
    now = clock.now()
    campaign = _campaign(cast, now)
    people = _people(cast, campaign, now)
    slots = [str(_slot(campaign, people[name], now).public_id) for name in ("community", "professional")]
    source = Source.objects.create(benchmark=campaign.benchmark, language_id="de", created_at=now)
    imported = Import.objects.create(
        benchmark=campaign.benchmark, source=source, kind="items", created_by=cast.mia, started_at=now
    )
    job = jobs.request(task="corpus.none", workspace=cast.workspace, by=cast.mia, now=now, arguments={})
    ids = [*slots, str(imported.public_id), str(job.public_id)]
    tokens = {name: _token(person, now) for name, person in people.items()}
    tokens["narrow_token"] = _token(cast.mia, now, [Scope.CAMPAIGNS_READ])
    return World(tokens, {"slug": [campaign.slug], "slot": slots, "": ids})


def _campaign(cast: Any, now: Any) -> Campaign:
    benchmark = mini_benchmark(cast.workspace, now, languages=("de", "sw"))
    plan = Plan(slug="mini", benchmark=benchmark, languages={"de": None, "sw": None}, sensitivity_overlap=3)
    return open_campaign(plan=plan, by=cast.mia, now=now)


def _people(cast: Any, campaign: Campaign, now: Any) -> dict[str, Contributor]:
    swahili, gone, owner, other = (
        create_account(email=f"{name}@example.org", name=name, password=None, now=now)
        for name in ("Cat", "Dan", "Eve", "Fay")
    )
    grant_role(contributor=owner, workspace=cast.workspace, name="owner", by=None, now=now)
    elsewhere = Workspace.objects.create(slug="elsewhere", name="Elsewhere", created_at=now)
    grant_role(contributor=other, workspace=elsewhere, name="manager", by=None, now=now)
    members = [(cast.ana, "professional", "de"), (cast.ana, "professional", "en")]
    members += [(cast.ben, "community", "de"), (cast.ben, "community", "en")]
    members += [(swahili, "professional", "sw"), (gone, "professional", "de")]
    for person, standing, language in members:
        add_member(
            campaign=campaign, contributor=person, language=language, standing=standing, by=None, now=now
        )
    Membership.objects.filter(contributor=gone).update(withdrawn_at=now)
    return {
        "outsider": cast.oz, "community": cast.ben, "professional": cast.ana, "other_language": swahili,
        "withdrawn": gone, "reviewer": cast.rui, "manager": cast.mia, "owner": owner, "other_manager": other,
    }  # fmt: skip


def _slot(campaign: Campaign, person: Contributor, now: Any) -> Any:
    slot = claim(campaign=campaign, kind="sensitivity", language="en", by=person, now=now)
    assert slot is not None
    return open_slot(slot=slot, by=person, now=now)


def _token(person: Contributor, now: Any, scopes: list[str] | None = None) -> str:
    later = now + timedelta(days=1)
    scopes = scopes or list(Scope.values)
    return make_token(contributor=person, name="fuzz", scopes=scopes, expires_at=later, now=now)[1]


def operations() -> Iterator[Any]:
    schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)
    for found in schema.get_all_operations():
        yield found.ok()


def paths(operation: Any, world: World) -> st.SearchStrategy[dict[str, str] | None]:
    """Most requests are about something that exists: the others never get past the first look-up."""
    names = [one.name for one in operation.path_parameters]
    known = {name: st.sampled_from(world.known.get(name, world.known[""])) for name in names}
    if not names:
        return st.none()
    there = st.fixed_dictionaries(known)
    return st.one_of(st.none(), there, there, there)


@pytest.mark.parametrize("role", ROLES if "FUZZ_REQUESTS" in os.environ else IN_THE_SUITE)
def test_no_request_of_any_role_is_a_fault_of_ours(role: str, world: World) -> None:
    all_operations = list(operations())
    each = max(1, -(-REQUESTS // (len(ROLES) * len(all_operations) * 2)))
    for operation in all_operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _send(operation, mode, role, world, each)
    assert sum(world.answered.values()) >= len(all_operations)
    print(f"\n{role}: {sum(world.answered.values())} requests, {dict(sorted(world.answered.items()))}")


def _send(operation: Any, mode: GenerationMode, role: str, world: World, examples: int) -> None:
    @seed(SEED)
    @settings(
        max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(
        case=operation.as_strategy(generation_mode=mode), path=paths(operation, world), fresh=st.booleans()
    )
    def one(case: Any, path: dict[str, str] | None, fresh: bool) -> None:
        case.path_parameters = path or case.path_parameters
        headers = {"Authorization": f"Bearer {world.tokens[role]}"} if role in world.tokens else {}
        if fresh:
            headers["Idempotency-Key"] = str(uuid4())
        response = case.call(headers=headers)
        world.answered[response.status_code] += 1
        assert response.status_code < 500, f"{response.status_code} for {case.as_curl_command()}"

    try:
        one()
    except Unsatisfiable:
        # An operation without parameters and body has no unsound request.
        assert mode == GenerationMode.NEGATIVE


def test_uploads_of_made_up_requests_stay_in_memory(world: World) -> None:
    assert type(storages["uploads"]).__name__ == "InMemoryStorage"
