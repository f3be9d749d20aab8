"""All signals of a pass together: one suspicion for each of its translations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q

from flagging.actions.scoring import text_digest
from flagging.models import Chunk, Fit, Flag, ModelPass, Score, Severity, Suspicion
from flagging.suspicion import BROKEN, HEAD, SURFACE, Known, Suspected, suspected
from flagging.texts import covered, pairs


def suspicions(chunk: Chunk) -> list[Suspicion]:
    """This function will return the unsaved suspicions of one system's translations in a pass. Five statements.

    Scores of earlier passes count where the texts are still those; flags are this pass's own.
    """
    model_pass, ids = chunk.model_pass, chunk.version_ids
    rows = known_of(model_pass, ids)
    found = dict(zip(ids, suspected(rows), strict=True))
    about = covered(model_pass, ids)
    wanted = [pk for pk in ids if pk in about]
    chances = _probabilities(model_pass, [found[pk] for pk in wanted])
    return [_row(model_pass, pk, found[pk], chance) for pk, chance in zip(wanted, chances, strict=True)]


def known_of(model_pass: ModelPass, ids: Sequence[int]) -> list[Known]:
    """This function will return what is known of these versions, in their order. Three statements."""
    severities, scores = severities_of(model_pass, ids), latest_scores(model_pass, ids)
    return [Known(severities[pk], scores[pk]) for pk in ids]


def severities_of(
    model_pass: ModelPass, ids: Sequence[int], *, notices: bool = False
) -> dict[int, dict[str, str]]:
    """This function will return the severity of each check that hit a version, by name. One statement."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    flags = Flag.objects.filter(model_pass=model_pass, translation_version__in=ids)
    if not notices:
        flags = flags.exclude(severity=Severity.NOTICE)
    for version, detector, severity in flags.order_by("pk").values_list(
        "translation_version", "detector", "severity"
    ):
        found[version].setdefault(detector, severity)
    return found


def latest_scores(model_pass: ModelPass, ids: Sequence[int]) -> dict[int, dict[str, float]]:
    """This function will return the latest value of each scorer for the texts as they are now, up to this pass, by
    version and scorer. Two statements.

    What a set or our verdicts taught counts from this pass alone: an earlier head may be switched off by now. Values
    of two builds of a scorer have no common scale; the one that has read most of the set counts.
    """
    latest = (
        Score.objects.filter(translation_version__in=ids, field="", value__isnull=False)
        .filter(Q(model_pass__lt=model_pass.pk) & ~Q(detector__in=(HEAD, SURFACE)) | Q(model_pass=model_pass))
        .order_by("translation_version", "detector", "build", "-pk")
        .distinct("translation_version", "detector", "build")
        .values_list("detector", "build", "translation_version", "value", "text_digest")
    )
    rows = list(latest)
    digests = {pk: text_digest(pair) for pk, pair in pairs(model_pass, ids)} if rows else {}
    by_build: dict[str, dict[int, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    for detector, build, version, value, digest in rows:
        if value is not None and bytes(digest) == digests[version]:
            by_build[detector][build][version] = value
    found: dict[int, dict[str, float]] = defaultdict(dict)
    for detector, builds in by_build.items():
        for version, value in max(builds.items(), key=lambda one: (len(one[1]), one[0]))[1].items():
            found[version][detector] = value
    return found


def _probabilities(model_pass: ModelPass, found: Sequence[Suspected]) -> Iterable[float | None]:
    fit = Fit.objects.filter(pk=model_pass.fits.get(Fit.Kind.CALIBRATION)).first()
    if fit is None or not found or fit.report.get("of") != signals_of(model_pass):
        return [None] * len(found)
    from flagging.measures.calibration import Calibration

    try:
        calibration = Calibration.from_json(fit.parameters)
    except ValueError:
        # Of an earlier version of ours: there is no probability until it is fitted again.
        return [None] * len(found)
    chances = calibration.probability(fit.language_id, [one.index for one in found])
    if chances is None:
        return [None] * len(found)
    # The index says nothing of what a check calls broken.
    return [None if one.tier == BROKEN else float(chance) for one, chance in zip(found, chances, strict=True)]


def signals_of(model_pass: ModelPass) -> dict[str, object]:
    """This function will return what the index of a pass is made from: a calibration holds for the same alone.

    Not whether a head is on: no verdict that it saw could ever be held against it, and a rank is a rank.
    """
    return {"scorers": sorted(model_pass.scorers), "learns": model_pass.learns}


def _row(model_pass: ModelPass, version: int, found: Suspected, chance: float | None) -> Suspicion:
    return Suspicion(
        model_pass=model_pass,
        translation_version_id=version,
        tier=found.tier,
        value=found.index,
        signal=found.signal,
        probability=chance,
        by_model=found.by_model,
        reasons=list(found.reasons),
    )
