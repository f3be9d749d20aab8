"""Reads of the sample: what of it is there already. The lab's people are the only ones who ask."""

from __future__ import annotations

from django.db.models import QuerySet

from annotation.models import Campaign
from annotation.queries import queues
from corpus.models import Benchmark
from demo.script import people
from exports.queries import released
from flagging.models import ModelPass
from people.models import Contributor, User
from review.models import Settlement

Queue = tuple[str, str]
"""Kind and language."""


def cast_is_there() -> bool:
    """This function will say whether anybody of the cast has an account. One statement."""
    return User.objects.filter(email__in=[person.email for person in people()]).exists()


def campaign_named(slug: str) -> Campaign | None:
    """This function will return a campaign by its slug, None where there is none. One statement."""
    return Campaign.objects.select_related("benchmark").filter(slug=slug).first()


def is_released(slug: str, version: str) -> bool:
    """This function will say whether a campaign has this release. One statement."""
    return released(slug, version) is not None


def free_slug(base: str) -> str:
    """This function will return `base`, or `base-2`, `base-3`, …: the first that no campaign has. One statement."""
    taken = set(Campaign.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    names = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def passes(benchmark: Benchmark, language: str) -> QuerySet[ModelPass]:
    """This function will return the passes over a language that nobody cancelled, oldest first."""
    return ModelPass.objects.filter(benchmark=benchmark, language=language, cancelled_at=None).order_by("pk")


def unended_passes(benchmark: Benchmark, language: str) -> QuerySet[ModelPass]:
    """This function will return those of them that are not at their end."""
    return passes(benchmark, language).filter(finished_at=None)


def done_by(contributor: Contributor, campaign: Campaign) -> dict[Queue, int]:
    """This function will count the judgements of `contributor` that are in, by queue. Three statements a queue."""
    mine = [queue for queue in queues(contributor) if queue.campaign == campaign]
    return {(queue.kind, queue.language): queue.done for queue in mine}


def settled_in(campaign: Campaign) -> int:
    """This function will count the decisions made in a campaign. One statement."""
    return Settlement.objects.filter(task__campaign=campaign).count()
