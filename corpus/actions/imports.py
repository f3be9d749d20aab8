"""Imports: rows are staged in chunks, then made visible in one transaction.

An import that was killed leaves staged rows and nothing else. A live one holds an advisory lock named by
its id; the next import finds those that do not, and clears them away.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import connection, transaction
from django.dispatch import Signal

from common import audit
from common.jobs import JobRefusedError
from common.models import Job, Workspace
from corpus import signals
from corpus.actions.promotion import promote
from corpus.actions.requests import FollowUp, ImportRefusedError, ImportRequest, Outcome, Tally, Watch
from corpus.actions.staging import stage
from corpus.formats import FileError
from corpus.item_types import UnknownItemTypeError, by_name
from corpus.models import Benchmark, Import, Origin, Source, StagedRow, Translation
from people.models import Contributor

logger = logging.getLogger("isogloss.corpus")

# The first half of the advisory lock's key: tells imports from other users of such locks.
_LOCK_CLASS = 0x15060


def run_import(
    *,
    request: ImportRequest,
    by: Contributor | None,
    now: datetime,
    watch: Watch | None = None,
    job: Job | None = None,
) -> Outcome:
    """This function will import the rows of the request's files; `by` and `job` are None for a command.

    Good rows are taken, and refused rows told to `watch` and counted. Raises `ImportRefusedError` when the
    import cannot be done as asked, and `FileError` when a file cannot be read to its end: then no row is
    taken. May be killed at any point and run again.
    """
    check_request(request)
    tally = Tally(watch or Watch())
    follow_ups: list[FollowUp] = []
    with _held_locks() as held, _tried(request.dry_run):
        clear_dead_imports(now=now)
        import_row = _begin(request, held, by=by, now=now, job=job)
        try:
            stage(request, import_row, tally)
            tally.watch.on_promotion()
            _promote(request, import_row, tally, follow_ups, by=by, now=now)
        except (FileError, JobRefusedError, KeyboardInterrupt):
            _fail(import_row, tally, now=now)
            raise
    return Outcome(
        None if request.dry_run else import_row.pk,
        dict(tally.counts),
        dict(tally.warnings),
        tuple(follow_ups),
    )


def clear_dead_imports(*, now: datetime) -> int:
    """This function will empty the staging of imports that no process works on, and return how many."""
    dead = 0
    for row in Import.objects.filter(promoted_at=None, failed_at=None).order_by("pk"):
        if not _call("pg_try_advisory_lock", row.pk):
            continue
        try:
            with transaction.atomic():
                # it may have ended between the look and the lock
                if Import.objects.filter(pk=row.pk, promoted_at=None, failed_at=None).update(failed_at=now):
                    StagedRow.objects.filter(imported_by=row).delete()
                    dead += 1
        finally:
            _call("pg_advisory_unlock", row.pk)
    return dead


@transaction.atomic
def _begin(
    request: ImportRequest, held: list[int], *, by: Contributor | None, now: datetime, job: Job | None
) -> Import:
    benchmark = _benchmark(request, now=now)
    source, _ = Source.objects.get_or_create(
        benchmark=benchmark,
        language_id=request.language,
        system=request.system,
        origin=request.origin,
        licence=request.licence,
        url=request.url,
        maker=request.maker,
        defaults={"created_at": now},
    )
    import_row = Import.objects.create(
        benchmark=benchmark,
        source=source,
        kind=request.kind,
        files=list(request.labels),
        options=request.as_options(),
        created_by=by,
        job=job,
        started_at=now,
    )
    # Locked before anyone else can see the row: it is never seen without its lock while this one lives.
    _call("pg_try_advisory_lock", import_row.pk)
    held.append(import_row.pk)
    return import_row


@transaction.atomic
def _promote(
    request: ImportRequest,
    import_row: Import,
    tally: Tally,
    follow_ups: list[FollowUp],
    *,
    by: Contributor | None,
    now: datetime,
) -> None:
    promote(request, import_row, tally, now=now)
    import_row.counts, import_row.warnings = dict(tally.counts), dict(tally.warnings)
    import_row.report, import_row.promoted_at = tally.report, now
    import_row.save(update_fields=["counts", "warnings", "report", "promoted_at"])
    audit.record(
        f"corpus.import-{request.kind}",
        import_row,
        workspace=import_row.benchmark.workspace_id,
        by=by,
        now=now,
        benchmark=import_row.benchmark_id,
        language=request.language,
        counts=import_row.counts,
    )
    tally.watch.on_promoted(import_row.counts, import_row.warnings)
    if tally.counts["replaced"]:
        transaction.on_commit(partial(_send, signals.versions_replaced, import_row, follow_ups))
    if tally.counts["created"] or tally.counts["replaced"]:
        transaction.on_commit(partial(_send, signals.versions_imported, import_row, follow_ups))


def _send(signal: Signal, import_row: Import, follow_ups: list[FollowUp]) -> None:
    # The texts are in, whatever a later room makes of the news: its failure is logged and said.
    answers = signal.send_robust(
        sender=Import,
        import_id=import_row.pk,
        benchmark_id=import_row.benchmark_id,
        language=import_row.source.language_id,
    )
    follow_ups.extend(_follow_up(answer) for _, answer in answers if answer is not None)


def _follow_up(answer: FollowUp | Exception) -> FollowUp:
    if not isinstance(answer, Exception):
        return answer
    logger.error("Work on imported texts could not begin.", exc_info=answer)
    message = f"The texts are imported, but work on them could not begin: {answer!r}"

    def tell(write: Callable[[str], object]) -> bool:
        write(message)
        return False

    return tell


def _fail(import_row: Import, tally: Tally, *, now: datetime) -> None:
    with transaction.atomic():
        StagedRow.objects.filter(imported_by=import_row).delete()
        import_row.counts, import_row.report, import_row.failed_at = dict(tally.counts), tally.report, now
        import_row.save(update_fields=["counts", "report", "failed_at"])
    tally.watch.on_failed(import_row.counts)


def check_request(request: ImportRequest) -> None:
    """This function will raise `ImportRefusedError` for what can be seen to be wrong without the tables."""
    try:
        validate_slug(request.benchmark)
        accepted = by_name(request.item_type).accepts
    except ValidationError as error:
        message = f"{request.benchmark!r} is no name for a benchmark: use letters, digits, - and _"
        raise ImportRefusedError(message) from error
    except UnknownItemTypeError as error:
        raise ImportRefusedError(str(error)) from error
    for column, field in request.mapping.items():
        if field not in accepted:
            fields = ", ".join(sorted(accepted))
            raise ImportRefusedError(f"--map {column}={field}: {field!r} is no field; there are {fields}")
    if request.kind == Import.Kind.TRANSLATIONS and not request.system:
        raise ImportRefusedError("A translation needs the name of the system (or people) that made it")


def _workspace(slug: str, *, now: datetime) -> Workspace:
    known = list(Workspace.objects.order_by("slug"))
    if not known and not slug:
        return Workspace.objects.create(slug="main", name="Main", created_at=now)
    found = [workspace for workspace in known if slug in ("", workspace.slug)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(workspace.slug for workspace in known) or "none yet"
    raise ImportRefusedError(f"Say which workspace, with --workspace SLUG; there are: {names}")


def _benchmark(request: ImportRequest, *, now: datetime) -> Benchmark:
    workspace = _workspace(request.workspace, now=now)
    found = Benchmark.objects.filter(workspace=workspace, slug=request.benchmark).first()
    if request.kind == Import.Kind.TRANSLATIONS:
        return _checked_for_translation(request, found, workspace)
    if found is None:
        return Benchmark.objects.create(
            workspace=workspace,
            slug=request.benchmark,
            name=request.benchmark,
            item_type=request.item_type,
            source_language_id=request.language,
            created_at=now,
        )
    if found.source_language_id != request.language:
        raise ImportRefusedError(
            f"{found.slug} is in {found.source_language_id}, not {request.language}: "
            "import translations with import_translations, and items of another language elsewhere"
        )
    if found.item_type != request.item_type:
        raise ImportRefusedError(f"{found.slug} holds {found.item_type} items, not {request.item_type}")
    return found


def _checked_for_translation(
    request: ImportRequest, found: Benchmark | None, workspace: Workspace
) -> Benchmark:
    if found is None:
        there = Benchmark.objects.filter(workspace=workspace).order_by("slug")
        known = ", ".join(there.values_list("slug", flat=True))
        raise ImportRefusedError(
            f"There is no benchmark {request.benchmark!r} to translate; there are: {known or 'none'}. "
            "Import its items first, with import_items"
        )
    if found.item_type != request.item_type:
        raise ImportRefusedError(f"{found.slug} holds {found.item_type} items, not {request.item_type}")
    if found.source_language_id == request.language and request.origin != Origin.BACK_TRANSLATION:
        message = f"{found.slug} is written in {request.language}: only a back-translation can be in it too"
        raise ImportRefusedError(message + " (--origin back-translation)")
    other = (
        Translation.objects.filter(item__benchmark=found, language=request.language, system=request.system)
        .exclude(origin=request.origin)
        .first()
    )
    if other is not None:
        message = f"{request.system!r} is kept in {request.language} with the origin {other.origin}, not"
        raise ImportRefusedError(f"{message} {request.origin}: name one of the two otherwise")
    return found


@contextmanager
def _tried(dry_run: bool) -> Iterator[None]:
    if not dry_run:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def _held_locks() -> Iterator[list[int]]:
    held: list[int] = []
    try:
        yield held
    finally:
        for import_id in held:
            _call("pg_advisory_unlock", import_id)


def _call(function: str, import_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [_LOCK_CLASS, import_id % 2**31])
        (answer,) = cursor.fetchone()
    return bool(answer)
