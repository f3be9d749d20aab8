"""What a pass is cut into: chunks that anybody may do, in stages.

First the checks and the models' scores, then what is learned from a set itself, then all signals together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flagging.checks.statistics import measure
from flagging.models import Chunk, ModelPass
from flagging.texts import TextSet, by_length, covered, pairs, text_sets

CHECKED_AT_ONCE = 500
# As many as fill a card's batch at a hundred tokens each; on two cores without a card they take minutes, which is what
# a killed worker loses at most.
SCORED_AT_ONCE = 256
CUTTING, FIRST, LEARNED, TOGETHER, LAST = -1, 0, 1, 2, 3

Piece = tuple[str, int, str, str, list[int]]


@dataclass(frozen=True, slots=True)
class SetSize:
    """How many translations one system has in one split, and how many of them a pass is about."""

    system: str
    split: str
    whole: int
    wanted: int


def chunk_count(sizes: Sequence[SetSize], *, scorers: int, learns: bool) -> int:
    """This function will return into how many chunks `cut` would cut a pass over these sets, in order of system."""
    count = systems = 0
    for _, of_system in groupby(sizes, key=lambda one: one.system):
        splits = list(of_system)
        wanted = sum(one.wanted for one in splits)
        if not wanted:
            continue
        checks = sum(1 + _parts(one.wanted, CHECKED_AT_ONCE) for one in splits)
        count += checks + scorers * _parts(wanted, SCORED_AT_ONCE) + learns + 1
        systems += 1
    return count + (systems > 1)


def _parts(texts: int, size: int) -> int:
    return -(-texts // size)


def cut(model_pass: ModelPass, now: datetime) -> list[Chunk]:
    """This function will return the unsaved chunks of a pass and measure the sets it reads, on the pass itself."""
    sets = text_sets(model_pass.benchmark, model_pass.language_id)
    pieces = list(_source_pieces(sets) if over_source(model_pass) else _pieces(model_pass, sets))
    # One scorer after the other over all systems: a worker holds one model at a time.
    place = {scorer: number for number, scorer in enumerate(model_pass.scorers, start=1)}
    pieces.sort(key=lambda piece: (piece[1], place.get(piece[3], 0)))
    return [
        Chunk(
            model_pass=model_pass, number=number, kind=kind, stage=stage, system=system, detector=detector,
            version_ids=ids, queued_at=now,
        )
        for number, (kind, stage, system, detector, ids) in enumerate(pieces, start=1)
    ]  # fmt: skip


def to_be_cut(model_pass: ModelPass, now: datetime) -> Chunk:
    """This function will return the unsaved chunk that cuts its pass: seconds for a large language, which nobody who
    orders many languages is to wait for."""
    return Chunk(
        model_pass=model_pass, number=0, kind=Chunk.Kind.CUT, stage=CUTTING, version_ids=[], queued_at=now
    )


def over_source(model_pass: ModelPass) -> bool:
    """This function will say whether the pass reads the source texts themselves."""
    return model_pass.language_id == model_pass.benchmark.source_language_id


def _source_pieces(sets: Sequence[TextSet]) -> Iterator[Piece]:
    for one in sets:
        for ids in _in_parts(one.version_ids, CHECKED_AT_ONCE):
            yield Chunk.Kind.ROWS, FIRST, "", "", ids


def _pieces(model_pass: ModelPass, sets: Sequence[TextSet]) -> Iterator[Piece]:
    systems = 0
    for system, of_system in groupby(sets, key=lambda one: one.system):
        splits = list(of_system)
        whole = [version for one in splits for version in one.version_ids]
        wanted = covered(model_pass, whole)
        if not wanted:
            continue
        model_pass.statistics[system] = measure(pair for _, pair in pairs(model_pass, whole)).to_json()
        yield from _check_pieces(system, splits, wanted)
        yield from _model_pieces(model_pass, system, whole, wanted)
        systems += 1
    if systems > 1:
        yield Chunk.Kind.RANKING, LAST, "", "", [version for one in sets for version in one.version_ids]


def _check_pieces(system: str, splits: Sequence[TextSet], wanted: set[int]) -> Iterator[Piece]:
    for one in splits:
        for ids in _in_parts([pk for pk in one.version_ids if pk in wanted], CHECKED_AT_ONCE):
            yield Chunk.Kind.ROWS, FIRST, system, "", ids
        yield Chunk.Kind.SET, FIRST, system, "", one.version_ids


def _model_pieces(model_pass: ModelPass, system: str, whole: list[int], wanted: set[int]) -> Iterator[Piece]:
    if model_pass.scorers:
        # Neighbours in length share a batch without padding.
        in_order = by_length(wanted)
        for scorer in model_pass.scorers:
            for ids in _in_parts(in_order, SCORED_AT_ONCE):
                yield Chunk.Kind.SCORES, FIRST, system, scorer, ids
    if model_pass.learns:
        yield Chunk.Kind.SURFACE, LEARNED, system, "", whole
    yield Chunk.Kind.SUSPICION, TOGETHER, system, "", whole


def _in_parts(ids: Sequence[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])
