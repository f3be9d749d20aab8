"""Ordering the queues again with what was learned: a pass over each language, as the latest was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Case, When

from common.models import Workspace
from flagging.actions.passes import LicenceNotAcceptedError, latest_fits, request_pass
from flagging.models import Fit, ModelPass
from people.models import Contributor


@dataclass(frozen=True, slots=True)
class Ordered:
    """Passes that were asked for, languages whose order knows all that was learned already, and what kept others
    from being ordered, by language."""

    passes: tuple[ModelPass, ...]
    known: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


@transaction.atomic
def order_again(*, workspace: Workspace, by: Contributor, now: datetime) -> Ordered:
    """This function will ask for a pass over every language of a workspace that something was learned for since its
    latest pass, with the scorers and items of that pass. Those of one call share a batch."""
    batch, made = uuid4(), []
    known, refused = [], []
    for last in _latest_passes(workspace):
        if last.learns and last.fits == latest_fits(last.benchmark, last.language_id):
            known.append(last.language_id)
            continue
        try:
            with transaction.atomic():
                made.append(
                    request_pass(
                        benchmark=last.benchmark, language=last.language_id, by=by, now=now,
                        scorers=last.scorers, item_ids=last.item_ids, learns=True, batch=batch, cut_later=True,
                    )
                )  # fmt: skip
        except (LicenceNotAcceptedError, KeyError) as error:
            refused.append((last.language_id, str(error.args[0])))
    return Ordered(tuple(made), tuple(known), tuple(refused))


def _latest_passes(workspace: Workspace) -> list[ModelPass]:
    """The latest pass, finished or under way, of each benchmark and language that something was learned for."""
    learned = Fit.objects.filter(workspace=workspace).values("language")
    # Two who press at once would both find the same passes.
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    passes = ModelPass.objects.filter(
        benchmark__workspace=workspace, language__in=learned, cancelled_at=None
    ).select_related("benchmark")
    # One of checks alone, as after an import, has no scorers to go on with, and one over some items not all of them.
    part = Case(When(learns=True, item_ids=None, then=0), default=1)
    in_order = passes.order_by("benchmark_id", "language_id", part, "-pk")
    return list(in_order.distinct("benchmark_id", "language_id"))
