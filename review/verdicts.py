"""Telling flagging what was settled: a reviewer's word goes before the judgements it settles."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from flagging.actions.verdicts import Verdict, record_verdicts, withdraw_verdicts
from flagging.models import VerdictSample
from review.models import Settlement
from review.standing import settlements_in_force

SOURCE = VerdictSample.Source.SETTLEMENT.value
AT_ONCE = 5000
# An exclusion is about the item, and what was sent back has no word on its text yet.
WITH_TEXT = (Settlement.Outcome.PICK, Settlement.Outcome.WRITE)


@transaction.atomic
def collect_settlements(*, now: datetime, workspace: int) -> int:
    """This function will write down the settlements of a workspace that flagging does not know yet and take back
    those that stand no more; it returns how many it wrote, at most `AT_ONCE`. Four statements."""
    standing = settlements_in_force().filter(task__campaign__workspace=workspace, outcome__in=WITH_TEXT)
    known = VerdictSample.objects.filter(source=SOURCE, source_id=OuterRef("pk"))
    withdraw_verdicts(source=SOURCE, source_ids=list(_fallen(workspace, standing)), now=now)
    new = (
        standing.filter(~Exists(known))
        .select_related(
            "task__campaign", "result_version", "translation_version__translation", "picked", "picked__slot"
        )
        .order_by("pk")[:AT_ONCE]
    )
    return record_verdicts(_verdict(one) for one in new)


def _fallen(workspace: int, standing: QuerySet[Settlement]) -> QuerySet[VerdictSample, int]:
    stands = standing.filter(pk=OuterRef("source_id"))
    known = VerdictSample.objects.filter(source=SOURCE, withdrawn_at=None, benchmark__workspace=workspace)
    return known.filter(~Exists(stands)).values_list("source_id", flat=True)


def _verdict(one: Settlement) -> Verdict:
    task, judged, result = one.task, one.translation_version, one.result_version
    assert result is not None  # outcomes with a text have one
    first = task.slots.order_by("number").first()
    assert first is not None  # a task has a slot from its first day
    changed = result.fields != judged.fields
    picked = one.picked
    return Verdict(
        source=SOURCE, source_id=one.pk, benchmark_id=task.campaign.benchmark_id, language=task.language_id,
        translation_version_id=judged.pk, contributor_id=one.decided_by_id,
        verdict="edit" if changed else "accept", severity=picked.severity if picked else "",
        reason=picked.reason if picked else "", machine=judged.fields,
        edited=result.fields if changed else None, offered=judged.translation.system == task.system,
        frame=task.campaign.slug, stratum=first.stratum, inclusion_probability=first.inclusion_probability,
        flags_shown=task.campaign.show_flags, active_ms=0, judged_at=one.decided_at,
    )  # fmt: skip
