"""Source texts that annotators called wrong: one report an item version, with everybody who said so."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from annotation.models import Annotation, SourceReport
from people.models import Contributor, Role
from review.cases import Field, fields_of
from review.permissions import SEEING

PAGE = 25
_SALT = "review.reports"
# Newest first; what was reported in one instant goes by item and benchmark.
_ORDER = ("reported_at", "item_version__item__external_id", "item_version__item__benchmark__slug")


@dataclass(frozen=True, slots=True)
class Report:
    """A report and the judgements behind it, taken back ones left out; `replaced` once the source is mended."""

    report: SourceReport
    said: tuple[Annotation, ...]
    replaced: bool

    @property
    def languages(self) -> tuple[str, ...]:
        """This function will return the tags of the languages in which it was said, in order."""
        return tuple(sorted({one.slot.language_id for one in self.said}))

    @property
    def fields(self) -> tuple[Field, ...]:
        """This function will return the source's fields in order."""
        version = self.report.item_version
        return fields_of(version.item.benchmark.item_type, version, {})


def source_reports(
    contributor: Contributor, cursor: str = "", *, limit: int = PAGE
) -> tuple[list[Report], str]:
    """This function will return a page of reports from the workspaces that `contributor` manages or reviews in,
    and the cursor of the next page ("" at the end). Two statements.

    Raises `signing.BadSignature` for a cursor that was not given out here.
    """
    reports = _seen(contributor).order_by(*(f"-{name}" for name in _ORDER))
    if cursor:
        reports = reports.filter(_after(signing.loads(cursor, salt=_SALT)))
    found = list(reports[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    said = _said(found)
    page = [
        Report(one, tuple(said[one.item_version_id]), item.current_version_id != one.item_version_id)
        for one in found
        for item in [one.item_version.item]
    ]
    return page, _cursor(found[-1]) if more else ""


def _seen(contributor: Contributor) -> QuerySet[SourceReport]:
    roles = Role.objects.filter(
        workspace=OuterRef("item_version__item__benchmark__workspace"),
        contributor=contributor,
        name__in=SEEING,
        withdrawn_at=None,
    )
    return SourceReport.objects.filter(Exists(roles)).select_related("item_version__item__benchmark")


def _said(reports: list[SourceReport]) -> dict[int, list[Annotation]]:
    """A judgement made stale by a new text was never taken back: the report rests on it."""
    standing = Q(corrected_by=None) | Q(corrected_by__retraction=Annotation.Retraction.STALE)
    judgements = (
        Annotation.objects.filter(
            standing, reason="source_wrong", item_version__in=[one.item_version_id for one in reports]
        )
        .select_related("slot", "contributor")
        .order_by(F("submitted_at"), F("pk"))
    )
    said: dict[int, list[Annotation]] = defaultdict(list)
    for judgement in judgements:
        said[judgement.item_version_id].append(judgement)
    return said


def _cursor(report: SourceReport) -> str:
    item = report.item_version.item
    place = [report.reported_at.isoformat(), item.external_id, item.benchmark.slug]
    return signing.dumps(place, salt=_SALT)


def _after(place: list[str]) -> Q:
    at, *rest = place
    values = (datetime.fromisoformat(at), *rest)
    beyond = Q()
    for count, (name, value) in enumerate(zip(_ORDER, values, strict=True)):
        same = dict(zip(_ORDER[:count], values[:count], strict=True))
        beyond |= Q(**same, **{f"{name}__lt": value})
    return beyond
