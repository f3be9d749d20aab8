"""Ordering a model pass: one for each language, all in one transaction, with what to expect of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from corpus.models import Benchmark
from flagging import order_queries
from flagging.actions.cutting import SetSize, chunk_count
from flagging.actions.passes import request_pass
from flagging.actions.serving import lanes_for
from flagging.models import ModelPass
from flagging.scorers import check_families, entry
from people.models import Contributor
from people.permissions import check_can_manage


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: languages by tag, scorers by name in the order they run in, items by id (None for all).

    Checks always run, and so does what the set itself teaches.
    """

    benchmark: Benchmark
    languages: tuple[str, ...]
    scorers: tuple[str, ...] = ()
    item_ids: tuple[int, ...] | None = None


class NothingTranslatedError(Exception):
    """Raised for a language into which none of the items is translated."""

    def __init__(self, benchmark: Benchmark, language: str) -> None:
        super().__init__(
            f"None of these items of {benchmark.slug} is translated into {language!r}. Leave the language out, or "
            "import its translations first."
        )
        self.language = language


@transaction.atomic
def order_passes(*, order: Order, by: Contributor | None, now: datetime) -> list[ModelPass]:
    """This function will ask for a pass over each language of an order and return them; they share a batch.

    An audit row each. Raises PermissionDenied, KeyError for a scorer there is not, LicenceNotAcceptedError,
    SameFamilyError where a model would judge its own family, and NothingTranslatedError.
    """
    if by is not None:
        check_can_manage(by, order.benchmark.workspace_id)
    check_judges(order)
    for plan in planned(order):
        if not plan.texts:
            raise NothingTranslatedError(order.benchmark, plan.language)
    batch = uuid4()
    return [
        request_pass(
            benchmark=order.benchmark, language=language, by=by, now=now, scorers=order.scorers,
            item_ids=order.item_ids, learns=True, batch=batch, cut_later=True,
        )
        for language in order.languages
    ]  # fmt: skip


def check_judges(order: Order) -> None:
    """This function will raise `SameFamilyError` where a model would judge its own family's translations. One
    statement; KeyError for a scorer there is not."""
    scorers = [entry(name) for name in order.scorers]
    if any(scorer.kind == "judge" for scorer in scorers):
        for system in order_queries.systems_of(order.benchmark, order.languages):
            for scorer in scorers:
                check_families(scorer, system)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the pass over one language would be: how many translations it is about, and its chunks."""

    language: str
    texts: int
    chunks: int


def planned(order: Order) -> list[Plan]:
    """This function will return what an order would be, language by language. One statement."""
    sizes: dict[str, list[SetSize]] = defaultdict(list)
    rows = order_queries.set_sizes(order.benchmark, order.languages, order.item_ids)
    for language, system, split, whole, wanted in rows:
        sizes[language].append(SetSize(system, split, whole, wanted))
    return [_plan(order, language, sizes[language]) for language in order.languages]


def _plan(order: Order, language: str, sizes: Sequence[SetSize]) -> Plan:
    chunks = chunk_count(sizes, scorers=len(order.scorers), learns=True)
    return Plan(language, sum(one.wanted for one in sizes), chunks)


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long one worker would take over the texts with one scorer, by its earlier chunks on that device."""

    scorer: str
    title: str
    seconds: float | None
    device: str = ""


def estimates(order: Order, texts: int) -> list[Estimate]:
    """This function will return the time each scorer of an order would take over so many texts, None where it was
    never timed. One statement a scorer."""
    return [_estimate(name, texts) for name in order.scorers]


def _estimate(name: str, texts: int) -> Estimate:
    title, speed = entry(name).title, order_queries.speed_of(name)
    if speed is None:
        return Estimate(name, title, None)
    at_once = speed.texts_a_second * lanes_for(speed.device)
    return Estimate(name, title, texts / at_once, speed.device)
