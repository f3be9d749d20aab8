"""Doing the chunks of passes: each whole, in one transaction, exactly once, whoever is told of it how often."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from common.queue import enqueue
from flagging.actions.checking import found
from flagging.actions.cutting import cut
from flagging.actions.learned import learned_scores
from flagging.actions.passes import RESEND_AFTER, finish_if_done, send_chunks, tell_workers
from flagging.actions.ranking import candidates
from flagging.actions.scoring import score_chunk
from flagging.actions.suspicions import suspicions
from flagging.models import (
    MOST_ATTEMPTS,
    WORKER_IS_GONE_AFTER,
    Candidate,
    Chunk,
    Flag,
    ModelPass,
    Score,
    Suspicion,
    Worker,
)

FORGET_WORKERS_AFTER = timedelta(days=1)
# Between two messages to the model workers. What was not begun by then is dropped, so that none pile up.
TELL_WORKERS_EVERY = 30.0


def run_chunk(chunk_id: int, *, now: datetime) -> bool:
    """This function will do one chunk whole, in one transaction; False when it is done, cannot be begun yet, or
    somebody is at it.

    A failure leaves the reason on the chunk and is raised again.
    """
    return run_one(Q(pk=chunk_id), now=now) is not None


def run_one(which: Q, *, now: datetime, among_others: bool = False) -> Chunk | None:
    """This function will do the first of the chunks named that can be begun and nobody is at, as `run_chunk` does;
    None when there is none.

    `among_others`: what this machine alone lacks costs the chunk no try, since another may have it.
    """
    chunk = None
    began = time.monotonic()
    try:
        with transaction.atomic():
            chunk = _taken(which)
            if chunk is not None:
                _do(chunk, now)
                chunk.done_at, chunk.last_error, chunk.seconds = now, "", time.monotonic() - began
                chunk.save(update_fields=["done_at", "last_error", "seconds", "device", "reused"])
    except Exception as error:
        if chunk is not None:
            _keep_reason(chunk, error, among_others=among_others)
        raise
    if chunk is not None:
        _go_on(chunk, now)
    return chunk


def _keep_reason(chunk: Chunk, error: Exception, *, among_others: bool) -> None:
    # What a model needs and this machine has not will not be there at the next try either.
    tries = MOST_ATTEMPTS if getattr(error, "wants_a_person", False) else 1
    if among_others and getattr(error, "is_of_this_machine", False):
        tries = 0
    Chunk.objects.filter(pk=chunk.pk, done_at=None).update(
        attempts=F("attempts") + tries, last_error=f"{type(error).__name__}: {error}"[:1000]
    )


def _taken(which: Q) -> Chunk | None:
    """The chunk, locked. Chunks that somebody is at are looked past."""
    return (
        begun_or_can_be()
        .filter(which)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("model_pass__benchmark")
        .order_by("number")
        .first()
    )


def begun_or_can_be() -> QuerySet[Chunk]:
    """This function will return the chunks that may be done now: not done, of a pass under way, no earlier stage
    open."""
    earlier = Chunk.objects.filter(
        model_pass=OuterRef("model_pass"), done_at=None, stage__lt=OuterRef("stage")
    )
    return Chunk.objects.filter(
        ~Exists(earlier), done_at=None, model_pass__cancelled_at=None, model_pass__paused_at=None
    )


def _go_on(chunk: Chunk, now: datetime) -> None:
    """Begin the next stage, or end the pass."""
    open_chunks = list(
        Chunk.objects.filter(model_pass=chunk.model_pass_id, done_at=None)
        .order_by("stage")
        .only("stage", "kind", "model_pass_id")[:200]
    )
    if not open_chunks:
        finish_if_done(chunk.model_pass_id, now=now)
    elif open_chunks[0].stage > chunk.stage:
        send_chunks(open_chunks)


def _do(chunk: Chunk, now: datetime) -> None:
    if chunk.kind == Chunk.Kind.CUT:
        Chunk.objects.bulk_create(cut(chunk.model_pass, now))
        chunk.model_pass.save(update_fields=["statistics"])
    elif chunk.kind == Chunk.Kind.SCORES:
        scores, flags = score_chunk(chunk)
        Score.objects.bulk_create(scores, batch_size=1000)
        Flag.objects.bulk_create(flags, batch_size=1000)
    elif chunk.kind == Chunk.Kind.SURFACE:
        Score.objects.bulk_create(learned_scores(chunk), batch_size=1000)
    elif chunk.kind == Chunk.Kind.SUSPICION:
        Suspicion.objects.bulk_create(suspicions(chunk), batch_size=1000)
    elif chunk.kind == Chunk.Kind.RANKING:
        Candidate.objects.bulk_create(candidates(chunk), batch_size=1000)
    else:
        Flag.objects.bulk_create(found(chunk), batch_size=1000)


@transaction.atomic
def resend_waiting_chunks(*, now: datetime) -> int:
    """This function will send chunks again that the broker or a worker lost, tell model workers of passes that wait
    for them, end passes left unended, and return how many chunks it sent."""
    for unended in ModelPass.objects.filter(finished_at=None, cancelled_at=None).values_list("pk", flat=True):
        finish_if_done(unended, now=now)
    lost = list(
        begun_or_can_be()
        .exclude(kind=Chunk.Kind.SCORES)
        .filter(attempts__lt=MOST_ATTEMPTS, queued_at__lt=now - RESEND_AFTER)
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")
        .only("kind")[:500]
    )
    Chunk.objects.filter(pk__in=[one.pk for one in lost]).update(queued_at=now)
    tell_workers(lost)
    tell_model_workers(now=now)
    return len(lost)


def tell_model_workers(*, now: datetime) -> int:
    """This function will send one message for each living model worker about each pass that has texts to score, and
    return how many. Three statements."""
    Worker.objects.filter(seen_at__lt=now - FORGET_WORKERS_AFTER).delete()
    workers = Worker.objects.filter(seen_at__gt=now - WORKER_IS_GONE_AFTER).count()
    if not workers:
        return 0
    waiting = begun_or_can_be().filter(kind=Chunk.Kind.SCORES, attempts__lt=MOST_ATTEMPTS)
    passes = list(waiting.values_list("model_pass", flat=True).distinct().order_by("model_pass"))
    enqueue("flagging.serve_pass", passes * workers, expires=TELL_WORKERS_EVERY)
    return len(passes) * workers
