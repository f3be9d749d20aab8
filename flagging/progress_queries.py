"""Reads of a pass under way, for its page: how far each part of it is, how fast, what it waits for, what failed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    Max,
    Min,
    Q,
    Sum,
    TextField,
    Value,
)
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from flagging.catalogue import title_of_scorer
from flagging.models import (
    MOST_ATTEMPTS,
    WORKER_IS_GONE_AFTER,
    Chunk,
    ModelPass,
    Worker,
)
from flagging.order_queries import cardinality

# What was done within this time tells how fast a pass is now.
LATELY = timedelta(minutes=5)
# A pass of which nothing moved for so long has no worker.
STANDS_STILL_AFTER = timedelta(seconds=60)
MOST_GROUPS = 20

CHECKS, SCORES, LEARNED, TOGETHER = "checks", "scores", "learned", "together"
_PARTS: dict[str, str] = {
    Chunk.Kind.CUT: CHECKS,
    Chunk.Kind.ROWS: CHECKS,
    Chunk.Kind.SET: CHECKS,
    Chunk.Kind.SCORES: SCORES,
    Chunk.Kind.SURFACE: LEARNED,
    Chunk.Kind.SUSPICION: TOGETHER,
    Chunk.Kind.RANKING: TOGETHER,
}
_ORDER = (CHECKS, SCORES, LEARNED, TOGETHER)
_TITLES: dict[str, Promise] = {
    CHECKS: _("Checks"),
    LEARNED: _("What the set itself teaches"),
    TOGETHER: _("All signals together"),
}
_SUMS = ("chunks", "done", "failed", "texts", "texts_done", "reused", "texts_timed")


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of work in a pass: chunks and texts, and how fast it went in the time that was looked at.

    `rate` is in texts a second of wall time, all workers together; None where nothing was timed.
    """

    kind: str
    title: str
    chunks: int
    done: int
    failed: int
    texts: int
    texts_done: int
    reused: int
    rate: float | None

    @property
    def open(self) -> int:
        """How many chunks are still to be done, those that wait for a person left out."""
        return self.chunks - self.done - self.failed

    @property
    def counts_texts(self) -> bool:
        """Whether each of its texts is in one chunk, so that counting them says something."""
        return self.kind == SCORES


def parts_of(model_pass: ModelPass, *, now: datetime) -> list[Part]:
    """This function will return how far each kind of work of a pass is, a scorer a part. One statement.

    Speed is that of the last five minutes while the pass runs, and of all of it once it has ended.
    """
    timed = Q(done_at__isnull=False, seconds__isnull=False)
    if not model_pass.finished_at:
        timed &= Q(done_at__gt=now - LATELY)
    done, texts = Q(done_at__isnull=False), cardinality("version_ids")
    rows = (
        model_pass.chunks.annotate(size=texts, began=F("done_at") - _seconds())
        .order_by()
        .values("kind", "detector")
        .annotate(
            first=Min("number"), chunks=Count("pk"), done=Count("pk", filter=done),
            failed=Count("pk", filter=Q(done_at=None, attempts__gte=MOST_ATTEMPTS)),
            texts=Sum("size"), texts_done=Sum("size", filter=done, default=0), reused=Sum("reused"),
            texts_timed=Sum("size", filter=timed, default=0),
            began_at=Min("began", filter=timed), ended_at=Max("done_at", filter=timed),
        )
        .order_by("first")
    )  # fmt: skip
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault((_PARTS[row["kind"]], row["detector"]), []).append(row)
    return [_part(*key, groups[key]) for key in sorted(groups, key=lambda key: _ORDER.index(key[0]))]


def _seconds() -> ExpressionWrapper:
    return ExpressionWrapper(F("seconds") * Value(timedelta(seconds=1)), output_field=DurationField())


def _part(kind: str, detector: str, rows: list[Mapping[str, Any]]) -> Part:
    sums = {name: sum(row[name] for row in rows) for name in _SUMS}
    texts_timed = sums.pop("texts_timed")
    began = [row["began_at"] for row in rows if row["began_at"]]
    span = (
        (max(row["ended_at"] for row in rows if row["ended_at"]) - min(began)).total_seconds() if began else 0
    )
    title = title_of_scorer(detector) if kind == SCORES else str(_TITLES[kind])
    return Part(kind, title, rate=texts_timed / span if span > 0 else None, **sums)


