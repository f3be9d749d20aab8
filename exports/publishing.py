"""The work of a worker: a release made and its files kept, each once, however often a worker is killed."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import gettempdir

from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection, transaction
from psycopg.errors import DiskFull

from annotation.models import Campaign
from common import jobs
from common.models import Job
from exports import storing
from exports.actions import check_unchanged, make_release, record_files
from exports.errors import ReleaseError
from exports.formats.render import formats_named, write_card, write_tables
from exports.formats.tables import PARQUET
from exports.formats.written import Written
from exports.models import Release
from exports.queries import MAKE_RELEASE, RENDER_FILES, info_of, tables_of
from people.models import Contributor
from people.permissions import check_can_manage

NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


def publish_release(job_id: int, *, now: datetime) -> None:
    """This function will make the release a job asks for and keep its files; safe to run twice and at once."""
    with jobs.work_on(job_id, task=MAKE_RELEASE, now=now) as job:
        if job is not None:
            with _refusals(), _own_folder(job) as folder:
                by = _actor(job)
                release = Release.objects.filter(job=job).first() or _make(job, by, now)
                _publish(job, release, folder, by, now)
    _clear(job_id)


def publish_files(job_id: int, *, now: datetime) -> None:
    """This function will keep the files of a release that a job asks for; safe to run twice and at once."""
    with jobs.work_on(job_id, task=RENDER_FILES, now=now) as job:
        if job is not None:
            with _refusals(), _own_folder(job) as folder:
                found = Release.objects.select_related("campaign", "guideline")
                _publish(job, found.get(pk=job.arguments["release"]), folder, _actor(job), now)
    _clear(job_id)


def _folder(job: Job) -> Path:
    # The name is known to nobody and stays the same, so that the next try removes what a killed one left.
    return Path(gettempdir()) / f"isogloss-release-{job.public_id}"


@contextmanager
def _own_folder(job: Job) -> Iterator[Path]:
    folder = _folder(job)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _clear(job_id: int) -> None:
    """What a killed try of a job that was given up meanwhile left here is removed too."""
    ended = Job.objects.filter(pk=job_id, task__in=(MAKE_RELEASE, RENDER_FILES))
    for job in ended.exclude(finished_at=None, failed_at=None):
        shutil.rmtree(_folder(job), ignore_errors=True)


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


def _publish(job: Job, release: Release, folder: Path, by: Contributor, now: datetime) -> None:
    made = list(_keep_files(job, release, folder))
    with transaction.atomic():
        # A right that ended while the files were written ends the job too.
        _actor(job)
        record_files(release, made, by, now)
        result = {"release": str(release.public_id), "files": len(made)}
        jobs.finish(job, result=result, now=now)


def _keep_files(job: Job, release: Release, folder: Path) -> Iterator[Written]:
    """One table at a time lies here; it is checked against what was published before it is kept."""
    known = dict(release.files.values_list("path", "sha256"))
    formats = formats_named(job.arguments["formats"])
    tables = tables_of(release)
    parquet: list[Written] = []
    for number, table in enumerate(tables):
        for written in write_tables(folder, table, formats):
            _keep(release, known, written, folder)
            if written.path == PARQUET.path(table.config, table.split):
                parquet.append(written)
            yield written
        jobs.tell(job, number + 1, len(tables))
    card = write_card(folder, info_of(release), parquet)
    _keep(release, known, card, folder)
    yield card


def _keep(release: Release, known: dict[str, str], written: Written, folder: Path) -> None:
    check_unchanged(release, known, [written])
    storing.keep(release, written.sha256, folder / written.path)
    (folder / written.path).unlink()
