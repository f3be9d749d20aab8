"""What a set teaches about its own translations: the surface score, and the head's where one is switched on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from common import clock
from flagging.actions.scoring import text_digest
from flagging.actions.suspicions import latest_scores, severities_of
from flagging.checks.base import Pair
from flagging.models import Chunk, Fit, ModelPass, Score, ScorerBuild
from flagging.scorers.texts import joined
from flagging.suspicion import HEAD, SURFACE
from flagging.texts import covered, pairs

if TYPE_CHECKING:
    from flagging.learning.head import Observed
    from flagging.learning.surface import Features
    from flagging.learning.words import Floats

# A smaller set does not tell what is usual in it.
SMALLEST_SET = 30
# Raise it when the surface score of the same texts becomes another.
SURFACE_VERSION = 1
CHECKS = "checks"


def learned_scores(chunk: Chunk) -> list[Score]:
    """This function will return the unsaved surface and head scores of one system's translations. Six statements.

    All of the set is read, also by a pass over part of it: each figure is a place among the others.
    """
    model_pass, ids = chunk.model_pass, chunk.version_ids
    texts = dict(pairs(model_pass, ids))
    if len(texts) < SMALLEST_SET:
        return []
    seen = observed(model_pass, list(texts), texts)
    wanted = covered(model_pass, ids)
    found = _rows(chunk, texts, wanted, SURFACE, _surface_build(), seen.features.score)
    fit = Fit.objects.filter(pk=model_pass.fits.get(Fit.Kind.HEAD)).first()
    if fit is not None:
        from flagging.learning import head

        try:
            fitted = head.Fit.from_json(fit.parameters)
        except ValueError:
            # Of an earlier version of ours: there is no head until one is fitted again.
            return found
        found += _rows(chunk, texts, wanted, HEAD, _head_build(fit), fitted.apply(seen))
    return found


def observed(model_pass: ModelPass, ids: Sequence[int], texts: Mapping[int, Pair]) -> Observed:
    """This function will return what is seen of these versions, in their order: surface features, models' scores, and
    how many checks found something. Three statements; seconds for thousands of texts."""
    import numpy as np

    from flagging.learning.head import Observed

    scores, severities = latest_scores(model_pass, ids), severities_of(model_pass, ids)
    models = sorted({name for row in scores.values() for name in row} - {SURFACE, HEAD})
    signals = {name: np.array([scores[pk].get(name, np.nan) for pk in ids]) for name in models}
    signals[CHECKS] = np.array([-float(len(severities[pk])) for pk in ids])
    return Observed(features([texts[pk] for pk in ids]), signals)


def features(texts: Sequence[Pair]) -> Features:
    """This function will return the surface features of a whole set, all fields of an item as one text."""
    from flagging.learning.surface import surface

    return surface(
        [(joined(one.source, list(one.source)), joined(one.target, list(one.source))) for one in texts]
    )


def _rows(
    chunk: Chunk,
    texts: Mapping[int, Pair],
    wanted: set[int],
    detector: str,
    build: ScorerBuild,
    values: Floats,
) -> list[Score]:
    return [
        Score(
            model_pass=chunk.model_pass, translation_version_id=pk, detector=detector, build=build,
            text_digest=text_digest(pair), value=float(value), raw=float(value),
        )
        for (pk, pair), value in zip(texts.items(), values, strict=True)
        if pk in wanted
    ]  # fmt: skip


def _surface_build() -> ScorerBuild:
    return _build(SURFACE, {"name": SURFACE, "version": SURFACE_VERSION})


def _head_build(fit: Fit) -> ScorerBuild:
    return _build(HEAD, {"name": HEAD, "fit": str(fit.public_id)})


def _build(detector: str, about: dict[str, str | int]) -> ScorerBuild:
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
    defaults = {"detector": detector, "about": about, "first_used_at": clock.now()}
    return ScorerBuild.objects.get_or_create(digest=digest, defaults=defaults)[0]
