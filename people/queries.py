"""Reads of people and their roles."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from common.models import Workspace
from people.models import AccessToken, Contributor, Role, User
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


def workspaces_with_a_role(contributor: Contributor) -> QuerySet[Workspace]:
    """This function will return the workspaces in which `contributor` bears any role. One statement."""
    return Workspace.objects.filter(role__contributor=contributor, role__withdrawn_at=None).distinct()


def reviewer_roles(contributor: Contributor) -> QuerySet[Role]:
    """This function will return the reviewing roles in force of `contributor`. One statement."""
    return Role.objects.filter(
        contributor=contributor, name=Role.Name.REVIEWER, withdrawn_at=None
    ).select_related("workspace", "language")


def user_exists(email: str) -> bool:
    """This function will say whether an account has this address. One statement."""
    return User.objects.filter(email=email.lower()).exists()


def tokens_of(contributor: Contributor) -> QuerySet[AccessToken]:
    """This function will return somebody's tokens, newest first, ended ones too. One statement."""
    return AccessToken.objects.filter(contributor=contributor).order_by("-pk")


def own_token(contributor: Contributor, public_id: UUID) -> AccessToken:
    """This function will return a token of somebody's own; `AccessToken.DoesNotExist` otherwise. One statement."""
    return tokens_of(contributor).select_related("contributor").get(public_id=public_id)
