"""Writing verdicts down to learn from. The rooms that have them call this; what counts as bad is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from flagging.models import SampleFrame, VerdictSample


@dataclass(frozen=True, slots=True)
class Verdict:
    """One verdict as its room knows it; `machine` and `edited` hold fields by name, `edited` None where nothing was."""

    source: str
    source_id: int
    benchmark_id: int
    language: str
    translation_version_id: int
    contributor_id: int
    verdict: str
    severity: str
    reason: str
    machine: dict[str, str]
    edited: dict[str, str] | None
    offered: bool
    frame: str
    stratum: str
    inclusion_probability: float
    flags_shown: bool
    active_ms: int
    judged_at: datetime


@dataclass(frozen=True, slots=True)
class Frame:
    """How many translations a queue holds in one stratum."""

    benchmark_id: int
    language: str
    name: str
    stratum: str
    size: int


def record_verdicts(verdicts: Iterable[Verdict]) -> int:
    """This function will add verdicts that are not there yet, and return how many it was given. One statement."""
    rows = [_row(one) for one in verdicts]
    VerdictSample.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return len(rows)


def _row(one: Verdict) -> VerdictSample:
    from flagging.measures.verdicts import BAD_VERSION, VerdictRow, judge, tells_of_translation

    said = VerdictRow(one.verdict, one.severity, one.reason, one.machine, one.edited)
    judged = judge(said)
    return VerdictSample(
        source=one.source, source_id=one.source_id, benchmark_id=one.benchmark_id, language_id=one.language,
        translation_version_id=one.translation_version_id, contributor_id=one.contributor_id, bad=judged.bad,
        definition=BAD_VERSION, why=judged.grounds[0] if judged.grounds else "",
        counts=tells_of_translation(said), offered=one.offered,
        hter=judged.hter if one.verdict in ("accept", "edit") else None, frame=one.frame, stratum=one.stratum,
        inclusion_probability=one.inclusion_probability, flags_shown=one.flags_shown, active_ms=one.active_ms,
        judged_at=one.judged_at,
    )  # fmt: skip


def withdraw_verdicts(*, source: str, source_ids: Sequence[int], now: datetime) -> int:
    """This function will have verdicts count no longer, and return how many did until now. One statement."""
    rows = VerdictSample.objects.filter(source=source, source_id__in=source_ids, withdrawn_at=None)
    return rows.update(withdrawn_at=now)


@transaction.atomic
def record_frames(*, benchmark: int, frames: Iterable[Frame]) -> None:
    """This function will keep how many translations each stratum of these queues holds now; a stratum of theirs that
    is not told holds none. Two statements."""
    # In one order: two that count the same queues at once would otherwise wait for each other.
    given = sorted(frames, key=lambda one: (one.name, one.language, one.stratum))
    SampleFrame.objects.bulk_create(
        [
            SampleFrame(
                benchmark_id=one.benchmark_id, language_id=one.language, name=one.name, stratum=one.stratum,
                size=one.size,
            )
            for one in given
        ],
        update_conflicts=True, unique_fields=["name", "language", "stratum"], update_fields=["size"],
    )  # fmt: skip
    there = SampleFrame.objects.filter(
        benchmark=benchmark,
        name__in={one.name for one in given},
        language__in={one.language for one in given},
    )
    named = {(one.name, one.language, one.stratum) for one in given}
    gone = [row.pk for row in there if (row.name, row.language_id, row.stratum) not in named]
    if gone:
        SampleFrame.objects.filter(pk__in=gone).update(size=0)
