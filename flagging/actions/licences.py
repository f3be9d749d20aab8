"""Who accepted the licence of a scorer, for which workspace."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from common import audit
from common.models import Workspace
from flagging.models import LicenceAcceptance
from flagging.scorers import ScorerEntry
from people.models import Contributor
from people.permissions import check_can_manage


@transaction.atomic
def accept_licence(
    *, scorer: ScorerEntry, workspace: Workspace, by: Contributor, now: datetime
) -> LicenceAcceptance:
    """This function will record that `by` accepted a scorer's licence for a workspace, in the words it has now.

    One that is in force already is returned as it is. Raises PermissionDenied for who does not manage there.
    """
    check_can_manage(by, workspace)
    accepted, new = LicenceAcceptance.objects.get_or_create(
        workspace=workspace, detector=scorer.name, withdrawn_at=None,
        defaults={"licence": scorer.licence, "accepted_by": by, "accepted_at": now},
    )  # fmt: skip
    if new:
        audit.record(
            "licence.accepted", accepted, workspace=workspace, by=by, now=now,
            scorer=scorer.name, licence=scorer.licence,
        )  # fmt: skip
    return accepted


@transaction.atomic
def withdraw_licence(*, scorer: ScorerEntry, workspace: Workspace, by: Contributor, now: datetime) -> bool:
    """This function will end an acceptance: chunks that were not begun do not load the scorer any more. False where
    none is in force.

    Raises PermissionDenied for who does not manage there.
    """
    check_can_manage(by, workspace)
    in_force = LicenceAcceptance.objects.select_for_update().filter(
        workspace=workspace, detector=scorer.name, withdrawn_at=None
    )
    accepted = in_force.first()
    if accepted is None:
        return False
    accepted.withdrawn_at = now
    accepted.save(update_fields=["withdrawn_at"])
    audit.record("licence.withdrawn", accepted, workspace=workspace, by=by, now=now, scorer=scorer.name)
    return True
