"""All signals of a pass together: one suspicion for each of its translations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from flagging.actions.scoring import text_digest
from flagging.models import Chunk, Fit, Flag, ModelPass, Score, Severity, Suspicion
from flagging.suspicion import Known, Suspected, suspected
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
    version and scorer. Two statements."""
    latest = (
        Score.objects.filter(translation_version__in=ids, field="", value__isnull=False)
        .filter(model_pass__lte=model_pass.pk)
        .order_by("translation_version", "detector", "-pk")
        .distinct("translation_version", "detector")
        .values_list("translation_version", "detector", "value", "text_digest")
    )
    found: dict[int, dict[str, float]] = defaultdict(dict)
    rows = list(latest)
    digests = {pk: text_digest(pair) for pk, pair in pairs(model_pass, ids)} if rows else {}
    for version, detector, value, digest in rows:
        if value is not None and bytes(digest) == digests[version]:
            found[version][detector] = value
    return found


def _probabilities(model_pass: ModelPass, found: Sequence[Suspected]) -> Iterable[float | None]:
    fit = Fit.objects.filter(pk=model_pass.fits.get(Fit.Kind.CALIBRATION)).first()
    if fit is None or not found:
        return [None] * len(found)
    from flagging.measures.calibration import Calibration

    calibration = Calibration.from_json(fit.parameters)
    chances = calibration.probability(fit.language_id, [one.index for one in found])
    return [None] * len(found) if chances is None else [float(chance) for chance in chances]


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
