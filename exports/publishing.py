"""The work of a worker: a release made and its files kept, each once, however often a worker is killed."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection, transaction
from psycopg.errors import DiskFull

from annotation.models import Campaign
from common import jobs
from common.models import Job
from exports import storing
from exports.actions import check_unchanged, make_release, record_files
from exports.errors import ReleaseError
from exports.formats.info import Table
from exports.formats.render import CARD, formats_named, write_card, write_tables
from exports.formats.tables import PARQUET, Format
from exports.formats.written import Written
from exports.models import Release
from exports.queries import MAKE_RELEASE, RENDER_FILES, info_of, tables_of
from people.models import Contributor
from people.permissions import check_can_manage

NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


def publish_release(job_id: int, *, now: datetime) -> None:
    """This function will make the release a job asks for and keep its files; safe to run twice and at once."""
    with jobs.work_on(job_id, task=MAKE_RELEASE, now=now) as job:
        if job is None:
            return
        with _refusals():
            by, told = _actor(job), job.arguments
            release = Release.objects.filter(job=job).first() or _make(job, by, now)
            _publish(job, release, told["formats"], by, now)


def publish_files(job_id: int, *, now: datetime) -> None:
    """This function will keep the files of a release that a job asks for; safe to run twice and at once."""
    with jobs.work_on(job_id, task=RENDER_FILES, now=now) as job:
        if job is None:
            return
        with _refusals():
            release = Release.objects.select_related("campaign", "guideline").get(pk=job.arguments["release"])
            _publish(job, release, job.arguments["formats"], _actor(job), now)


@contextmanager
def _refusals() -> Iterator[None]:
    """What a person can mend ends the job with its reason; anything else is tried again."""
    try:
        yield
    except ReleaseError as error:
        raise jobs.JobRefusedError(error.code, str(error), cure=error.cure) from error
    except PermissionDenied as error:
        cure = "Ask a manager of the workspace for the right to do this."
        raise jobs.JobRefusedError("permission_denied", str(error), cure=cure) from error
    except (OSError, OperationalError) as error:
        if not _is_full(error):
            raise
        told = "There is no space left for the release; nothing of it was kept half."
        cure = "Free space, then ask again: files come out the same, byte for byte."
        raise jobs.JobRefusedError("storage_full", told, cure=cure) from error


def _is_full(error: OSError | OperationalError) -> bool:
    return getattr(error, "errno", None) in NO_SPACE or isinstance(error.__cause__, DiskFull)


def _actor(job: Job) -> Contributor:
    """The right is asked for again: it may have been taken back while the job waited."""
    by = Contributor.objects.get(pk=job.actor_id or 0)
    check_can_manage(by, job.workspace_id)
    return by


def _make(job: Job, by: Contributor, now: datetime) -> Release:
    told = job.arguments
    with _progress_of(job) as progress:
        return make_release(
            campaign=Campaign.objects.select_related("benchmark").get(pk=told["campaign"]),
            version=told["version"],
            by=by,
            now=now,
            allow_open=told["allow_open"],
            progress=progress,
            job=job,
        )


@contextmanager
def _progress_of(job: Job) -> Iterator[Callable[[int, int], None]]:
    """Progress goes by a connection of its own: the release's is in a transaction that nobody sees into."""
    with closing(connection.copy()) as beside:

        def tell(done: int, total: int) -> None:
            with beside.cursor() as cursor:
                cursor.execute(
                    "UPDATE common_job SET done = %s, total = %s WHERE id = %s", [done, total, job.pk]
                )

        yield tell


def _publish(job: Job, release: Release, names: Sequence[str], by: Contributor, now: datetime) -> None:
    made = list(_keep_files(job, release, formats_named(names)))
    with transaction.atomic():
        # A right that ended while the files were written ends the job too.
        _actor(job)
        record_files(release, made, by, now)
        result = {"release": str(release.public_id), "files": len(made)}
        jobs.finish(job, result=result, now=now)


def _keep_files(job: Job, release: Release, formats: Sequence[Format]) -> Iterator[Written]:
    """One table at a time lies here; it is checked against what was published before it is kept."""
    known = dict(release.files.values_list("path", "sha256"))
    tables = tables_of(release)
    parquet: list[Written] = []
    for number, table in enumerate(tables):
        for written in _keep_table(release, known, table, formats):
            if written.path == PARQUET.path(table.config, table.split):
                parquet.append(written)
            yield written
        jobs.tell(job, number + 1, len(tables))
    with TemporaryDirectory() as folder:
        card = write_card(Path(folder), info_of(release), parquet)
        _keep(release, known, card, Path(folder) / CARD)
        yield card


def _keep_table(
    release: Release, known: dict[str, str], table: Table, formats: Sequence[Format]
) -> list[Written]:
    with TemporaryDirectory() as folder:
        made = write_tables(Path(folder), table, formats)
        for written in made:
            _keep(release, known, written, Path(folder) / written.path)
    return made


def _keep(release: Release, known: dict[str, str], written: Written, file: Path) -> None:
    check_unchanged(release, known, [written])
    storing.keep(release, written.sha256, file)
