"""What a worker does with files that were sent to be imported. May be killed anywhere and run again."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from common import jobs
from common.jobs import JobRefusedError
from common.models import Job
from corpus import queries
from corpus.actions.imports import run_import
from corpus.actions.requests import ImportRefusedError, ImportRequest, Watch
from corpus.actions.uploads import remove_uploads, request_of, storage
from corpus.bounds import LONGEST_REPORTED, MIB, MOST_REPORTED
from corpus.formats import FileError, RowError
from corpus.models import ReportedRow
from people.models import Contributor
from people.permissions import can_manage


def work_on_upload(job_id: int, *, clock: Callable[[], datetime]) -> None:
    """This function will import what a job asks for, unless it has ended or somebody else is at it.

    The job ends in the transaction that makes the rows visible, so whatever kills the worker, and however
    often the job is delivered, the rows are imported once. The uploads are removed when the job has ended; those
    of a job that was given up wait a day, for whoever looks into it.
    """
    with jobs.work_on(job_id, task=queries.TASK, now=clock()) as job:
        if job is not None:
            _work(job, clock)
    end(job_id)


def end(job_id: int) -> None:
    """This function will remove what a job that has ended left in the storage and on this machine."""
    job = Job.objects.filter(pk=job_id, task=queries.TASK).first()
    if job is not None and (job.finished_at or job.failed_at):
        if (job.error or {}).get("code") != jobs.GAVE_UP:
            remove_uploads(job)
        shutil.rmtree(_folder(job), ignore_errors=True)


def _work(job: Job, clock: Callable[[], datetime]) -> None:
    by = _check_right(job)
    with _fetched(job) as folder:
        request = request_of(job, folder)
        watch = JobWatch(job, request, clock)
        try:
            outcome = run_import(request=request, by=by, now=clock(), watch=watch, job=job)
        except ImportRefusedError as error:
            cure = error.cure or "Send the import again with other options."
            raise JobRefusedError("import_refused", error.message, cure=cure) from error
        except FileError as error:
            watch.keep_report()
            where = error.file if error.line is None else f"{error.file}:{error.line}"
            cure = error.cure or "Mend the file and send it again."
            raise JobRefusedError("file_refused", f"{where}: {error.message}", cure=cure) from error
        if request.dry_run:
            watch.finish(outcome.counts, outcome.warnings)


def _check_right(job: Job) -> Contributor:
    """Return who asked for the job, who must still be at liberty to."""
    by = Contributor.objects.select_related("user").filter(pk=job.actor_id or 0).first()
    if by is None or by.user is None or not by.user.is_active or not can_manage(by, job.workspace_id):
        told = "Who asked for this import manages the workspace no more. Nothing was imported."
        raise JobRefusedError("right_withdrawn", told, cure="Let a manager of the workspace send it.")
    return by


class JobWatch(Watch):
    """Keeps with the job how far an import is, what it refused, and its end."""

    def __init__(self, job: Job, request: ImportRequest, clock: Callable[[], datetime]) -> None:
        """This function will keep up to `MOST_REPORTED` rows in memory until the import ends."""
        self.job, self.request, self.clock = job, request, clock
        self.rows: list[ReportedRow] = []
        self.left_out = 0
        self.counts: Mapping[str, int] = {}

    def on_read(self, rows: int) -> None:
        """This function will note how many rows are read; a dry run shows it to nobody before its end."""
        if not self.request.dry_run:
            jobs.tell(self.job, rows, None)

    def on_refused(self, row: RowError) -> None:
        """This function will keep a refused row."""
        self._keep(ReportedRow.What.REFUSED, row)

    def on_changed(self, row: RowError) -> None:
        """This function will keep a changed row."""
        self._keep(ReportedRow.What.CHANGED, row)

    def on_promoted(self, counts: Mapping[str, int], warnings: Mapping[str, int]) -> None:
        """This function will end the job with the import; a right withdrawn meanwhile undoes both."""
        if not self.request.dry_run:
            _check_right(self.job)
            self.finish(counts, warnings)

    def on_failed(self, counts: Mapping[str, int]) -> None:
        """This function will remember the figures for the report."""
        self.counts = dict(counts)

    @transaction.atomic
    def finish(self, counts: Mapping[str, int], warnings: Mapping[str, int]) -> None:
        """This function will write the report and end the job, in the transaction that runs."""
        self.counts = dict(counts)
        self._write_rows()
        jobs.tell(self.job, counts.get("read", 0), counts.get("read", 0))
        jobs.finish(self.job, result=self._result(warnings), now=self.clock())

    @transaction.atomic
    def keep_report(self) -> None:
        """This function will write the report of an import that came to nothing."""
        self._write_rows()
        Job.objects.filter(pk=self.job.pk).update(done=self.counts.get("read", 0), result=self._result({}))

    def _result(self, warnings: Mapping[str, int]) -> dict[str, Any]:
        told = {"rows_kept": len(self.rows), "rows_left_out": self.left_out}
        return {"counts": dict(self.counts), "warnings": dict(warnings), **told}

    def _write_rows(self) -> None:
        ReportedRow.objects.filter(job=self.job).delete()
        ReportedRow.objects.bulk_create(self.rows, batch_size=1000)

    def _keep(self, what: str, row: RowError) -> None:
        if len(self.rows) >= MOST_REPORTED:
            self.left_out += 1
            return
        message, cure = row.message[:LONGEST_REPORTED], row.cure[:LONGEST_REPORTED]
        self.rows.append(
            ReportedRow(
                job=self.job, what=what, file=row.file, line=row.line, field=row.field, message=message,
                cure=cure or "Mend the row and send the file again.",
            )
        )  # fmt: skip


def _folder(job: Job) -> Path:
    # The name is known to nobody and stays the same, so that the next try removes what a killed one left.
    return Path(tempfile.gettempdir()) / f"isogloss-import-{job.public_id}"


@contextmanager
def _fetched(job: Job) -> Iterator[Path]:
    """Bring the job's files here for the time of the block."""
    folder = _folder(job)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        for file, path in zip(job.arguments["files"], request_of(job, folder).files, strict=True):
            _fetch(file, path)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fetch(file: Mapping[str, Any], path: Path) -> None:
    found = hashlib.sha256()
    try:
        with storage().open(file["stored"], "rb") as stream, path.open("wb") as kept:
            while piece := stream.read(MIB):
                found.update(piece)
                kept.write(piece)
    except FileNotFoundError as error:
        told = f"{file['name']} is in the storage of uploads no more."
        raise JobRefusedError("upload_gone", told, cure="Send the file again.") from error
    if found.hexdigest() != file["sha256"]:
        told = f"{file['name']} came out of the storage of uploads otherwise than it went in."
        raise JobRefusedError("upload_damaged", told, cure="Send the file again.")
