"""Reads of people and their roles."""

from __future__ import annotations

from django.db.models import QuerySet

from common.models import Workspace
from people.models import Contributor, Role, User
from people.permissions import MANAGING


def contributor_by_email(email: str) -> Contributor:
    """This function will return the contributor of an account; `Contributor.DoesNotExist` where there is none.

    One statement.
    """
    return Contributor.objects.select_related("user").get(user__email=email.lower())


def managed_workspaces(contributor: Contributor) -> QuerySet[Workspace]:
    """This function will return the workspaces whose manager or owner `contributor` is. One statement."""
    return Workspace.objects.filter(
        role__contributor=contributor, role__name__in=MANAGING, role__withdrawn_at=None
    ).distinct()


def reviewer_roles(contributor: Contributor) -> QuerySet[Role]:
    """This function will return the reviewing roles in force of `contributor`. One statement."""
    return Role.objects.filter(
        contributor=contributor, name=Role.Name.REVIEWER, withdrawn_at=None
    ).select_related("workspace", "language")


def user_exists(email: str) -> bool:
    """This function will say whether an account has this address. One statement."""
    return User.objects.filter(email=email.lower()).exists()
