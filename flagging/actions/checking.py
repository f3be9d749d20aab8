"""The checks of a chunk: what they find, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from flagging.actions.cutting import over_source
from flagging.checks import PAIR_CHECKS, SET_CHECKS, TEXT_CHECKS
from flagging.checks.base import Described, Finding, Text
from flagging.checks.statistics import SetStatistics
from flagging.models import Chunk, Flag, ModelPass
from flagging.texts import covered, pairs, set_rows, sources


def found(chunk: Chunk) -> list[Flag]:
    """This function will return the unsaved flags of a chunk of checks, one a text, detector and field."""
    return merged(_findings(chunk))


def _findings(chunk: Chunk) -> Iterator[Flag]:
    model_pass = chunk.model_pass
    if over_source(model_pass):
        yield from _source_flags(model_pass, chunk.version_ids)
    elif chunk.kind == Chunk.Kind.SET:
        yield from _set_flags(model_pass, chunk.version_ids)
    else:
        yield from _pair_flags(model_pass, chunk)


def _source_flags(model_pass: ModelPass, ids: Sequence[int]) -> Iterator[Flag]:
    for version, fields in sources(ids):
        text = Text(fields, model_pass.language_id, "source")
        for check in TEXT_CHECKS:
            for finding in check.run(text):
                yield flag_of(model_pass, check, finding, item_version_id=version)


def _pair_flags(model_pass: ModelPass, chunk: Chunk) -> Iterator[Flag]:
    statistics = SetStatistics.from_json(model_pass.statistics[chunk.system])
    for version, bare in pairs(model_pass, chunk.version_ids):
        pair = type(bare)(**{**vars(bare), "statistics": statistics})
        for check in PAIR_CHECKS:
            for finding in check.run(pair):
                yield flag_of(model_pass, check, finding, translation_version_id=version)
        text = Text(pair.target, model_pass.language_id)
        for text_check in TEXT_CHECKS:
            for finding in text_check.run(text):
                yield flag_of(model_pass, text_check, finding, translation_version_id=version)


def _set_flags(model_pass: ModelPass, ids: Sequence[int]) -> Iterator[Flag]:
    wanted = covered(model_pass, ids)
    for check in SET_CHECKS:
        for version, finding in check.run(set_rows(model_pass, ids)):
            if version in wanted:
                yield flag_of(model_pass, check, finding, translation_version_id=version)


def flag_of(model_pass: ModelPass, check: Described, finding: Finding, **on: int) -> Flag:
    """This function will return the unsaved row of a finding on a translation's or an item's version."""
    return Flag(
        model_pass=model_pass,
        detector=check.name,
        detector_version=check.version,
        field=finding.field,
        severity=check.severity,
        params=finding.params,
        spans=[asdict(span) for span in finding.spans],
        **on,
    )


def merged(flags: Iterable[Flag]) -> list[Flag]:
    """This function will keep one row per text, detector and field: later hits of the same add their spans to the
    first."""
    kept: dict[tuple[Any, ...], Flag] = {}
    for flag in flags:
        key = (flag.translation_version_id, flag.item_version_id, flag.detector, flag.field)
        if key in kept:
            kept[key].spans.extend(flag.spans)
        else:
            kept[key] = flag
    return list(kept.values())
