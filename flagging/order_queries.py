"""Reads for ordering a model pass: what can be ordered, over how many translations, and how long it may take."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median

from django.db.models import Count, F, Func, IntegerField, Q, QuerySet

from corpus.models import Benchmark, Item, Origin, Translation
from flagging.models import Chunk, LicenceAcceptance
from people.models import Contributor
from people.queries import managed_workspaces

# As many chunks tell how fast a scorer is; the first ones, which also load the model, do not move their median.
LATEST_CHUNKS = 50


def managed_benchmarks(contributor: Contributor) -> QuerySet[Benchmark]:
    """This function will return the benchmarks of the workspaces that `contributor` manages, by name. One statement."""
    rows = Benchmark.objects.filter(workspace__in=managed_workspaces(contributor))
    return rows.select_related("workspace").order_by("name", "pk")


@dataclass(frozen=True, slots=True)
class Translated:
    """A language that a benchmark is translated into: its tag, translations, and systems."""

    tag: str
    texts: int
    systems: int


def translated_languages(benchmark: Benchmark) -> list[Translated]:
    """This function will return the languages whose translations a pass can be about. One statement."""
    rows = (
        _translations(benchmark)
        .order_by("language")
        .values_list("language")
        .annotate(texts=Count("pk"), systems=Count("system", distinct=True))
    )
    return [Translated(tag, texts, systems) for tag, texts, systems in rows]


def systems_of(benchmark: Benchmark, languages: Collection[str]) -> list[str]:
    """This function will return the systems that translated a benchmark into these languages. One statement."""
    rows = _translations(benchmark).filter(language__in=languages)
    return list(rows.order_by("system").values_list("system", flat=True).distinct())


def set_sizes(
    benchmark: Benchmark, languages: Collection[str], item_ids: Collection[int] | None
) -> list[tuple[str, str, str, int, int]]:
    """This function will return (language, system, split, translations, those of the items) of every set, in that
    order. One statement."""
    wanted = Q() if item_ids is None else Q(item__in=item_ids)
    rows = (
        _translations(benchmark)
        .filter(language__in=languages)
        .order_by("language", "system", "item__split")
        .values_list("language", "system", "item__split")
        .annotate(whole=Count("pk"), wanted=Count("pk", filter=wanted))
    )
    return list(rows)


def _translations(benchmark: Benchmark) -> QuerySet[Translation]:
    # Their texts are not in the language they are filed under: no pass reads them.
    return Translation.objects.filter(item__benchmark=benchmark).exclude(origin=Origin.BACK_TRANSLATION)


def ids_of_items(benchmark: Benchmark, external_ids: Collection[str]) -> dict[str, int]:
    """This function will return {published id: id} of those items that there are. One statement."""
    rows = Item.objects.filter(benchmark=benchmark, external_id__in=external_ids)
    return dict(rows.values_list("external_id", "pk"))


def accepted_scorers(benchmark: Benchmark) -> set[str]:
    """This function will return the scorers whose licence is accepted where the benchmark is. One statement."""
    rows = LicenceAcceptance.objects.filter(workspace=benchmark.workspace_id, withdrawn_at=None)
    return set(rows.values_list("detector", flat=True))


@dataclass(frozen=True, slots=True)
class Speed:
    """Texts a second that one chunk at a time went through a scorer, and on which device."""

    texts_a_second: float
    device: str


def speed_of(scorer: str) -> Speed | None:
    """This function will return how fast a scorer was on the device it last ran on, by the median of its latest
    chunks; None where none was timed. One statement."""
    rows = (
        Chunk.objects.filter(detector=scorer, done_at__isnull=False, seconds__gt=0)
        .annotate(new=cardinality("version_ids") - F("reused"))
        .filter(new__gt=0)
        .order_by("-done_at")
        .values_list("new", "seconds", "device")
    )
    timed = list(rows[:LATEST_CHUNKS])
    if not timed:
        return None
    device = timed[0][2]
    return Speed(median(new / seconds for new, seconds, on in timed if on == device), device)


def cardinality(name: str) -> Func:
    """This function will return, for a query, the length of an array's column, 0 of an empty one."""
    return Func(F(name), function="CARDINALITY", output_field=IntegerField())


def unknown_lines(lines: Sequence[str], known: Collection[str]) -> list[tuple[int, str]]:
    """This function will return (number, text) of each line that names no item. No statement."""
    return [(number, line) for number, line in enumerate(lines, start=1) if line and line not in known]
