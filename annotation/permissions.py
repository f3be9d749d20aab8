"""Who may take which work. `check_…` raises with a reason a person would accept."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from annotation.models import Campaign, Kind, Membership
from people.models import Contributor


def standings_for(campaign: Campaign, kind: str) -> list[str]:
    """This function will return the standings whose members may take `kind` in this campaign."""
    return campaign.sensitivity_standings if kind == Kind.SENSITIVITY else campaign.verification_standings


def check_can_take(
    contributor: Contributor,
    campaign: Campaign,
    kind: str,
    language: str,
    *,
    memberships: QuerySet[Membership] | None = None,
) -> Membership:
    """This function will return the membership under which `contributor` may take this work. One statement.

    `memberships` is how to read it: locked, say. Raises `PermissionDenied` where there is none in force, or its
    standing may not take this kind.
    """
    memberships = Membership.objects.all() if memberships is None else memberships
    membership = memberships.filter(
        campaign=campaign, contributor=contributor, language=language, withdrawn_at=None
    ).first()
    return check_membership(membership, campaign, kind)


def check_membership(membership: Membership | None, campaign: Campaign, kind: str) -> Membership:
    """This function will return a membership in force if work of `kind` may be taken under it. No statement."""
    if membership is None:
        raise PermissionDenied(_("You are not a member of this campaign in this language."))
    if membership.standing not in standings_for(campaign, kind):
        raise PermissionDenied(_("In this campaign other members take this kind of work."))
    return membership


def can_take(contributor: Contributor, campaign: Campaign, kind: str, language: str) -> bool:
    """This function will say whether `contributor` may take this work. One statement."""
    try:
        check_can_take(contributor, campaign, kind, language)
    except PermissionDenied:
        return False
    return True
