from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from annotation.actions.campaigns import Plan, add_member, open_campaign
from annotation.actions.submissions import Handed, submit_verification
from annotation.labels import Verdict, VerificationAnswer
from annotation.models import Annotation, Campaign, Task
from corpus.models import Benchmark
from review.actions import settle
from review.cases import translation_of
from review.models import Settlement
from tests.factories import add_version, mini_benchmark


@pytest.fixture
def benchmark(cast, now) -> Benchmark:
    return mini_benchmark(cast.workspace, now, languages=("de", "ar"))


@pytest.fixture
def campaign(cast, now, benchmark) -> Campaign:
    """German and Arabic verified twice by Ana and Ben, sensitivity once; nothing drawn for revision."""
    campaign = open_campaign(
        plan=Plan(
            slug="mini",
            benchmark=benchmark,
            languages={"de": None, "ar": None},
            verification_overlap=2,
            sensitivity_overlap=1,
            settings={"revision_rate": 0},
        ),
        by=cast.mia,
        now=now,
    )
    for person, standing in ((cast.ana, "professional"), (cast.ben, "community")):
        for language in ("de", "ar", "en"):
            add_member(
                campaign=campaign,
                contributor=person,
                language=language,
                standing=standing,
                by=cast.mia,
                now=now,
            )
    return campaign


@pytest.fixture
def task_of(campaign) -> Callable[..., Task]:
    def find(number: int = 0, language: str = "de") -> Task:
        return Task.objects.select_related("campaign__benchmark", "item__current_version").get(
            campaign=campaign, kind="verification", language=language, item__external_id=f"quiz/test/{number}"
        )

    return find


@pytest.fixture
def task(task_of) -> Task:
    return task_of()


@pytest.fixture
def judge(now) -> Callable[..., Annotation]:
    """Hands in a verdict on a task in a free slot of it, `minutes` after the campaign opened."""

    def submit(task, by, verdict, *, question=None, minutes=1, **answer) -> Annotation:
        at = now + timedelta(minutes=minutes)
        slot = task.slots.filter(contributor=None).first()
        slot.contributor, slot.claimed_at, slot.lease_until = by, at, at
        slot.save()
        translation = translation_of(task)
        if question is not None:
            answer["fields"] = {**translation.current_version.fields, "question": question}
        handed = Handed(uuid4(), task.item.current_version.number, translation.current_version.number)
        return submit_verification(
            slot=slot, answer=VerificationAnswer(Verdict(verdict), **answer), handed=handed, by=by, now=at
        )

    return submit


@pytest.fixture
def decide(cast, now) -> Callable[..., Settlement]:
    """Settles as Rui, `minutes` after the campaign opened."""

    def settled(task, outcome, *, by=None, minutes=2, reason="Seen.", **decision) -> Settlement:
        at = now + timedelta(minutes=minutes)
        return settle(task=task, outcome=outcome, reason=reason, by=by or cast.rui, now=at, **decision)

    return settled


@pytest.fixture
def replace_text(now) -> Callable[[Task], None]:
    """Gives the translation of a task a new imported version."""

    def replace(task: Task) -> None:
        translation = translation_of(task)
        fields = {name: f"{text} (neu)" for name, text in translation.current_version.fields.items()}
        translation.current_version = add_version(translation, fields, now)
        translation.save()

    return replace
