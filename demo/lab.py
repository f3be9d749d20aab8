"""The lab of the sample: its workspace, and the cast with their accounts, roles and languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from common import audit
from common.models import Workspace
from demo.errors import NotATrialError
from demo.script import Person, people
from people.actions import create_account, grant_role
from people.models import Contributor, Role, Skill
from people.queries import contributor_by_email, user_exists

WORKSPACE = "sample-lab"
# Printed at every start and the same everywhere, so that trying takes no set-up; hence for trials alone.
PASSWORD = "sample-lab"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Lab:
    """The workspace and its people, by name."""

    workspace: Workspace
    people: Mapping[str, Contributor]

    @property
    def manager(self) -> Contributor:
        """This function will return who imports, opens campaigns and releases."""
        return self._with_role(Role.Name.MANAGER)

    @property
    def reviewer(self) -> Contributor:
        """This function will return who settles."""
        return self._with_role(Role.Name.REVIEWER)

    def _with_role(self, role: str) -> Contributor:
        return next(self.people[person.name] for person in people() if person.role == role)


def check_is_trial() -> None:
    """This function will raise `NotATrialError` outside debug."""
    if not settings.DEBUG:
        raise NotATrialError(
            "The sample is for trials: its accounts have a password that stands in the source. DEBUG is off, so "
            "it is left out. Set DEBUG=true on a machine for trials, or add people with manage.py add_person."
        )


@transaction.atomic
def found_lab(*, now: datetime) -> Lab:
    """This function will return the lab, making what is not there yet. An account that is there keeps its password.

    Raises `NotATrialError` outside debug.
    """
    check_is_trial()
    workspace, created = Workspace.objects.get_or_create(
        slug=WORKSPACE, defaults={"name": "Sample lab", "created_at": now}
    )
    if created:
        audit.record("workspace.founded", workspace, workspace=workspace, by=None, now=now)
    return Lab(workspace, {person.name: _join(person, workspace, now) for person in people()})


def _join(person: Person, workspace: Workspace, now: datetime) -> Contributor:
    if user_exists(person.email):
        contributor = contributor_by_email(person.email)
    else:
        contributor = create_account(email=person.email, name=person.name, password=PASSWORD, now=now)
    if person.role:
        grant_role(contributor=contributor, workspace=workspace, name=person.role, by=None, now=now)
    Skill.objects.bulk_create(
        [
            Skill(contributor=contributor, language_id=tag, level=level)
            for tag, level in person.languages.items()
        ],
        ignore_conflicts=True,
    )
    return contributor
