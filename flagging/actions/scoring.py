"""The texts of a chunk through one scorer: what was scored before is not scored again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.conf import settings

from common import clock
from flagging.actions.checking import flag_of, merged
from flagging.checks import by_name
from flagging.checks.base import Finding, Pair, Span
from flagging.models import Chunk, Flag, LicenceAcceptance, Score, ScorerBuild
from flagging.scorers import check_families, entry, load
from flagging.scorers.base import Build, ItemPair, ItemScores
from flagging.texts import pairs

if TYPE_CHECKING:
    from flagging.scorers import Loaded

Digests = dict[int, bytes]


def score_chunk(chunk: Chunk) -> tuple[list[Score], list[Flag]]:
    """This function will return the unsaved scores and flags of a chunk, and note on it the device and how many texts
    had been scored before. Loads the model where this process has not; four statements.

    Raises what `flagging.scorers.load` raises.
    """
    check_families(entry(chunk.detector), chunk.system)
    scorer = loaded(chunk.detector, accepted=_accepted(chunk))
    texts = dict(pairs(chunk.model_pass, chunk.version_ids))
    digests = {pk: text_digest(pair) for pk, pair in texts.items()}
    known = _known(scorer.build, digests)
    if scorer.entry.kind == COMPARES and len(known) < len(set(digests.values())):
        # It compares a text with the others of the call: all of the chunk, or none.
        known = {}
    new = {digest: pk for pk, digest in digests.items() if digest not in known}
    said = _scored(scorer, {pk: texts[pk] for pk in new.values()})
    rows = known | {digests[pk]: list(_rows(one)) for pk, one in said.items()}
    # Not before: others who wait to write the same row would wait for the model.
    build = _build(scorer.build, clock.now())
    chunk.device, chunk.reused = scorer.device, len(texts) - len(new)
    scores = [
        Score(
            model_pass=chunk.model_pass, translation_version_id=pk, detector=chunk.detector, build=build,
            text_digest=digest, **row,
        )
        for pk, digest in digests.items()
        for row in rows[digest]
    ]  # fmt: skip
    return scores, merged(_flags(scores))


_LOADING = Lock()


def loaded(name: str, *, accepted: bool) -> Loaded:
    """This function will return a scorer ready to run, the one that ran last from memory."""
    # Two lanes that both found none would each fill the device with one.
    with _LOADING:
        return _load(name, accepted)


@lru_cache(maxsize=1)
def _load(name: str, accepted: bool) -> Loaded:
    return load(name, models=settings.MODELS_DIR, licence_accepted=accepted)


def _accepted(chunk: Chunk) -> bool:
    workspace = chunk.model_pass.benchmark.workspace_id
    return LicenceAcceptance.objects.filter(
        workspace=workspace, detector=chunk.detector, withdrawn_at=None
    ).exists()


def _build(build: Build, now: datetime) -> ScorerBuild:
    about = {"detector": build.name, "about": asdict(build), "first_used_at": now}
    return ScorerBuild.objects.get_or_create(digest=build.digest(), defaults=about)[0]


def text_digest(pair: Pair) -> bytes:
    """This function will return 16 bytes that stand for the texts and languages of a pair."""
    said = [pair.source_language, pair.target_language, list(pair.source.items()), list(pair.target.items())]
    return blake2b(json.dumps(said).encode(), digest_size=16).digest()


_VALUES = ("field", "value", "raw", "truncated", "note", "findings")


COMPARES = "biencoder"


def _known(build: Build, digests: Digests) -> dict[bytes, list[dict[str, Any]]]:
    """What this build said of these texts before, in any pass; what failed then is tried again."""
    rows = Score.objects.filter(build__digest=build.digest(), text_digest__in=set(digests.values())).order_by(
        "pk"
    )
    known: dict[bytes, dict[str, dict[str, Any]]] = {}
    failed = set()
    for digest, *values in rows.values_list("text_digest", *_VALUES):
        row = dict(zip(_VALUES, values, strict=True))
        known.setdefault(bytes(digest), {})[row["field"]] = row
        if row["note"].startswith(FAILED):
            failed.add(bytes(digest))
    return {digest: list(fields.values()) for digest, fields in known.items() if digest not in failed}


FAILED = "failed: "


def _scored(scorer: Loaded, texts: dict[int, Pair]) -> dict[int, ItemScores]:
    items = [
        ItemPair(pk, pair.source, pair.target, pair.source_language, pair.target_language)
        for pk, pair in texts.items()
    ]
    return {one.key: one for one in scorer.score(items)} if items else {}


def _rows(said: ItemScores) -> Iterator[dict[str, Any]]:
    if said.error:
        note = (FAILED + said.error)[:200]
        yield {"field": "", "value": None, "raw": None, "truncated": False, "note": note, "findings": []}
        return
    findings = [{"detector": name, **asdict(finding)} for name, finding in said.findings]
    for score in said.scores:
        yield {
            "field": score.field, "value": score.value, "raw": score.raw, "truncated": score.truncated,
            "note": score.note[:200], "findings": findings if not score.field else [],
        }  # fmt: skip


def _flags(scores: Sequence[Score]) -> Iterator[Flag]:
    for score in scores:
        for said in score.findings:
            spans = tuple(Span(**span) for span in said["spans"])
            finding = Finding(said["field"], said["params"], spans)
            yield flag_of(
                score.model_pass, by_name(said["detector"]), finding,
                translation_version_id=score.translation_version_id,
            )  # fmt: skip
