"""Reads of passes and flags."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from corpus.models import ItemVersion, TranslationVersion
from flagging.checks import by_name, summarise_one_for_many
from flagging.checks.whole_set import MANY_SOURCES, OneForMany, OneForManySummary
from flagging.models import MOST_ATTEMPTS, Flag, ModelPass, Suspicion
from people.models import Contributor
from people.queries import managed_workspaces

SEVERITY_ORDER = {"broken": 0, "suspect": 1, "notice": 2}


@dataclass(frozen=True, slots=True)
class FlagView:
    """A flag as a page shows it: the detector's title, its sentence of evidence, and spans in the texts."""

    detector: str
    title: str
    severity: str
    field: str
    evidence: str
    spans: tuple[dict[str, Any], ...]
    on_source: bool


def latest_pass_over(version: OuterRef) -> QuerySet[Suspicion, Any]:
    """This function will return, for a subquery, the latest finished pass over a translation's version."""
    rows = Suspicion.objects.filter(translation_version=version, model_pass__finished_at__isnull=False)
    return rows.order_by("-model_pass").values("model_pass")[:1]


def current_flags(
    *, translation_versions: Collection[int] = (), item_versions: Collection[int] = ()
) -> QuerySet[Flag]:
    """This function will return the flags that the latest passes put on these versions. One statement."""
    on_translations = Q(
        translation_version__in=translation_versions,
        model_pass=Subquery(latest_pass_over(OuterRef("translation_version"))),
    )
    # A pass over the source language reads all of it.
    on_items = Q(item_version__in=item_versions, model_pass=Subquery(_latest_source_pass()))
    return Flag.objects.filter(
        (on_translations if translation_versions else Q(pk=None))
        | (on_items if item_versions else Q(pk=None))
    )


def _latest_source_pass() -> QuerySet[ModelPass, Any]:
    passes = ModelPass.objects.filter(
        benchmark=OuterRef("item_version__item__benchmark"),
        language=F("benchmark__source_language"),
        finished_at__isnull=False,
    )
    return passes.order_by("-pk").values("pk")[:1]


def flags_of(
    *,
    translation_version: TranslationVersion | None,
    item_version: ItemVersion | None,
    weights: Mapping[str, str] | None = None,
) -> tuple[FlagView, ...]:
    """This function will return the flags that the latest passes put on these texts, worst first. One statement.

    `weights` are severities by detector in place of the checks' own, "silent" for none to be shown.
    """
    weights = weights or {}
    flags = current_flags(
        translation_versions=[translation_version.pk] if translation_version else [],
        item_versions=[item_version.pk] if item_version else [],
    ).order_by("id")
    views = [replace(one, severity=weights.get(one.detector, one.severity)) for one in map(view_of, flags)]
    shown = [one for one in views if one.severity in SEVERITY_ORDER]
    return tuple(sorted(shown, key=lambda flag: SEVERITY_ORDER[flag.severity]))


def view_of(flag: Flag) -> FlagView:
    """This function will return a flag in words, in the language of the page."""
    check = by_name(flag.detector)
    # Quoted texts may run the other way: each is isolated from the sentence around it.
    params = {
        name: f"\u2068{value}\u2069" if isinstance(value, str) else value
        for name, value in flag.params.items()
    }
    return FlagView(
        flag.detector,
        gettext(check.title),
        flag.severity,
        flag.field,
        gettext(check.message) % params,
        tuple(flag.spans),
        flag.item_version_id is not None,
    )


@dataclass(frozen=True, slots=True)
class PassProgress:
    """How far a pass is, in chunks."""

    chunks: int
    done: int
    failed: int

    @property
    def waiting(self) -> int:
        """This function will return how many chunks are still to be done."""
        return self.chunks - self.done - self.failed

    @property
    def tenths(self) -> int:
        """This function will return the tenths of the pass that are done."""
        return self.done * 10 // self.chunks if self.chunks else 10