def expected_end(parts: Iterable[Part], *, now: datetime) -> datetime | None:
    """This function will return when the open parts will be done at the speed they have; None where one has none
    yet. No statement.

    Scorers go one after another, the checks beside them; what comes after them takes little.
    """
    waiting = [part for part in parts if part.open and part.kind in (CHECKS, SCORES)]
    if not waiting or not all(part.rate for part in waiting):
        return None
    seconds = dict.fromkeys((CHECKS, SCORES), 0.0)
    for part in waiting:
        assert part.rate is not None
        seconds[part.kind] += (part.texts - part.texts_done) / part.rate
    return now + timedelta(seconds=max(seconds.values()))


def living_workers(*, now: datetime) -> list[Worker]:
    """This function will return the model workers that gave a sign of life within 45 seconds. One statement."""
    return list(Worker.objects.filter(seen_at__gt=now - WORKER_IS_GONE_AFTER).order_by("started_at", "pk"))


def waiting_reason(
    model_pass: ModelPass, parts: Collection[Part], workers: Collection[Worker], *, now: datetime
) -> str:
    """This function will say in a sentence why nothing moves; "" where something does, or all is done. One statement
    at most."""
    if model_pass.finished_at or model_pass.cancelled_at:
        return ""
    if model_pass.paused_at:
        return gettext("Paused. What was being worked on is ended; nothing else is begun until it goes on.")
    waiting = {part.kind for part in parts if part.open}
    if waiting and _waits_for_failed(parts, waiting):
        return gettext("The rest waits for what failed: have it tried again, or stop the pass.")
    # What is learned, and all together, come after these two.
    now_due = waiting & {CHECKS, SCORES} or waiting
    if now_due - {SCORES} and _stands_still(model_pass, now):
        return gettext(
            "Nothing has moved for a minute: no worker serves the queue “checks”. Start one with `make run`"
        )
    if SCORES in now_due and not workers:
        return gettext("No model worker is running: start one with `make model-worker`")
    return ""


def _waits_for_failed(parts: Collection[Part], waiting: set[str]) -> bool:
    failed = [_ORDER.index(part.kind) for part in parts if part.failed]
    return (
        bool(failed)
        and waiting <= {LEARNED, TOGETHER}
        and all(_ORDER.index(kind) > min(failed) for kind in waiting)
    )


def _stands_still(model_pass: ModelPass, now: datetime) -> bool:
    moved = model_pass.chunks.aggregate(latest=Max("done_at"))["latest"] or model_pass.requested_at
    return bool(moved < now - STANDS_STILL_AFTER)


@dataclass(frozen=True, slots=True)
class Failures:
    """Chunks that failed with the same words, numbers aside: how many, and how many of them wait for a person."""

    message: str
    chunks: int
    waiting: int


def failures_of(model_pass: ModelPass) -> list[Failures]:
    """This function will return what went wrong in chunks that are not done, the most frequent first. One statement."""
    rows = (
        model_pass.chunks.filter(done_at=None)
        .exclude(last_error="")
        .annotate(alike=without_numbers("last_error"))
        .order_by()
        .values("alike")
        .annotate(
            message=Min("last_error"), chunks=Count("pk"),
            waiting=Count("pk", filter=Q(attempts__gte=MOST_ATTEMPTS)),
        )
        .order_by("-chunks", "message")
    )  # fmt: skip
    return [Failures(row["message"], row["chunks"], row["waiting"]) for row in rows[:MOST_GROUPS]]


def without_numbers(name: str) -> Func:
    """This function will return, for a query, a text with # for each of its numbers."""
    return Func(
        F(name), Value(r"\d+"), Value("#"), Value("g"),
        function="REGEXP_REPLACE", output_field=TextField(),
    )  # fmt: skip


def beside(model_pass: ModelPass) -> list[ModelPass]:
    """This function will return the passes over other languages of the same order. One statement."""
    rows = ModelPass.objects.filter(batch=model_pass.batch).exclude(pk=model_pass.pk)
    return list(rows.order_by("language"))
