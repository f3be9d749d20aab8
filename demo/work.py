"""The work of the sample, done as people do it: taken from the queue, looked at, handed in, settled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from uuid import uuid4

from django.db import transaction

from annotation.actions.campaigns import Plan, add_member, open_campaign
from annotation.actions.claims import claim, open_slot
from annotation.actions.submissions import Handed, submit_sensitivity, submit_verification
from annotation.labels import SensitivityAnswers
from annotation.models import Annotation, Campaign, Slot, Task
from annotation.queries import own_slot, work_item
from corpus.models import Benchmark
from demo.errors import SampleError
from demo.lab import Lab
from demo.script import (
    DATA,
    LANGUAGES,
    MAIN_SYSTEM,
    SENSITIVITY,
    SENSITIVITY_OVERLAP,
    SOURCE_LANGUAGE,
    VERIFICATION,
    VERIFICATION_OVERLAP,
    for_task,
    people,
    settlement_for,
)
from people.models import Contributor
from review.actions import settle
from review.cases import Case, case
from review.queries import Wanted, Why, review_queue

Clock = Callable[[], datetime]
REVIEWED_AT_ONCE = 200


@transaction.atomic
def open_for_the_cast(*, benchmark: Benchmark, slug: str, name: str, lab: Lab, now: datetime) -> Campaign:
    """This function will open a campaign over all items and languages, and give everybody their place in it."""
    plan = Plan(
        slug=slug,
        name=name,
        benchmark=benchmark,
        languages=dict.fromkeys(LANGUAGES, MAIN_SYSTEM),
        verification_overlap=VERIFICATION_OVERLAP,
        sensitivity_overlap=SENSITIVITY_OVERLAP,
        guidelines=(DATA / "guidelines.md").read_text(encoding="utf-8"),
        # Whoever looks for the first time is to see what was found, on the first text too.
        settings={"hidden_flags_rate": 0},
    )
    campaign = open_campaign(plan=plan, by=lab.manager, now=now)
    for person in people():
        for language in person.annotates:
            add_member(
                campaign=campaign, contributor=lab.people[person.name], language=language,
                standing=person.standing, by=lab.manager, now=now,
            )  # fmt: skip
    return campaign


def everybodys_queues() -> Iterator[tuple[str, str, str]]:
    """This function will give (person, kind, language) of all the work, in the order of the cast."""
    for person in people():
        for language in person.annotates:
            yield person.name, SENSITIVITY if language == SOURCE_LANGUAGE else VERIFICATION, language


def work_off(
    *,
    campaign: Campaign,
    person: str,
    kind: str,
    language: str,
    lab: Lab,
    clock: Clock,
    at_most: int | None = None,
) -> int:
    """This function will let a person work on a queue until it holds nothing for them, or `at_most` items are
    done, and return how many they did."""
    by, done = lab.people[person], 0
    while at_most is None or done < at_most:
        slot = claim(campaign=campaign, kind=kind, language=language, by=by, now=clock())
        if slot is None:
            break
        _hand_in(open_slot(slot=slot, by=by, now=clock()), person, by, clock())
        done += 1
    return done


def _hand_in(slot: Slot, person: str, by: Contributor, now: datetime) -> None:
    """The person sees what the workbench shows, and says what the script has for it."""
    own = own_slot(by, slot.public_id)
    seen = work_item(own)
    said = for_task(person=person, kind=own.kind, language=seen.language, sample_id=seen.external_id)
    handed = Handed(uuid4(), seen.item_version, seen.translation_version)
    if isinstance(said.answer, SensitivityAnswers):
        submit_sensitivity(slot=own, answers=said.answer, note="", handed=handed, by=by, now=now)
    else:
        submit_verification(slot=own, answer=said.answer, handed=handed, by=by, now=now)


def settle_waiting(
    *, campaign: Campaign, lab: Lab, clock: Clock, why: str = "", at_most: int | None = None
) -> int:
    """This function will settle what waits for the reviewer, worst first, and return how many tasks it was.

    `why` asks for one kind of case, as the page does. Tasks that still miss a judgement are left for later.
    """
    rows = review_queue(lab.reviewer, Wanted(why=why, campaign=campaign.slug), limit=REVIEWED_AT_ONCE).rows
    ready = (row.task for row in rows if not row.task.slots.filter(submitted_at=None).exists())
    settled = 0
    for task in islice(ready, at_most):
        _settle(task, lab, clock())
        settled += 1
    return settled


def settle_everything(*, campaign: Campaign, lab: Lab, clock: Clock) -> int:
    """This function will settle all that waits, differing texts at the end, and return how many tasks it was."""
    settled = 0
    for why in ("", Why.TEXTS.value):
        while some := settle_waiting(campaign=campaign, lab=lab, clock=clock, why=why):
            settled += some
    return settled


def _settle(task: Task, lab: Lab, now: datetime) -> None:
    found = case(task)
    decision = settlement_for(task.language_id, task.item.external_id)
    settle(
        task=task,
        outcome=decision.outcome,
        picked=_said_by(lab.people[decision.picked], found) if decision.picked else None,
        fields=decision.fields or None,
        reason=decision.reason,
        by=lab.reviewer,
        now=now,
        seen=found.seen,
    )


def _said_by(contributor: Contributor, found: Case) -> Annotation:
    for said in found.said:
        if said.annotation.contributor_id == contributor.pk:
            return said.annotation
    raise SampleError(
        f"{found.task.item.external_id} in {found.task.language_id} has no judgement of {contributor} to pick; "
        "settle it by hand, on the page Review."
    )