def pass_progress(model_pass: ModelPass) -> PassProgress:
    """This function will count the chunks of a pass. One statement."""
    return PassProgress(
        **model_pass.chunks.aggregate(
            chunks=Count("id"),
            done=Count("id", filter=Q(done_at__isnull=False)),
            failed=Count("id", filter=Q(done_at=None, attempts__gte=MOST_ATTEMPTS)),
        )
    )


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """What one detector found: its title and how many texts it flagged."""

    detector: str
    title: str
    severity: str
    texts: int


def finding_groups(model_pass: ModelPass) -> list[FindingGroup]:
    """This function will count the texts that each detector of a pass flagged, worst and most first. One statement."""
    counted = (
        model_pass.flags.order_by()
        .values("detector", "severity")
        .annotate(texts=Count(Coalesce("translation_version", "item_version"), distinct=True))
    )
    groups = [
        FindingGroup(row["detector"], title_of(row["detector"]), row["severity"], row["texts"])
        for row in counted
    ]
    return sorted(groups, key=lambda group: (SEVERITY_ORDER[group.severity], -group.texts))


def title_of(detector: str) -> str:
    """This function will return a detector's title in the language of the page; its name where it is gone."""
    try:
        return gettext(by_name(detector).title)
    except KeyError:
        return detector


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding with the text it is about; `cursor` continues the list after it."""

    cursor: int
    external_id: str
    system: str
    flag: FlagView
    source: str
    target: str


def findings(model_pass: ModelPass, detector: str, *, after: int = 0, limit: int = 50) -> list[FindingView]:
    """This function will return what a detector found, in the order of the items, from cursor `after` on.

    One statement.
    """
    flags = (
        model_pass.flags.filter(detector=detector, pk__gt=after)
        .select_related(
            "translation_version__translation__item",
            "translation_version__item_version",
            "item_version__item",
        )
        .order_by("pk")[:limit]
    )
    return [_finding_view(flag) for flag in flags]


def _finding_view(flag: Flag) -> FindingView:
    if flag.item_version is not None:
        source = flag.item_version.fields.get(flag.field, "")
        return FindingView(flag.pk, flag.item_version.item.external_id, "", view_of(flag), source, "")
    assert flag.translation_version is not None  # a constraint: a flag is on one of the two
    version = flag.translation_version
    item = version.translation.item
    return FindingView(
        flag.pk, item.external_id, version.translation.system, view_of(flag),
        version.item_version.fields.get(flag.field, ""), version.fields.get(flag.field, ""),
    )  # fmt: skip


def one_for_many_summaries(model_pass: ModelPass) -> list[tuple[str, OneForManySummary]]:
    """This function will sum up, for each system, split and field, in how many rows one text stands for three or
    more sources; each with the name of its set. One statement, and one a summary."""
    flags = model_pass.flags.filter(detector=OneForMany.name, params__sources__gte=MANY_SOURCES)
    system, split = (
        "translation_version__translation__system",
        "translation_version__translation__item__split",
    )
    keys = flags.order_by(system, split, "field").values_list(system, split, "field").distinct()
    return [
        (f"{key[0]} {key[1]}", summarise_one_for_many(
            flags.filter(**dict(zip((system, split, "field"), key, strict=True))).values_list("params", flat=True),
            field=key[2],
        ))
        for key in keys
    ]  # fmt: skip


def summary_lines(model_pass: ModelPass) -> list[str]:
    """This function will return what a pass found, a line each, the whole-set findings last."""
    lines = [
        f"  {group.texts:>7,}  {group.severity:<8} {group.title}" for group in finding_groups(model_pass)
    ]
    return [
        *(lines or ["  nothing found"]),
        *(f"{name}: {summary}" for name, summary in one_for_many_summaries(model_pass)),
    ]


def passes_of(contributor: Contributor) -> QuerySet[ModelPass]:
    """This function will return the passes in workspaces that `contributor` manages, newest first. One statement."""
    return (
        ModelPass.objects.filter(benchmark__workspace__in=managed_workspaces(contributor))
        .select_related("benchmark", "language", "requested_by__user")
        .order_by("-id")
    )
