"""Writes of the exports room: a release, and the record of the files it was rendered to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection, transaction

from annotation.models import Campaign, CampaignLanguage
from annotation.queries import latest_guideline
from common import audit
from common.languages import find
from common.models import Job
from exports import material
from exports.checking import checking
from exports.code_version import code_version
from exports.composing import Composer, Made, Outcome
from exports.errors import (
    ChangedBytesError,
    NoVersionNameError,
    OpenRejectsError,
    ReleaseError,
    SplitNameError,
    VersionTakenError,
)
from exports.formats.folder import FolderError
from exports.formats.render import UnsafePathError, check_file_name, formats_named, render_release
from exports.formats.schema import columns_of, in_column_order
from exports.formats.written import Written
from exports.labels import LABEL_RULE_VERSION
from exports.models import Release, ReleaseFile
from exports.queries import info_of, tables_of
from exports.selection import TEXT_RULE_VERSION, Status
from exports.tally import Tally
from people.models import Contributor
from people.permissions import check_can_manage

ITEMS_A_CHUNK = 500
VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}")
COPY_ROWS = "COPY exports_releaserow (release_id, config, language, split, number, row) FROM STDIN"

OPEN_IN_WORDS = {
    Status.REJECTED_OPEN: "rejected and not settled",
    Status.OUTDATED: "outdated (they translate a source text that was replaced)",
}

Progress = Callable[[int, int], None]


def nobody_watches(done: int, total: int) -> None:
    """This function will do nothing with how many of how many items are done."""


def make_release(
    *,
    campaign: Campaign,
    version: str,
    by: Contributor | None,
    now: datetime,
    allow_open: bool = False,
    progress: Progress = nobody_watches,
    job: Job | None = None,
) -> Release:
    """This function will write the rows of a new release in one repeatable-read transaction, and return it.

    It holds every item of the campaign's benchmark, in the source language and the campaign's languages. A job
    makes one release, however often it is run.
    Raises ReleaseError for a version that is taken or no name, OpenRejectsError where rows are rejected and
    not settled or outdated (unless ``allow_open``), PermissionDenied; then nothing is written.
    """
    if by is not None:
        check_can_manage(by, campaign.workspace_id)
    try:
        with _snapshot():
            check_version(campaign, version)
            return _write_release(campaign, version, by, now, allow_open, progress, job)
    except IntegrityError as error:
        # Somebody made this version while we made it: our snapshot could not show theirs.
        if Release.objects.filter(campaign=campaign, version=version).exists():
            raise _taken(campaign, version) from error
        raise


def check_version(campaign: Campaign, version: str) -> None:
    """This function will raise NoVersionNameError or VersionTakenError for a version that cannot be made."""
    if not VERSION.fullmatch(version):
        raise NoVersionNameError(
            f"version {version!r} is no name: use letters, digits, dots and dashes, such as 1.0"
        )
    if Release.objects.filter(campaign=campaign, version=version).exists():
        raise _taken(campaign, version)


def _taken(campaign: Campaign, version: str) -> VersionTakenError:
    return VersionTakenError(f"release {version} of {campaign.slug} is there already: choose another version")


@contextmanager
def _snapshot() -> Iterator[None]:
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _write_release(
    campaign: Campaign,
    version: str,
    by: Contributor | None,
    now: datetime,
    allow_open: bool,
    progress: Progress,
    job: Job | None,
) -> Release:
    _check_splits(campaign)
    languages = list(campaign.languages.select_related("language").order_by("language"))
    pk = _reserved_id()
    tally = _write_rows(pk, campaign, languages, progress)
    if tally.need_leave and not allow_open:
        raise OpenRejectsError(_tell_open(tally))
    release = Release.objects.create(
        pk=pk,
        campaign=campaign,
        version=version,
        text_rule=TEXT_RULE_VERSION,
        label_rule=LABEL_RULE_VERSION,
        code_version=code_version(),
        guideline=latest_guideline(campaign),
        counts=tally.counts,
        made_by=by,
        made_at=now,
        job=job,
        **_described(campaign, languages, tally, allow_open),
    )
    audit.record(
        "release.made", release, workspace=campaign.workspace_id, by=by, now=now,
        version=version, rows=sum(tally.numbers.values()), open=sum(len(rows) for rows in tally.need_leave.values()),
    )  # fmt: skip
    return release


def _check_splits(campaign: Campaign) -> None:
    """Splits name files: none of them may lead out of its folder, or be no name on a disk."""
    for split in material.splits(campaign):
        try:
            check_file_name(split)
        except UnsafePathError as error:
            raise SplitNameError(f"split {error}") from error


def _reserved_id() -> int:
    """Rows come before their release, whose counts are known last; the key is checked at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('exports_release', 'id'))")
        return int(cursor.fetchone()[0])


