"""The generated campaign that people work on while things break, and the passes that the workers work on.

Everything is made by the project's own actions. Imported once Django is set up on the stack's servers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from annotation.actions.campaigns import Plan, add_member, open_campaign
from annotation.models import Campaign, Slot
from common import clock
from common.models import Workspace
from corpus.actions.imports import run_import
from corpus.actions.requests import ImportRequest
from corpus.models import Benchmark, Import
from flagging.actions.chunks import resend_waiting_chunks
from flagging.actions.passes import request_pass
from flagging.models import Flag, ModelPass
from people.actions import create_account
from people.models import Contributor
from people.tokens import make_token

SOURCE, TARGET = "en", "de"
ITEMS, ITEMS_OF_PASSES = 400, 60
VERIFICATION_OVERLAP, SENSITIVITY_OVERLAP = 2, 3
# Below so many free slots the next campaign opens: people never run out of work for want of it.
FEWEST_FREE = 600


@dataclass(frozen=True)
class Person:
    """Somebody who works, and the token their program uses."""

    contributor: int
    token: str


@dataclass
class World:
    """What was made: who works, in which campaign now, and the passes asked for."""

    people: list[Person] = field(default_factory=list)
    slug: str = ""
    campaigns: int = 0
    passes: int = 0

    def open_next_campaign(self) -> None:
        """This function will open one more campaign over the same items, everybody in it, and send people there."""
        now = clock.now()
        plan = Plan(
            slug=f"faults-{self.campaigns + 1}",
            benchmark=Benchmark.objects.get(slug="faults"),
            languages={TARGET: None},
            verification_overlap=VERIFICATION_OVERLAP,
            sensitivity_overlap=SENSITIVITY_OVERLAP,
        )
        with transaction.atomic():
            campaign = open_campaign(plan=plan, by=None, now=now)
            for person in self.people:
                _add_to(campaign, Contributor.objects.get(pk=person.contributor))
        self.slug, self.campaigns = campaign.slug, self.campaigns + 1

    def keep_work_there(self) -> None:
        """This function will open the next campaign when little is left of this one."""
        free = Slot.objects.filter(campaign__slug=self.slug, contributor=None).count()
        if free < FEWEST_FREE:
            self.open_next_campaign()

    def ask_for_a_pass(self) -> None:
        """This function will ask the workers to check the texts of the second benchmark once more."""
        benchmark = Benchmark.objects.get(slug="passes")
        request_pass(benchmark=benchmark, language=TARGET, by=None, now=clock.now())
        self.passes += 1


def make_world(people: int, folder: Path) -> World:
    """This function will import two benchmarks, make people with tokens, and open the first campaign."""
    now = clock.now()
    Workspace.objects.create(slug="lab", name="Lab", created_at=now)
    _import_benchmark("faults", ITEMS, folder)
    _import_benchmark("passes", ITEMS_OF_PASSES, folder)
    world = World()
    for number in range(people):
        contributor = create_account(email=f"p{number}@example.org", name="", password=None, now=now)
        _, token = make_token(
            contributor=contributor, name="faults", scopes=["campaigns:read", "work:write"],
            expires_at=now + timedelta(days=7), now=now,
        )  # fmt: skip
        world.people.append(Person(contributor.pk, token))
    world.open_next_campaign()
    return world


def _add_to(campaign: Campaign, contributor: Contributor) -> None:
    for language in (SOURCE, TARGET):
        add_member(
            campaign=campaign, contributor=contributor, language=language, standing="community", by=None,
            now=clock.now(),
        )  # fmt: skip


def _import_benchmark(slug: str, items: int, folder: Path) -> None:
    shared: Mapping[str, Any] = {"benchmark": slug, "workspace": "lab"}
    _import(
        folder, (_row(number) for number in range(items)), kind=Import.Kind.ITEMS, language=SOURCE, **shared
    )
    _import(
        folder, (_german(number) for number in range(items)), kind=Import.Kind.TRANSLATIONS, language=TARGET,
        system="mt-alpha", origin="machine", **shared,
    )  # fmt: skip


def _import(folder: Path, rows: Iterable[Mapping[str, str]], **options: Any) -> None:
    path = folder / f"{options['benchmark']}-{options['kind']}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    run_import(request=ImportRequest(files=(path,), **options), by=None, now=clock.now())


def _row(number: int) -> dict[str, str]:
    return {
        "sample_id": f"arithmetic/test/{number}",
        "subject": "arithmetic",
        "subject_category": "STEM",
        "question": f"What is {number} plus one?",
        "option_a": str(number),
        "option_b": str(number + 1),
        "option_c": "none of these",
        "answer": "B",
    }


def _german(number: int) -> dict[str, str]:
    # Every seventh is left in English, so that the passes have something to find.
    if number % 7 == 0:
        return _row(number)
    return {**_row(number), "question": f"Was ist {number} plus eins?", "option_c": "keines davon"}


def unended_passes() -> int:
    """This function will count the passes asked for that have not ended."""
    return ModelPass.objects.filter(finished_at=None).count()


def sweep_as_if_later() -> None:
    """This function will do what the beat does after the sweeper's patience, now."""
    resend_waiting_chunks(now=clock.now() + timedelta(minutes=5))


def differing_passes() -> list[str]:
    """This function will name the passes over the second benchmark that found other things than the first one."""
    findings: dict[int, list[tuple[Any, ...]]] = {}
    passes = ModelPass.objects.filter(benchmark__slug="passes", language=TARGET).order_by("pk")
    for model_pass in passes:
        flags = Flag.objects.filter(model_pass=model_pass).order_by(
            "translation_version", "detector", "field", "pk"
        )
        findings[model_pass.pk] = [
            (flag.translation_version_id, flag.detector, flag.field, json.dumps(flag.params, sort_keys=True))
            for flag in flags
        ]
    first = next(iter(findings.values()), [])
    return [f"pass {pk} found {len(found)} flags, the first {len(first)}" for pk, found in findings.items()
            if found != first]  # fmt: skip


def on_a_new_connection(do: Callable[[], Any]) -> Any:
    """This function will do something on a connection of its own: the last one may lead to a killed server."""
    connection.close()
    try:
        return do()
    finally:
        connection.close()
