"""What a release tells of the checks behind it: which passes, by which models, and what its campaign weighed otherwise.

Kept with the release when it is made: later passes and settings change nothing about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Count, OuterRef, Subquery

from annotation.models import Campaign, CampaignLanguage, CheckSetting
from common.languages import find
from corpus.models import Translation
from flagging.checks import by_name
from flagging.models import Fit, ModelPass, Score, ScorerBuild
from flagging.queries import latest_pass_over


def checking(campaign: Campaign, languages: Sequence[CampaignLanguage]) -> list[dict[str, Any]]:
    """This function will return, for the source language and each language of the campaign, the passes that the flags
    in its rows come from, the checks that weigh otherwise, and how far the figures can be trusted.

    Six statements a language, plain JSON.
    """
    settings = list(CheckSetting.objects.filter(campaign=campaign).order_by("detector", "language"))
    source = campaign.benchmark.source_language_id
    told = [_language(campaign, source, _source_passes(campaign), settings)]
    for line in languages:
        told.append(_language(campaign, line.language_id, _passes(campaign, line), settings))
    return told


def _language(
    campaign: Campaign, tag: str, texts: dict[int, int], settings: Iterable[CheckSetting]
) -> dict[str, Any]:
    passes = ModelPass.objects.in_bulk(texts)
    return {
        "language": find(tag).export_name,
        "passes": [_pass(passes[pk], count) for pk, count in sorted(texts.items())],
        "weighed": list(_weighed(tag, settings)),
        "trust": None if tag == campaign.benchmark.source_language_id else trust_of(campaign, tag),
    }


NO_EVIDENCE = "No evidence yet: nothing has been learned from verdicts in this language."


def trust_of(campaign: Campaign, language: str) -> str:
    """This function will return, in English, how far the order of suspicion can be trusted in a language, as it was
    last learned from verdicts. One statement."""
    fits = Fit.objects.filter(workspace=campaign.workspace_id, language=language, kind=Fit.Kind.CALIBRATION)
    latest = fits.order_by("-pk").first()
    return NO_EVIDENCE if latest is None else str(latest.report["trust"]["sentence"])


def _passes(campaign: Campaign, line: CampaignLanguage) -> dict[int, int]:
    """By pass, of how many texts it is the latest."""
    rows = (
        Translation.objects.filter(
            item__benchmark=campaign.benchmark_id,
            language=line.language_id,
            system__in=line.systems or [line.system],
        )
        .annotate(latest=Subquery(latest_pass_over(OuterRef("current_version"))))
        .exclude(latest=None)
        .order_by()
        .values_list("latest")
        .annotate(Count("pk"))
    )
    return dict(rows)


def _source_passes(campaign: Campaign) -> dict[int, int]:
    """A pass over the source language reads all of it."""
    latest = (
        ModelPass.objects.filter(
            benchmark=campaign.benchmark_id,
            language=campaign.benchmark.source_language_id,
            finished_at__isnull=False,
        )
        .order_by("-pk")
        .first()
    )
    return {} if latest is None else {latest.pk: campaign.benchmark.items.count()}


def _pass(found: ModelPass, texts: int) -> dict[str, Any]:
    builds = ScorerBuild.objects.filter(
        pk__in=Score.objects.filter(model_pass=found).values("build").distinct()
    )
    fits = Fit.objects.filter(pk__in=found.fits.values()).order_by("kind", "pk")
    return {
        "id": str(found.public_id),
        "finished_at": found.finished_at.isoformat() if found.finished_at else "",
        "texts": texts,
        "detectors": dict(sorted(found.detectors.items())),
        "scorers": [_build(one) for one in builds.order_by("detector", "pk")],
        "fits": [{"kind": fit.kind, "id": str(fit.public_id)} for fit in fits],
    }


def _build(build: ScorerBuild) -> dict[str, Any]:
    about: dict[str, Any] = build.about
    return {
        "name": build.detector,
        "model": about.get("repository", ""),
        "commit": about.get("revision") or "",
        "dtype": about.get("dtype", ""),
        "libraries": about.get("libraries", {}),
        "digest": build.digest,
    }


def _weighed(tag: str, settings: Iterable[CheckSetting]) -> Iterator[dict[str, Any]]:
    """What holds: one of the language goes before one of all languages."""
    held = {one.detector: one for one in settings if one.language_id is None}
    held |= {one.detector: one for one in settings if one.language_id == tag}
    for detector, one in sorted(held.items()):
        yield {
            "check": detector,
            "itself": _severity(detector),
            "weight": one.weight,
            "reason": one.reason,
            "all_languages": one.language_id is None,
        }


def _severity(detector: str) -> str:
    try:
        return by_name(detector).severity
    except KeyError:
        return ""
