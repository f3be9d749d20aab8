"""A campaign with short leases, and the people who work in it, each with a token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction

from annotation.actions.campaigns import Plan, add_member, open_campaign
from annotation.models import Annotation, Campaign, Membership
from common import clock
from common.models import AuditEvent, Workspace
from people.actions import create_account
from people.models import Contributor
from people.scopes import Scope
from people.tokens import make_token
from tests.factories import fields_of, make_benchmark, make_item, make_translation

LANGUAGE = "de"


@dataclass(frozen=True)
class Person:
    """Somebody with a place in the campaign, and the token of their two programs."""

    contributor: int
    token: str


def make_world(*, tasks: int, overlap: int, people: int, lease_seconds: int) -> tuple[Campaign, list[Person]]:
    """This function will open a campaign of German verification and let everybody in."""
    now = clock.now()
    with transaction.atomic():
        workspace = Workspace.objects.create(slug="hands", name="Many hands", created_at=now)
        benchmark = make_benchmark(workspace, now, slug="hands")
        for number in range(tasks):
            fields = fields_of(f"What comes after {number}?", [str(number + step) for step in range(1, 5)])
            item = make_item(benchmark, f"counting/test/{number}", fields, "A", now)
            make_translation(item, LANGUAGE, {name: f"de: {text}" for name, text in fields.items()}, now)
        campaign = open_campaign(
            plan=Plan(
                slug="hands", benchmark=benchmark, languages={LANGUAGE: None}, verification_overlap=overlap,
                sensitivity_overlap=0, settings={"lease_seconds": lease_seconds},
            ),
            by=None, now=now,
        )  # fmt: skip
        cast = [_person(campaign, number) for number in range(people)]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return campaign, cast


def _person(campaign: Campaign, number: int) -> Person:
    now = clock.now()
    contributor = create_account(email=f"p{number}@example.org", name="", password=None, now=now)
    add_member(
        campaign=campaign, contributor=contributor, language=LANGUAGE, standing="community", by=None, now=now
    )
    token = make_token(
        contributor=contributor, name="program", scopes=[Scope.CAMPAIGNS_READ, Scope.WORK_WRITE],
        expires_at=now + timedelta(days=1), now=now,
    )[1]  # fmt: skip
    return Person(contributor.pk, token)


def membership_of(person: Person) -> Membership:
    """This function will return somebody's place."""
    return Membership.objects.select_related("campaign", "contributor").get(contributor=person.contributor)


def effects_of(person: Person) -> tuple[int, int]:
    """This function will count the rows somebody has brought about: judgements, and audited actions."""
    return (
        Annotation.objects.filter(contributor=person.contributor).count(),
        AuditEvent.objects.filter(actor_id=person.contributor).count(),
    )


def holds(person: Person) -> int:
    """This function will count the slots somebody holds."""
    return Contributor.objects.get(pk=person.contributor).slot_set.filter(submitted_at=None).count()


RULES = {
    "tasks over their overlap": """
        SELECT count(*) FROM (
            SELECT s.task_id FROM annotation_slot s JOIN annotation_task t ON t.id = s.task_id
            WHERE s.submitted_at IS NOT NULL AND s.number IS NOT NULL
            GROUP BY s.task_id, t.overlap HAVING count(*) > t.overlap) broken""",
    "tasks with more slots than wanted": """
        SELECT count(*) FROM (
            SELECT s.task_id FROM annotation_slot s JOIN annotation_task t ON t.id = s.task_id
            WHERE s.number IS NOT NULL GROUP BY s.task_id, t.overlap HAVING count(*) <> t.overlap) broken""",
    "tasks twice with one person": """
        SELECT count(*) FROM (
            SELECT task_id FROM annotation_slot WHERE contributor_id IS NOT NULL
            GROUP BY task_id, contributor_id HAVING count(*) > 1) broken""",
    "tasks judged twice by one person": """
        SELECT count(*) FROM (
            SELECT s.task_id FROM annotation_annotation a JOIN annotation_slot s ON s.id = a.slot_id
            WHERE a.corrects_id IS NULL GROUP BY s.task_id, a.contributor_id HAVING count(*) > 1) broken""",
    "submits kept twice": """
        SELECT count(*) FROM (
            SELECT note FROM annotation_annotation WHERE note <> '' GROUP BY note HAVING count(*) > 1) broken""",
}


def broken_rules() -> dict[str, int]:
    """This function will count what breaks each rule."""
    with connection.cursor() as cursor:
        counts = {}
        for rule, statement in RULES.items():
            cursor.execute(statement)
            counts[rule] = int(cursor.fetchone()[0])
        return counts


def still_wanted(campaign: Campaign) -> int:
    """This function will count the judgements that are wanted and not there."""
    return campaign.slot_set.filter(submitted_at=None, closed_at=None).count()


def kept_notes() -> set[str]:
    """This function will return the notes of all judgements that are there."""
    return set(Annotation.objects.exclude(note="").values_list("note", flat=True))
