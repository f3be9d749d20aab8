"""Reads of what people found: one verdict for each translation, and the sample that figures may be made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Avg, TextField
from django.db.models.functions import Cast, Length

from flagging.models import Fit, SampleFrame, Suspicion, VerdictSample

if TYPE_CHECKING:
    from flagging.measures.sample import Sample

FLAGGED, AUDIT, REST = "flagged", "audit", "rest"


@dataclass(frozen=True, slots=True)
class Labelled:
    """What is held of one translation: the settlement where there is one, else what most who judged it said.

    `ids` are the verdicts it is made of; `group` is the first who judged. `hter` is their mean, None without any.
    """

    ids: tuple[int, ...]
    version: int
    benchmark: int
    bad: bool
    hter: float | None
    group: int
    frame: str
    stratum: str
    flags_shown: bool


def standing_verdicts(workspace: int) -> dict[str, list[Labelled]]:
    """This function will return what is held of each judged translation, by language. One statement."""
    rows = (
        VerdictSample.objects.filter(benchmark__workspace=workspace, withdrawn_at=None, counts=True)
        .order_by("language", "translation_version", "pk")
        .only(
            "source", "translation_version_id", "benchmark_id", "language_id", "bad", "hter", "contributor_id",
            "frame", "stratum", "flags_shown",
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
        flags_shown=first.flags_shown,
    )


@dataclass(frozen=True)
class Drawn:
    """A language's verdicts as a sample: the rows that had a draw, and how they were drawn.

    `audited` and `unflagged` count, over all queues, the audit's verdicts and what they were drawn from.
    """

    rows: tuple[Labelled, ...] = ()
    inclusion: tuple[float, ...] = ()
    suspicion: tuple[float, ...] = ()
    lengths: tuple[int, ...] = ()
    audited: int = 0
    unflagged: int = 0
    flagged: int = 0
    flagged_read: int = 0
    sizes: Mapping[str, int] = field(default_factory=dict)

    def as_sample(self) -> Sample:
        """This function will return the sample as `flagging.measures` reads it."""
        from flagging.measures.sample import sample

        return sample(
            self.suspicion,
            [row.bad for row in self.rows],
            inclusion=self.inclusion,
            groups=[row.group for row in self.rows],
            lengths=self.lengths,
        )


def drawn(language: str, verdicts: Sequence[Labelled]) -> Drawn:
    """This function will return the sample of a language. Three statements.

    The audit stands for all that is not flagged: each of its verdicts with the share of those that was judged. The
    flagged stand for themselves, as far as they were read. What was read worst first of the rest had no draw and is
    left out; so is what no pass has looked at, or only one whose head had seen the verdict.
    """
    sizes = _sizes(language, {row.frame for row in verdicts})
    suspicion = _suspicion(language, verdicts)
    usable = [row for row in verdicts if row.version in suspicion and row.stratum in (FLAGGED, AUDIT)]
    audited: dict[str, int] = defaultdict(int)
    for row in usable:
        audited[row.frame] += row.stratum == AUDIT
    lengths = _lengths([row.version for row in usable])
    unflagged = {frame: sizes[frame].get(AUDIT, 0) + sizes[frame].get(REST, 0) for frame in sizes}
    return Drawn(
        rows=tuple(usable),
        inclusion=tuple(
            1.0 if row.stratum == FLAGGED else min(1.0, audited[row.frame] / max(1, unflagged[row.frame]))
            for row in usable
        ),
        suspicion=tuple(suspicion[row.version] for row in usable),
        lengths=tuple(lengths[row.version] for row in usable),
        audited=sum(audited.values()),
        unflagged=sum(unflagged.values()),
        flagged=sum(size.get(FLAGGED, 0) for size in sizes.values()),
        flagged_read=sum(row.stratum == FLAGGED for row in usable),
    )


def _sizes(language: str, frames: Iterable[str]) -> dict[str, dict[str, int]]:
    sizes: dict[str, dict[str, int]] = {frame: {} for frame in frames}
    for row in SampleFrame.objects.filter(language=language, name__in=list(sizes)):
        sizes[row.name][row.stratum] = row.size
    return sizes


def _suspicion(language: str, verdicts: Sequence[Labelled]) -> dict[int, float]:
    """By version, the suspicion of the latest finished pass whose head had not seen the version's verdicts."""
    ids = {row.version: set(row.ids) for row in verdicts}
    seen = {
        fit.pk: set(fit.verdict_ids)
        for fit in Fit.objects.filter(language=language, kind=Fit.Kind.HEAD).only("verdict_ids")
    }
    rows = (
        Suspicion.objects.filter(translation_version__in=ids, model_pass__finished_at__isnull=False)
        .order_by("-model_pass")
        .values_list("translation_version", "value", "model_pass__fits__head")
    )
    found: dict[int, float] = {}
    for version, value, head in rows.iterator(chunk_size=5000):
        if version not in found and not (ids[version] & seen.get(head, set())):
            found[version] = value
    return found


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
