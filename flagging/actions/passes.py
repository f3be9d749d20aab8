"""Asking for a pass, pausing, stopping, ending it. Its chunks are done in `flagging.actions.chunks`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from common import audit
from common.queue import enqueue
from corpus.models import Benchmark, Import
from flagging.actions.cutting import cut, over_source, to_be_cut
from flagging.checks import MODEL_CHECKS, PAIR_CHECKS, SET_CHECKS, TEXT_CHECKS
from flagging.models import MOST_ATTEMPTS, Chunk, Fit, LicenceAcceptance, ModelPass
from flagging.scorers import entry
from flagging.signals import pass_finished
from people.models import Contributor
from people.permissions import check_can_manage

# Longer than a task may take, so that a chunk at work is not sent a second time.
RESEND_AFTER = timedelta(seconds=100)
# A minute of one core for the surface of 14,042 items.
LONG = {Chunk.Kind.SURFACE}
# Tells this lock from other advisory locks of the project.
_CHECKING_IMPORTS = 0x15065


class LicenceNotAcceptedError(Exception):
    """Raised for a scorer whose licence nobody with the right has accepted for the workspace."""

    def __init__(self, scorer: str, licence: str) -> None:
        super().__init__(
            f"{scorer} is under {licence}. A manager has to record on the page of the scorers that the licence was "
            "accepted before it can run."
        )


@transaction.atomic
def request_pass(
    *,
    benchmark: Benchmark,
    language: str,
    by: Contributor | None,
    now: datetime,
    scorers: Sequence[str] = (),
    item_ids: Iterable[int] | None = None,
    learns: bool = False,
    batch: UUID | None = None,
    cut_later: bool = False,
) -> ModelPass:
    """This function will cut the current texts of a language into chunks and send them to the workers; with
    `cut_later` a worker cuts them.

    All checks run; `scorers` are names of the registry, in the order they are to run in. `item_ids` keeps
    the pass to some items; what is usual is measured over all. Each system's translations are a set of their own.
    Raises `KeyError` for a scorer there is not and `LicenceNotAcceptedError`.
    """
    model_pass = ModelPass(
        benchmark=benchmark, language_id=language, requested_at=now, requested_by=by, batch=batch or uuid4(),
        item_ids=None if item_ids is None else sorted(set(item_ids)),
        detectors={check.name: check.version for check in (*PAIR_CHECKS, *TEXT_CHECKS, *SET_CHECKS)},
    )  # fmt: skip
    if not over_source(model_pass):
        model_pass.scorers, model_pass.learns = list(scorers), learns or bool(scorers)
        model_pass.detectors |= _of_models(benchmark, scorers)
        model_pass.fits = latest_fits(benchmark, language)
    model_pass.save()
    chunks = [to_be_cut(model_pass, now)] if cut_later else cut(model_pass, now)
    Chunk.objects.bulk_create(chunks)
    model_pass.save(update_fields=["statistics"])
    audit.record(
        "pass.requested", model_pass, workspace=benchmark.workspace_id, by=by, now=now,
        language=language, chunks=len(chunks), scorers=list(scorers),
    )  # fmt: skip
    send_chunks(chunks)
    if not chunks:
        finish_if_done(model_pass.pk, now=now)
    return model_pass


def _of_models(benchmark: Benchmark, scorers: Sequence[str]) -> dict[str, int]:
    accepted = set(
        LicenceAcceptance.objects.filter(
            workspace=benchmark.workspace_id, withdrawn_at=None, detector__in=scorers
        ).values_list("detector", flat=True)
    )
    versions = {}
    for name in scorers:
        about = entry(name)
        if about.gated and name not in accepted:
            raise LicenceNotAcceptedError(about.title, about.licence)
        versions[name] = about.version
    return versions | {check.name: check.version for check in MODEL_CHECKS if scorers}


def latest_fits(benchmark: Benchmark, language: str) -> dict[str, int]:
    """This function will return {kind: id} of a language's latest fits, those that are switched on. One statement."""
    latest = (
        Fit.objects.filter(workspace=benchmark.workspace_id, language=language)
        .order_by("kind", "-pk")
        .distinct("kind")
    )
    return {fit.kind: fit.pk for fit in latest if fit.switched_on}


