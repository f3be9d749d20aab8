"""Reads of passes and flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q, QuerySet

from corpus.models import ItemVersion, TranslationVersion
from flagging.checks import by_name, evidence
from flagging.models import Flag, ModelPass

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


def latest_passes() -> QuerySet[ModelPass]:
    """This function will return the latest finished pass of each benchmark and language."""
    latest = (
        ModelPass.objects.filter(finished_at__isnull=False)
        .values("benchmark", "language")
        .annotate(latest=Max("id"))
        .values("latest")
    )
    return ModelPass.objects.filter(pk__in=latest)


def flags_of(
    *, translation_version: TranslationVersion | None, item_version: ItemVersion | None
) -> tuple[FlagView, ...]:
    """This function will return the flags that the latest passes put on these texts, worst first. One statement."""
    flags = Flag.objects.filter(
        Q(translation_version=translation_version, translation_version__isnull=False)
        | Q(item_version=item_version, item_version__isnull=False),
        model_pass__in=latest_passes(),
    ).order_by("id")
    return tuple(sorted(map(view_of, flags), key=lambda flag: SEVERITY_ORDER[flag.severity]))


def view_of(flag: Flag) -> FlagView:
    """This function will return a flag in words."""
    return FlagView(
        flag.detector,
        str(by_name(flag.detector).title),
        flag.severity,
        flag.field,
        evidence(flag.detector, flag.params),
        tuple(flag.spans),
        flag.item_version_id is not None,
    )
