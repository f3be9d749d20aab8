"""A small campaign in German and Arabic with people at work, for tests that need the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from annotation.actions.campaigns import Plan, add_member, open_campaign
from annotation.actions.closing import set_aside
from annotation.actions.submissions import Handed, submit_sensitivity, submit_verification
from annotation.labels import SensitivityAnswers, Verdict, VerificationAnswer
from annotation.models import Annotation, Campaign, Slot
from people.models import Contributor
from review.models import Settlement
from tests.factories import mini_benchmark

PROFESSIONAL, COMMUNITY = "professional", "community"


@pytest.fixture
def campaign(transactional_db: None, cast: Any, now: datetime) -> Campaign:
    """Four questions; German and Arabic judged by two, sensitivity by four. Ana is the professional."""
    with transaction.atomic():
        benchmark = mini_benchmark(cast.workspace, now, languages=("ar", "de"))
    campaign = open_campaign(
        plan=Plan(
            slug="mini",
            benchmark=benchmark,
            languages={"ar": None, "de": None},
            verification_overlap=2,
            sensitivity_overlap=4,
        ),
        by=cast.mia,
        now=now,
    )
    people = ((cast.ana, PROFESSIONAL), (cast.ben, COMMUNITY), (cast.mia, COMMUNITY))
    for person, standing in people:
        for language in ("ar", "de", "en"):
            add_member(
                campaign=campaign, contributor=person, language=language, standing=standing,
                by=cast.mia, now=now,
            )  # fmt: skip
    return campaign


class Work:
    """Judgements handed in and settled, an item by its number, each a minute after the last."""

    def __init__(self, campaign: Campaign, now: datetime) -> None:
        self.campaign = campaign
        self.now = now

    def later(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def slot(self, kind: str, number: int, language: str, by: Contributor) -> Slot:
        slots = Slot.objects.filter(
            campaign=self.campaign,
            kind=kind,
            language=language,
            task__item__external_id=f"quiz/test/{number}",
        )
        slot = slots.filter(contributor=None).order_by("number")[0]
        slot.contributor, slot.claimed_at, slot.lease_until = by, self.now, self.now + timedelta(hours=1)
        slot.save()
        return slot

    def verify(
        self, number: int, by: Contributor, verdict: str, *, language: str = "de", **changed: str
    ) -> Annotation:
        slot = self.slot("verification", number, language, by)
        item = slot.task.item
        current = item.translations.get(language=language).current_version
        edited = verdict == Verdict.EDIT
        answer = VerificationAnswer(
            Verdict(verdict),
            fields={**current.fields, **changed} if edited else None,
            reason={"accept": "", "cannot_translate": "untranslatable.lexeme"}.get(verdict, "fluency"),
        )
        handed = Handed(uuid4(), item.current_version.number, current.number)
        return submit_verification(slot=slot, answer=answer, handed=handed, by=by, now=self.later())

    def tag(self, number: int, by: Contributor, *tags: str, **answers: Any) -> Annotation:
        slot = self.slot("sensitivity", number, "en", by)
        handed = Handed(uuid4(), slot.task.item.current_version.number)
        said = SensitivityAnswers(tags=tags, **answers)
        return submit_sensitivity(slot=slot, answers=said, note="", handed=handed, by=by, now=self.later())

    def settle(
        self,
        number: int,
        by: Contributor,
        outcome: str,
        *,
        language: str = "de",
        pick: Annotation | None = None,
    ) -> Settlement:
        task = self.campaign.tasks.get(
            kind="verification", language=language, item__external_id=f"quiz/test/{number}"
        )
        imported = task.item.translations.get(language=language).current_version
        if outcome == "send_back":
            set_aside(task=task, now=self.now)
        return Settlement.objects.create(
            task=task, outcome=outcome, picked=pick, result_version=pick and pick.result_version,
            item_version=task.item.current_version, translation_version=imported,
            reason="because", decided_by=by, decided_at=self.later(),
        )  # fmt: skip


@pytest.fixture
def work(campaign: Campaign, now: datetime) -> Work:
    return Work(campaign, now)


Released = Callable[..., dict[str, Any]]


@pytest.fixture
def release_rows(campaign: Campaign, work: Work) -> Released:
    """Makes a release and returns its rows: {(config, language): {sample_id: row or rows}}."""
    from exports.actions import make_release
    from exports.models import ReleaseRow

    def make(version: str = "1.0", **options: Any) -> dict[str, Any]:
        release = make_release(campaign=campaign, version=version, by=None, now=work.later(), **options)
        rows = ReleaseRow.objects.filter(release=release).order_by("config", "language", "split", "number")
        made: dict[str, Any] = {"release": release, "data": {}, "provenance": {}, "annotations": []}
        for row in rows:
            if row.config == "annotations":
                made["annotations"].append(row.row)
                continue
            language = row.language or row.row["language"]
            number = int(row.row["sample_id"].rsplit("/", 1)[1])
            made[row.config].setdefault(language, {})[number] = row.row
        return made

    return make
