"""Telling flagging what was judged: the verdicts that stand, and what they were drawn from."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from annotation.actions.frames import tell_frames
from annotation.actions.submissions import tips
from annotation.models import Annotation, Campaign, Kind
from flagging.actions.verdicts import Verdict, record_verdicts, withdraw_verdicts
from flagging.models import VerdictSample

# Each is compared with its post-edit: a second's work.
AT_ONCE = 5000


@transaction.atomic
def collect_verdicts(*, now: datetime, workspace: int | None = None) -> int:
    """This function will write down the verdicts that flagging does not know yet and take back those that stand no
    more, of one workspace or all; it returns how many it wrote, at most `AT_ONCE`.

    Six statements, four more a campaign. A judgement set aside by a reviewer or outside the overlap is left out.
    """
    campaigns = Campaign.objects.all() if workspace is None else Campaign.objects.filter(workspace=workspace)
    withdraw_verdicts(source=SOURCE, source_ids=list(_fallen(campaigns)), now=now)
    new = list(_unknown(campaigns)[:AT_ONCE])
    written = record_verdicts(_verdict(one) for one in new)
    for campaign in campaigns.filter(pk__in={one.slot.campaign_id for one in new}).select_related(
        "benchmark"
    ):
        tell_frames(campaign, languages=[line.language_id for line in campaign.languages.all()])
    return written


SOURCE = VerdictSample.Source.JUDGEMENT.value


def _standing(campaigns: QuerySet[Campaign]) -> QuerySet[Annotation]:
    return tips(
        Annotation.objects.filter(
            slot__campaign__in=campaigns, slot__kind=Kind.VERIFICATION, slot__set_aside_at=None,
            translation_version__isnull=False,
        )
    )  # fmt: skip


def _unknown(campaigns: QuerySet[Campaign]) -> QuerySet[Annotation]:
    known = VerdictSample.objects.filter(source=SOURCE, source_id=OuterRef("pk"))
    return (
        _standing(campaigns)
        .filter(~Exists(known))
        .select_related("slot__task", "slot__campaign", "translation_version__translation", "result_version")
        .order_by("pk")
    )


def _fallen(campaigns: QuerySet[Campaign]) -> QuerySet[VerdictSample, int]:
    stands = _standing(campaigns).filter(pk=OuterRef("source_id"))
    known = VerdictSample.objects.filter(
        source=SOURCE, withdrawn_at=None, benchmark__in=campaigns.values("benchmark")
    )
    return known.filter(~Exists(stands)).values_list("source_id", flat=True)


def _verdict(one: Annotation) -> Verdict:
    slot, judged = one.slot, one.translation_version
    assert judged is not None  # asked for above
    edited = one.result_version.fields if one.verdict == "edit" and one.result_version else None
    return Verdict(
        source=SOURCE, source_id=one.pk, benchmark_id=slot.campaign.benchmark_id, language=slot.language_id,
        translation_version_id=judged.pk, contributor_id=one.contributor_id, verdict=one.verdict,
        severity=one.severity, reason=one.reason, machine=judged.fields, edited=edited,
        offered=judged.translation.system == slot.task.system, frame=slot.campaign.slug, stratum=slot.stratum,
        inclusion_probability=slot.inclusion_probability, flags_shown=one.flags_shown, active_ms=one.active_ms,
        judged_at=one.submitted_at,
    )  # fmt: skip
