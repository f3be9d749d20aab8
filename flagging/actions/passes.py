"""Asking for a pass, doing its chunks, ending it. Every step is safe to repeat and to run twice at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from common import audit
from common.queue import enqueue
from corpus.models import Benchmark, Import
from flagging.checks import PAIR_CHECKS, SET_CHECKS, TEXT_CHECKS
from flagging.checks.base import Described, Finding, Text
from flagging.checks.statistics import SetStatistics, measure
from flagging.models import MOST_ATTEMPTS, Chunk, Flag, ModelPass
from flagging.signals import pass_finished
from flagging.texts import TextSet, pairs, set_rows, sources, text_sets
from people.models import Contributor

CHUNK_SIZE = 500
# Longer than a task may take, so that a chunk at work is not sent a second time.
RESEND_AFTER = timedelta(seconds=100)
# Tells this lock from other advisory locks of the project.
_CHECKING_IMPORTS = 0x15065


@transaction.atomic
def request_pass(*, benchmark: Benchmark, language: str, by: Contributor | None, now: datetime) -> ModelPass:
    """This function will cut the current texts of a language into chunks and send them to the workers.

    Each system's translations of a split are a set of their own; its statistics are the system's.
    """
    model_pass = ModelPass.objects.create(
        benchmark=benchmark,
        language_id=language,
        detectors={check.name: check.version for check in (*PAIR_CHECKS, *TEXT_CHECKS, *SET_CHECKS)},
        requested_at=now,
    )
    chunks = _cut(model_pass, now)
    Chunk.objects.bulk_create(chunks)
    model_pass.save(update_fields=["statistics"])
    audit.record(
        "pass.requested", model_pass, workspace=benchmark.workspace_id, by=by, now=now,
        language=language, chunks=len(chunks),
    )  # fmt: skip
    enqueue("flagging.run_chunk", [chunk.pk for chunk in chunks])
    if not chunks:
        finish_if_done(model_pass.pk, now=now)
    return model_pass


def _cut(model_pass: ModelPass, now: datetime) -> list[Chunk]:
    sets = text_sets(model_pass.benchmark, model_pass.language_id)
    pieces = [piece for text_set in sets for piece in _pieces(model_pass, text_set)]
    if not _over_source(model_pass):
        for system in {text_set.system for text_set in sets}:
            ids = [pk for text_set in sets if text_set.system == system for pk in text_set.version_ids]
            model_pass.statistics[system] = measure(pair for _, pair in pairs(model_pass, ids)).to_json()
    return [
        Chunk(model_pass=model_pass, number=number, kind=kind, system=system, version_ids=ids, queued_at=now)
        for number, (kind, system, ids) in enumerate(pieces)
    ]


def _pieces(model_pass: ModelPass, text_set: TextSet) -> Iterator[tuple[str, str, list[int]]]:
    ids = text_set.version_ids
    for start in range(0, len(ids), CHUNK_SIZE):
        yield Chunk.Kind.ROWS, text_set.system, ids[start : start + CHUNK_SIZE]
    if not _over_source(model_pass):
        yield Chunk.Kind.SET, text_set.system, ids


def _over_source(model_pass: ModelPass) -> bool:
    return model_pass.language_id == model_pass.benchmark.source_language_id


def run_chunk(chunk_id: int, *, now: datetime) -> bool:
    """This function will do one chunk whole, in one transaction; False when it is done or somebody is at it.

    A failure leaves the reason on the chunk and is raised again.
    """
    try:
        with transaction.atomic():
            done = _run_locked(chunk_id, now)
    except Exception as error:
        Chunk.objects.filter(pk=chunk_id).update(
            attempts=F("attempts") + 1, last_error=f"{type(error).__name__}: {error}"[:500]
        )
        raise
    if done is not None:
        finish_if_done(done, now=now)
    return done is not None


def _run_locked(chunk_id: int, now: datetime) -> int | None:
    chunk = (
        Chunk.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("model_pass__benchmark")
        .filter(pk=chunk_id, done_at=None, model_pass__cancelled_at=None)
        .first()
    )
    if chunk is None:
        return None
    Flag.objects.bulk_create(_merged(_found(chunk)), batch_size=1000)
    chunk.done_at, chunk.last_error = now, ""
    chunk.save(update_fields=["done_at", "last_error"])
    return chunk.model_pass_id


def _found(chunk: Chunk) -> Iterator[Flag]:
    model_pass = chunk.model_pass
    if _over_source(model_pass):
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
                yield _flag(model_pass, check, finding, item_version_id=version)


def _pair_flags(model_pass: ModelPass, chunk: Chunk) -> Iterator[Flag]:
    statistics = SetStatistics.from_json(model_pass.statistics[chunk.system])
    for version, bare in pairs(model_pass, chunk.version_ids):
        pair = type(bare)(**{**vars(bare), "statistics": statistics})
        for check in PAIR_CHECKS:
            for finding in check.run(pair):
                yield _flag(model_pass, check, finding, translation_version_id=version)
        text = Text(pair.target, model_pass.language_id)
        for text_check in TEXT_CHECKS:
            for finding in text_check.run(text):
                yield _flag(model_pass, text_check, finding, translation_version_id=version)


def _set_flags(model_pass: ModelPass, ids: Sequence[int]) -> Iterator[Flag]:
    for check in SET_CHECKS:
        for version, finding in check.run(set_rows(model_pass, ids)):
            yield _flag(model_pass, check, finding, translation_version_id=version)


def _flag(model_pass: ModelPass, check: Described, finding: Finding, **on: int) -> Flag:
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


def _merged(flags: Iterator[Flag]) -> list[Flag]:
    """One row per text, detector and field: later hits of the same add their spans to the first."""
    merged: dict[tuple[Any, ...], Flag] = {}
    for flag in flags:
        key = (flag.translation_version_id, flag.item_version_id, flag.detector, flag.field)
        if key in merged:
            merged[key].spans.extend(flag.spans)
        else:
            merged[key] = flag
    return list(merged.values())


def finish_if_done(pass_id: int, *, now: datetime) -> bool:
    """This function will end a pass whose chunks are all done and tell the rooms after; True the one time it does."""
    with transaction.atomic():
        waiting = Chunk.objects.filter(model_pass=OuterRef("pk"), done_at=None)
        ended = ModelPass.objects.filter(
            ~Exists(waiting), pk=pass_id, finished_at=None, cancelled_at=None
        ).update(finished_at=now)
        if ended:
            model_pass = ModelPass.objects.get(pk=pass_id)
            transaction.on_commit(
                lambda: pass_finished.send(
                    ModelPass,
                    pass_id=pass_id,
                    benchmark_id=model_pass.benchmark_id,
                    language=model_pass.language_id,
                )
            )
    return bool(ended)


def _waiting() -> QuerySet[Chunk]:
    return Chunk.objects.filter(done_at=None, model_pass__cancelled_at=None, attempts__lt=MOST_ATTEMPTS)


@transaction.atomic
def resend_waiting_chunks(*, now: datetime) -> int:
    """This function will send chunks again that the broker or a worker lost, end passes left unended, and
    return how many chunks it sent."""
    for unended in ModelPass.objects.filter(finished_at=None, cancelled_at=None).values_list("pk", flat=True):
        finish_if_done(unended, now=now)
    lost = list(
        _waiting()
        .filter(queued_at__lt=now - RESEND_AFTER)
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")
        .values_list("pk", flat=True)[:500]
    )
    Chunk.objects.filter(pk__in=lost).update(queued_at=now)
    enqueue("flagging.run_chunk", lost)
    return len(lost)


@transaction.atomic
def check_unchecked_imports(*, now: datetime) -> int:
    """This function will ask for a pass where an import brought texts and none was asked for since; 0 while another
    process does.

    News of an import goes out after its commit and can be lost with the process; this finds it again.
    """
    with connection.cursor() as cursor:
        # Two that looked at once would both find the same import, and ask for two passes.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, 0)", [_CHECKING_IMPORTS])
        if cursor.fetchone() != (True,):
            return 0
    asked = ModelPass.objects.filter(
        benchmark=OuterRef("benchmark"),
        language=OuterRef("source__language"),
        requested_at__gte=OuterRef("promoted_at"),
    )
    unchecked = (
        Import.objects.filter(promoted_at__lt=now - RESEND_AFTER)
        .filter(Q(counts__created__gt=0) | Q(counts__replaced__gt=0))
        .filter(~Exists(asked))
    )
    missing = set(unchecked.values_list("benchmark", "source__language"))
    for benchmark, language in missing:
        request_pass(benchmark=Benchmark.objects.get(pk=benchmark), language=language, by=None, now=now)
    return len(missing)


@transaction.atomic
def retry_failed(*, model_pass: ModelPass, by: Contributor, now: datetime) -> int:
    """This function will give the chunks that failed for good another round, and return how many."""
    failed = list(
        model_pass.chunks.filter(done_at=None, attempts__gte=MOST_ATTEMPTS).values_list("pk", flat=True)
    )
    Chunk.objects.filter(pk__in=failed).update(attempts=0, queued_at=now)
    enqueue("flagging.run_chunk", failed)
    audit.record(
        "pass.retried",
        model_pass,
        workspace=model_pass.benchmark.workspace_id,
        by=by,
        now=now,
        chunks=len(failed),
    )
    return len(failed)


@transaction.atomic
def cancel(*, model_pass: ModelPass, by: Contributor, now: datetime) -> bool:
    """This function will stop a pass that is under way; what it found so far stays but is never shown as latest."""
    stopped = ModelPass.objects.filter(pk=model_pass.pk, finished_at=None, cancelled_at=None).update(
        cancelled_at=now
    )
    if stopped:
        audit.record(
            "pass.cancelled", model_pass, workspace=model_pass.benchmark.workspace_id, by=by, now=now
        )
    return bool(stopped)


def next_waiting(model_pass: ModelPass) -> int | None:
    """This function will return a chunk of the pass that nobody works on, None when there is none to take."""
    with transaction.atomic():
        chunk = (
            _waiting()
            .filter(model_pass=model_pass)
            .select_for_update(of=("self",), skip_locked=True)
            .order_by("number")
            .first()
        )
        return chunk.pk if chunk else None
