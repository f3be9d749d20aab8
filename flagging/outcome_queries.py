"""Reads of what a pass ran on and what came of it, for its page: builds, devices, fits, shares won by systems."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext

from flagging.catalogue import title_of_scorer
from flagging.measures.arbiter import Share, shares_won
from flagging.models import Chunk, Fit, ModelPass, Score, ScorerBuild
from flagging.progress_queries import MOST_GROUPS, without_numbers


@dataclass(frozen=True, slots=True)
class Run:
    """One scorer as it ran in a pass: its build, and how many texts it could read in part only, or not score."""

    title: str
    build: ScorerBuild
    texts: int
    truncated: int
    unscored: int

    @property
    def libraries(self) -> str:
        """The libraries that took part in its values, with their versions."""
        return " ".join(
            f"{name} {version}" for name, version in self.build.about.get("libraries", {}).items()
        )


def runs_of(model_pass: ModelPass) -> list[Run]:
    """This function will return the builds of the scorers of a pass with the count of their texts. Two statements."""
    rows = list(
        _whole_items(model_pass)
        .values("detector", "build")
        .annotate(
            texts=Count("pk"), truncated=Count("pk", filter=Q(truncated=True)),
            unscored=Count("pk", filter=Q(value=None)),
        )
        .order_by("detector", "build")
    )  # fmt: skip
    builds = ScorerBuild.objects.in_bulk([row["build"] for row in rows])
    return [
        Run(
            title_of_scorer(row["detector"]),
            builds[row["build"]],
            row["texts"],
            row["truncated"],
            row["unscored"],
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Unscored:
    """A reason why texts could not be scored, by which scorer, and how many."""

    title: str
    reason: str
    texts: int


def unscored(model_pass: ModelPass) -> list[Unscored]:
    """This function will return why texts of a pass have no score, the most frequent first. One statement."""
    rows = (
        _whole_items(model_pass)
        .filter(value=None)
        .annotate(alike=without_numbers("note"))
        .values("detector", "alike")
        .annotate(reason=Min("note"), texts=Count("pk"))
        .order_by("-texts", "detector", "reason")
    )
    return [
        Unscored(
            title_of_scorer(row["detector"]), gettext(row["reason"]) if row["reason"] else "", row["texts"]
        )
        for row in rows[:MOST_GROUPS]
    ]


def _whole_items(model_pass: ModelPass) -> QuerySet[Score]:
    return Score.objects.filter(model_pass=model_pass, field="").order_by()


def devices_of(model_pass: ModelPass) -> list[str]:
    """This function will return the devices that scored texts of a pass. One statement."""
    rows = model_pass.chunks.filter(kind=Chunk.Kind.SCORES, done_at__isnull=False).exclude(device="")
    return list(rows.order_by("device").values_list("device", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class FitUsed:
    """What was learned from verdicts and counts in a pass, with the sentence that says what it is worth."""

    kind: str
    sentence: str
    verdicts: int
    fitted_at: datetime


def fits_of(model_pass: ModelPass) -> list[FitUsed]:
    """This function will return the fits that count in a pass. One statement."""
    rows = Fit.objects.filter(pk__in=model_pass.fits.values()).order_by("kind")
    return [
        FitUsed(row.get_kind_display(), _sentence(row.report), len(row.verdict_ids), row.fitted_at)
        for row in rows
    ]


def _sentence(report: dict[str, Any]) -> str:
    """The report's own words: a template marked for translation with its figures, or a plain sentence."""
    said = report.get("trust", report)
    if template := said.get("template"):
        return str(gettext(template) % said.get("params", {}))
    return str(said.get("sentence", ""))


@dataclass(frozen=True, slots=True)
class SystemShare:
    """How often one system's translation is offered first, and in how many of these nothing told it from the next."""

    system: str
    share: Share
    tied: int

    @property
    def percent(self) -> float:
        """The share in per cent."""
        return 100 * self.share.share


def system_shares(model_pass: ModelPass) -> list[SystemShare]:
    """This function will return the share of items each system won in a pass, those that won none too. One
    statement."""
    system = "translation_version__translation__system"
    rows = {
        row[system]: row
        for row in model_pass.candidates.order_by()
        .values(system)
        .annotate(won=Count("pk", filter=Q(place=1)), tied=Count("pk", filter=Q(place=1, tied=True)))
        .order_by("-won", system)
    }
    language = model_pass.language_id
    shares = shares_won((language, name) for name, row in rows.items() for _ in repeat(None, row["won"])).get(
        language, {}
    )
    items = sum(row["won"] for row in rows.values())
    return [
        SystemShare(name, shares.get(name, Share(0, items)), row["tied"])
        for name, row in rows.items()
        if items
    ]
