"""Who may settle what, and who sees how far a campaign is. `check_…` raises with a reason a person would accept."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from annotation.models import Annotation, Task
from people.models import Contributor, Role
from people.permissions import MANAGING, can_review, check_can_review
from review.models import Settlement

# Whoever bears one of these roles in a workspace sees how far its campaigns are.
SEEING = (*MANAGING, Role.Name.REVIEWER)


def check_can_settle(contributor: Contributor, task: Task, outcome: str = "") -> None:
    """This function will raise `PermissionDenied` unless `contributor` may decide on `task`. Three statements.

    Reviewers of the language may, but for a task they judged themselves or hold right now. Leaving an item
    out in all languages, asked for by `outcome`, is for whoever reviews every language of the campaign.
    """
    workspace = task.campaign.workspace_id
    check_can_review(contributor, workspace, task.language_id)
    if is_own(contributor, task):
        raise PermissionDenied(
            _("You have worked on this item yourself. Another reviewer of this language settles it.")
        )
    if outcome == Settlement.Outcome.EXCLUDE_ALL and not _reviews_everything(contributor, task):
        raise PermissionDenied(
            _(
                "Only somebody who reviews every language of this campaign can leave an item out in all of them."
            )
        )


def can_settle(contributor: Contributor, task: Task, outcome: str = "") -> bool:
    """This function will say whether `contributor` may decide on `task`. Three statements."""
    try:
        check_can_settle(contributor, task, outcome)
    except PermissionDenied:
        return False
    return True


def is_own(contributor: Contributor, task: Task) -> bool:
    """This function will say whether `contributor` judged the task, taken back or not, or holds it. Two statements."""
    return (
        task.slots.filter(contributor=contributor).exists()
        or Annotation.objects.filter(slot__task=task, contributor=contributor).exists()
    )


def _reviews_everything(contributor: Contributor, task: Task) -> bool:
    tags = task.campaign.languages.values_list("language", flat=True)
    return all(can_review(contributor, task.campaign.workspace_id, tag) for tag in tags)


def sees_campaigns(contributor: Contributor) -> bool:
    """This function will say whether `contributor` manages or reviews in any workspace. One statement."""
    return Role.objects.filter(contributor=contributor, name__in=SEEING, withdrawn_at=None).exists()