def send_chunks(chunks: Iterable[Chunk]) -> None:
    """This function will send what can be begun now, the lowest stage, to the queue it belongs to.

    A model worker is told of the pass: it takes one chunk after another, and the sweeper tells further workers.
    """
    given = list(chunks)
    lowest = min((one.stage for one in given), default=0)
    first = [one for one in given if one.stage == lowest]
    tell_workers(first)
    enqueue("flagging.serve_pass", {one.model_pass_id for one in first if one.kind == Chunk.Kind.SCORES})


def tell_workers(chunks: Iterable[Chunk]) -> None:
    """This function will send chunks of all kinds but scores, one message each: those that take minutes to where
    imports and releases are made, so that no check and no mail waits behind them."""
    plain = [one for one in chunks if one.kind != Chunk.Kind.SCORES]
    enqueue("flagging.run_chunk", [one.pk for one in plain if one.kind not in LONG])
    enqueue("flagging.run_long_chunk", [one.pk for one in plain if one.kind in LONG])


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
        item_ids=None,
    )
    unchecked = (
        Import.objects.filter(promoted_at__lt=now - RESEND_AFTER)
        .filter(Q(counts__created__gt=0) | Q(counts__replaced__gt=0))
        .filter(~Exists(asked))
    )
    missing = set(unchecked.values_list("benchmark", "source__language"))
    for benchmark, language in missing:
        request_pass(
            benchmark=Benchmark.objects.get(pk=benchmark), language=language, by=None, now=now, cut_later=True
        )
    return len(missing)


@transaction.atomic
def retry_failed(*, model_pass: ModelPass, by: Contributor, now: datetime) -> int:
    """This function will give the chunks that failed for good another row of tries and return how many."""
    check_can_manage(by, model_pass.benchmark.workspace_id)
    failed = list(model_pass.chunks.filter(done_at=None, attempts__gte=MOST_ATTEMPTS))
    model_pass.chunks.filter(pk__in=[chunk.pk for chunk in failed]).update(
        attempts=0, last_error="", queued_at=now
    )
    send_chunks(failed)
    _record("pass.retried", model_pass, by, now, chunks=len(failed))
    return len(failed)


@transaction.atomic
def cancel(*, model_pass: ModelPass, by: Contributor, now: datetime) -> bool:
    """This function will stop a pass that is under way; what it found so far stays but is never shown as latest."""
    return _change("pass.cancelled", model_pass, by, now, was={"finished_at": None}, cancelled_at=now)


@transaction.atomic
def pause(*, model_pass: ModelPass, by: Contributor, now: datetime) -> bool:
    """This function will keep further chunks of a pass from being begun; those at work are ended."""
    return _change(
        "pass.paused", model_pass, by, now, was={"finished_at": None, "paused_at": None}, paused_at=now
    )


@transaction.atomic
def resume(*, model_pass: ModelPass, by: Contributor, now: datetime) -> bool:
    """This function will let a paused pass go on."""
    was = {"finished_at": None, "paused_at__isnull": False}
    resumed = _change("pass.resumed", model_pass, by, now, was=was, paused_at=None)
    if resumed:
        model_pass.chunks.filter(done_at=None).update(queued_at=now)
        send_chunks(model_pass.chunks.filter(done_at=None))
    return resumed


def _change(
    action: str,
    model_pass: ModelPass,
    by: Contributor,
    now: datetime,
    *,
    was: Mapping[str, object],
    **to: object,
) -> bool:
    check_can_manage(by, model_pass.benchmark.workspace_id)
    changed = ModelPass.objects.filter(pk=model_pass.pk, cancelled_at=None, **was).update(**to)
    if changed:
        _record(action, model_pass, by, now)
    return bool(changed)


def _record(action: str, model_pass: ModelPass, by: Contributor, now: datetime, **data: object) -> None:
    audit.record(action, model_pass, workspace=model_pass.benchmark.workspace_id, by=by, now=now, **data)