def _tell_open(tally: Tally) -> str:
    told = " and ".join(
        f"{len(rows)} rows are {OPEN_IN_WORDS[status]} ({', '.join(rows[:3])}{', …' if len(rows) > 3 else ''})"
        for status, rows in sorted(tally.need_leave.items())
    )
    return f"{told}."


def _write_rows(
    pk: int, campaign: Campaign, languages: Sequence[CampaignLanguage], progress: Progress
) -> Tally:
    tally = Tally()
    source = campaign.benchmark.source_language_id
    composer = Composer(
        source_language=source,
        languages=languages,
        standings=material.standings(campaign),
        excluded=frozenset(material.items_excluded_everywhere(campaign)),
    )
    ids = material.item_ids(campaign)
    for start in range(0, len(ids), ITEMS_A_CHUNK):
        chunk = material.material(campaign, languages, ids[start : start + ITEMS_A_CHUNK])
        _copy(pk, composer.compose(chunk), tally, find(source).export_name)
        progress(min(start + ITEMS_A_CHUNK, len(ids)), len(ids))
    return tally


def _copy(pk: int, composed: Iterator[Made | Outcome], tally: Tally, source: str) -> None:
    encode = json.JSONEncoder(ensure_ascii=False).encode
    with connection.cursor() as cursor, cursor.copy(COPY_ROWS) as copy:
        for made in composed:
            if isinstance(made, Outcome):
                tally.note(made)
                continue
            if made.language == source:
                tally.labels[made.row["cultural_sensitivity_label"]] += 1
            text = encode(in_column_order(columns_of(made.language or made.config), made.row))
            copy.write_row((pk, made.config, made.language, made.split, tally.number(made), text))


def _described(
    campaign: Campaign, languages: Sequence[CampaignLanguage], tally: Tally, allow_open: bool
) -> dict[str, Any]:
    """What the card and the manifest tell is kept with the release: names in other tables may change."""
    sources = material.sources(tally.imports, tally.sources)
    tags = sorted({campaign.benchmark.source_language_id, *(chosen.language_id for chosen in languages)})
    told = ("language_id", "system", "origin", "licence", "url", "maker")
    options = {
        "allow_open": allow_open,
        "name": campaign.name,
        "campaign": campaign.slug,
        "benchmark": campaign.benchmark.slug,
        "source_language": campaign.benchmark.source_language.export_name,
        "languages": [_language(tag) for tag in tags],
        "sources": [{name: getattr(source, name) for name in told} for source in sources],
        "labels": tally.labels,
        "left_out": tally.left_out,
        "checking": checking(campaign, languages),
    }
    licences = sorted({source.licence for source in sources if source.licence})
    return {"options": options, "licence": ", ".join(licences)[:200]}


def _language(tag: str) -> dict[str, str]:
    record = find(tag)
    return {"export_name": record.export_name, "tag": record.tag, "name": record.name}


def render(
    *, release: Release, target: Path, formats: Sequence[str], by: Contributor | None, now: datetime
) -> list[Written]:
    """This function will render a release's files to ``target`` from its rows alone, and keep their hashes.

    Raises ReleaseError where the target holds something else, UnknownFormatError, and ChangedBytesError where
    a file was rendered before and comes out otherwise now; then the target is as it was.
    """
    known = dict(release.files.values_list("path", "sha256"))
    try:
        files = render_release(
            target,
            info_of(release),
            tables_of(release),
            formats_named(formats),
            check=lambda files: check_unchanged(release, known, files),
        )
    except FolderError as error:
        raise ReleaseError(str(error)) from error
    record_files(release, files, by, now)
    return files


def check_unchanged(release: Release, known: dict[str, str], files: Sequence[Written]) -> None:
    """This function will raise ChangedBytesError where a file has another hash than the ``known`` one of its path."""
    changed = [made.path for made in files if known.get(made.path, made.sha256) != made.sha256]
    if changed:
        raise ChangedBytesError(
            f"{changed[0]} renders to other bytes than it did: release {release.version} was made by code "
            f"{release.code_version}, and this is {code_version()}. Render it with that code."
        )


@transaction.atomic
def record_files(release: Release, files: Sequence[Written], by: Contributor | None, now: datetime) -> None:
    """This function will name files as the release's, once: a path that is named already keeps its hash.

    Raises ChangedBytesError where somebody recorded other bytes under a path meanwhile.
    """
    ReleaseFile.objects.bulk_create(
        (
            ReleaseFile(release=release, path=made.path, sha256=made.sha256, size=made.size, rows=made.rows)
            for made in files
        ),
        ignore_conflicts=True,
    )
    check_unchanged(release, dict(release.files.values_list("path", "sha256")), files)
    audit.record(
        "release.rendered", release, workspace=release.campaign.workspace_id, by=by, now=now, files=len(files),
    )  # fmt: skip
