"""Who may do what in a workspace. `check_…` raises with a reason a person would accept; the twin is its bool."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _

from common.models import Workspace
from people.models import Contributor, Role

MANAGING = (Role.Name.OWNER, Role.Name.MANAGER)


def can_manage(contributor: Contributor, workspace: Workspace | int) -> bool:
    """This function will say whether `contributor` may import, open campaigns and publish. One statement.

    Nobody may whose account was closed or deleted: work that they asked for may run long after they did.
    """
    return Role.objects.filter(
        contributor=contributor,
        contributor__user__is_active=True,
        workspace=workspace,
        name__in=MANAGING,
        withdrawn_at=None,
    ).exists()


def check_can_manage(contributor: Contributor, workspace: Workspace | int) -> None:
    """This function will raise `PermissionDenied` unless `contributor` manages the workspace."""
    if not can_manage(contributor, workspace):
        raise PermissionDenied(
            _("Only a manager of this workspace can do this. Ask one to give you the role.")
        )


def can_review(contributor: Contributor, workspace: Workspace | int, language: str) -> bool:
    """This function will say whether `contributor` may settle in `language`. One statement.

    Managers may not: whoever pays for the work does not settle it, unless they are reviewers too.
    """
    return (
        Role.objects.filter(
            contributor=contributor,
            workspace=workspace,
            name=Role.Name.REVIEWER,
            withdrawn_at=None,
        )
        .filter(Q(language=None) | Q(language=language))
        .exists()
    )


def check_can_review(contributor: Contributor, workspace: Workspace | int, language: str) -> None:
    """This function will raise `PermissionDenied` unless `contributor` reviews `language`."""
    if not can_review(contributor, workspace, language):
        raise PermissionDenied(_("Only a reviewer of this language can do this."))
