"""Which campaigns somebody may see, and what they are to one."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotation.models import Campaign, CampaignLanguage, Membership
from annotation.queries import Queue, queues
from people.models import Contributor, Role
from people.permissions import MANAGING


def visible_campaigns(contributor: Contributor) -> QuerySet[Campaign]:
    """This function will return the campaigns that `contributor` is a member of, manages or reviews. One statement."""
    return Campaign.objects.filter(
        Exists(Membership.objects.filter(campaign=OuterRef("pk"), contributor=contributor, withdrawn_at=None))
        | _run_by(contributor)
    ).select_related("benchmark")


def overseen_campaigns(contributor: Contributor) -> QuerySet[Campaign]:
    """This function will return the campaigns whose progress `contributor` may see: managed or reviewed. One
    statement."""
    return Campaign.objects.filter(_run_by(contributor))


def _run_by(contributor: Contributor) -> Q:
    """A reviewer of one language oversees the campaigns that hold it."""
    theirs = Role.objects.filter(contributor=contributor, workspace=OuterRef("workspace"), withdrawn_at=None)
    languages = CampaignLanguage.objects.filter(
        campaign=OuterRef(OuterRef("pk")), language=OuterRef("language")
    )
    in_their_language = (
        Q(language=None) | Q(language=OuterRef("benchmark__source_language")) | Exists(languages)
    )
    reviewed = theirs.filter(in_their_language, name=Role.Name.REVIEWER)
    return Q(Exists(theirs.filter(name__in=MANAGING))) | Q(Exists(reviewed))


def queues_in(contributor: Contributor, campaign: Campaign) -> list[Queue]:
    """This function will return the queues of one campaign that `contributor` may take from."""
    return [queue for queue in queues(contributor) if queue.campaign.pk == campaign.pk]
