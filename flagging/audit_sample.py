"""Reads of what people found: one verdict for each translation, and the sample that figures may be made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import Avg, Count, Q, TextField
from django.db.models.functions import Cast, Length

from flagging.models import Fit, SampleFrame, Suspicion, VerdictSample
from flagging.suspicion import BROKEN

if TYPE_CHECKING:
    from flagging.measures.sample import Sample
    from flagging.measures.sampling import Pull

FLAGGED, AUDIT, REST = "flagged", "audit", "rest"
# More than any suspicion.
BROKEN_FIRST = 10.0


@dataclass(frozen=True, slots=True)
class Labelled:
    """What is held of one translation: the settlement where there is one, else what most who judged it said.

    `ids` are the verdicts it is made of; `group` is the first who judged. `hter` is their mean, None without any.
    `offered`: its task offered it first; another system's is judged only where somebody preferred it.
    """

    ids: tuple[int, ...]
    version: int
    benchmark: int
    bad: bool
    hter: float | None
    group: int
    frame: str
    stratum: str
    offered: bool


def standing_verdicts(workspace: int) -> dict[str, list[Labelled]]:
    """This function will return what is held of each judged translation, by language. One statement."""
    rows = (
        VerdictSample.objects.filter(benchmark__workspace=workspace, withdrawn_at=None, counts=True)
        .order_by("language_id", "translation_version_id", "pk")
        .only(
            "source", "translation_version_id", "benchmark_id", "language_id", "bad", "hter", "contributor_id",
            "frame", "stratum", "offered",
        )
    )  # fmt: skip
    grouped: dict[tuple[str, int], list[VerdictSample]] = defaultdict(list)
    for row in rows:
        grouped[row.language_id, row.translation_version_id].append(row)
    found: dict[str, list[Labelled]] = defaultdict(list)
    for (language, _), of_version in grouped.items():
        found[language].append(_labelled(of_version))
    return dict(found)


def _labelled(rows: Sequence[VerdictSample]) -> Labelled:
    settled = [row for row in rows if row.source == VerdictSample.Source.SETTLEMENT]
    heard = settled[-1:] or rows
    rates = [row.hter for row in heard if row.hter is not None]
    first = rows[0]
    return Labelled(
        ids=tuple(row.pk for row in rows),
        version=first.translation_version_id,
        benchmark=first.benchmark_id,
        bad=2 * sum(row.bad for row in heard) >= len(heard),
        hter=sum(rates) / len(rates) if rates else None,
        group=heard[0].contributor_id,
        frame=first.frame,
        stratum=first.stratum,
        offered=first.offered,
    )


@dataclass(frozen=True)
class Drawn:
    """A language's verdicts as a sample: the rows that had a draw, and how they were drawn.

    `broken`: a check says so, and the row is read before all that are not. `audited` and `unflagged` count, over all
    queues, the audit's verdicts and what they were drawn from; `rest_read` and `rest_bad` the verdicts of the others
    that are not flagged, which had no draw.
    """

    rows: tuple[Labelled, ...] = ()
    inclusion: tuple[float, ...] = ()
    suspicion: tuple[float, ...] = ()
    broken: tuple[bool, ...] = ()
    lengths: tuple[int, ...] = ()
    audited: int = 0
    unflagged: int = 0
    flagged: int = 0
    flagged_read: int = 0
    rest_read: int = 0
    rest_bad: int = 0

    def as_sample(self) -> Sample:
        """This function will return the sample by the index that a calibration turns into a probability."""
        return self._sample(self.suspicion)

    def in_order_of_review(self) -> Sample:
        """This function will return the sample by its place in a queue: what is broken before all else."""
        return self._sample(
            [value + BROKEN_FIRST * broken for value, broken in zip(self.suspicion, self.broken, strict=True)]
        )

    def _sample(self, suspicion: Sequence[float]) -> Sample:
        from flagging.measures.sample import sample

        return sample(
            suspicion,
            [row.bad for row in self.rows],
            inclusion=self.inclusion,
            groups=[row.group for row in self.rows],
            lengths=self.lengths,
        )

    def bad_in(self, stratum: str) -> int:
        """This function will return how many verdicts of a stratum are bad."""
        return sum(row.bad for row in self.rows if row.stratum == stratum)


def drawn(language: str, verdicts: Sequence[Labelled]) -> Drawn:
    """This function will return the sample of a language. Five statements.

    The audit stands for all that is not flagged: each of its verdicts with the share of those that was judged. Where
    all the others were judged too, they stand beside it. The flagged stand for themselves, as far as they were read.
    One of the audit that the latest pass flags stands among the flagged. What was read worst first of the rest is left
    out; so is what no pass has looked at, or only one whose head had seen a verdict on the translation, and what was
    judged in place of the translation that the task offered.
    """
    sizes = _sizes(language, {row.frame for row in verdicts})
    places, flagged_now = _places(language, verdicts)
    offered = [row for row in verdicts if row.offered]
    rest = [row for row in offered if row.stratum == REST]
    whole = {
        frame for frame, size in sizes.items() if sum(row.frame == frame for row in rest) >= size.get(REST, 0)
    }
    usable = [
        replace(row, stratum=stratum)
        for row in offered
        if row.version in places and (stratum := _stratum(row, row.version in flagged_now, whole))
    ]
    audited: dict[str, int] = defaultdict(int)
    for row in usable:
        audited[row.frame] += row.stratum == AUDIT
    lengths = _lengths([row.version for row in usable])
    left_out = [row for row in rest if row.frame not in whole]
    unflagged = {frame: size.get(AUDIT, 0) + size.get(REST, 0) for frame, size in sizes.items()}
    return Drawn(
        rows=tuple(usable),
        inclusion=tuple(
            1.0 if row.stratum == FLAGGED else min(1.0, audited[row.frame] / max(1, unflagged[row.frame]))
            for row in usable
        ),
        suspicion=tuple(places[row.version][1] for row in usable),
        broken=tuple(places[row.version][0] == BROKEN for row in usable),
        lengths=tuple(lengths[row.version] for row in usable),
        audited=sum(audited.values()),
        unflagged=sum(unflagged.values()),
        flagged=sum(size.get(FLAGGED, 0) for size in sizes.values()),
        flagged_read=sum(row.stratum == FLAGGED for row in usable),
        rest_read=len(left_out),
        rest_bad=sum(row.bad for row in left_out),
    )


def _stratum(row: Labelled, flagged: bool, whole: Collection[str]) -> str:
    """What a verdict stands for; empty where it had no draw."""
    if row.stratum == REST and row.frame not in whole:
        return ""
    return FLAGGED if flagged or row.stratum == FLAGGED else AUDIT


def _sizes(language: str, frames: Iterable[str]) -> dict[str, dict[str, int]]:
    sizes: dict[str, dict[str, int]] = {frame: {} for frame in frames}
    for row in SampleFrame.objects.filter(language=language, name__in=list(sizes)):
        sizes[row.name][row.stratum] = row.size
    return sizes


def _places(language: str, verdicts: Sequence[Labelled]) -> tuple[dict[int, tuple[int, float]], set[int]]:
    """By version, tier and suspicion of the latest finished pass whose head had not seen a verdict on the
    translation, not even one that was taken back since or was on another version of it; and the versions that the
    latest finished pass of all has flagged."""
    benchmarks = {row.benchmark for row in verdicts}
    known = list(
        VerdictSample.objects.filter(language=language, benchmark__in=benchmarks).values_list(
            "pk", "translation_version", "translation_version__translation"
        )
    )
    judged = {pk: translation for pk, _, translation in known}
    translation_of = {version: translation for _, version, translation in known}
    heads = Fit.objects.filter(language=language, kind=Fit.Kind.HEAD, switched_on=True)
    seen = {
        pk: {judged[verdict] for verdict in ids if verdict in judged}
        for pk, ids in heads.values_list("pk", "verdict_ids")
    }
    rows = (
        Suspicion.objects.filter(
            translation_version__in=[row.version for row in verdicts], model_pass__finished_at__isnull=False
        )
        .order_by("-model_pass")
        .values_list("translation_version", "tier", "value", "by_model", "model_pass__fits__head")
    )
    found: dict[int, tuple[int, float]] = {}
    looked_at: set[int] = set()
    flagged: set[int] = set()
    for version, tier, value, by_model, head in rows.iterator(chunk_size=5000):
        if version not in looked_at and (tier or by_model):
            flagged.add(version)
        looked_at.add(version)
        if version not in found and translation_of[version] not in seen.get(head, ()):
            found[version] = tier, value
    return found, flagged


def _lengths(versions: Sequence[int]) -> dict[int, int]:
    from corpus.models import TranslationVersion

    size = Length(Cast("fields", TextField()))
    rows = TranslationVersion.objects.filter(pk__in=versions).values_list("pk", size)
    return dict(rows)


def all_suspicions(workspace: int, language: str) -> list[float]:
    """This function will return the suspicion of every translation of a language by the latest pass over it. One
    statement."""
    rows = (
        Suspicion.objects.filter(
            model_pass__benchmark__workspace=workspace, model_pass__language=language,
            model_pass__finished_at__isnull=False,
        )
        .order_by("translation_version", "-model_pass")
        .distinct("translation_version")
    )  # fmt: skip
    return list(rows.values_list("value", flat=True))


def seconds_each(workspace: int, language: str) -> float | None:
    """This function will return the mean active time of a judgement in seconds, None where none was timed. One
    statement."""
    timed = VerdictSample.objects.filter(benchmark__workspace=workspace, language=language, active_ms__gt=0)
    mean = timed.aggregate(mean=Avg("active_ms"))["mean"]
    return None if mean is None else mean / 1000


def pulls(workspace: int) -> dict[str, Pull]:
    """This function will return by language how often a flagged translation is found bad with its flags shown, and
    with them hidden. One statement; every judgement counts by itself."""
    from flagging.measures.sampling import Arm, pull_of_flags

    counted = (
        VerdictSample.objects.filter(
            benchmark__workspace=workspace, withdrawn_at=None, counts=True, stratum=FLAGGED,
            source=VerdictSample.Source.JUDGEMENT,
        )
        .values_list("language", "flags_shown")
        .annotate(items=Count("pk"), hits=Count("pk", filter=Q(bad=True)))
        .order_by()
    )  # fmt: skip
    arms = {(language, shown): Arm(items, hits) for language, shown, items, hits in counted}
    none = Arm(0, 0)
    return {
        language: pull_of_flags(arms.get((language, True), none), arms.get((language, False), none))
        for language, _ in arms
    }
