"""Reads of the exports room. Releases are seen by those who manage their workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from psycopg import sql

from annotation.models import Campaign
from common.models import Job
from exports.formats.batches import BATCH
from exports.formats.info import (
    CheckingInfo,
    FitInfo,
    LanguageInfo,
    LeftOut,
    PassInfo,
    ReleaseInfo,
    ScorerInfo,
    SourceInfo,
    Table,
    Versions,
    WeighedInfo,
)
from exports.formats.schema import Row
from exports.models import Release, ReleaseRow
from exports.selection import OPEN, Status
from people.models import Contributor
from people.queries import managed_workspaces

# The tasks of a worker, by name.
MAKE_RELEASE = "exports.make_release"
RENDER_FILES = "exports.render_files"


def releases_for(contributor: Contributor) -> QuerySet[Release]:
    """This function will return the releases of the workspaces that ``contributor`` manages, newest first.

    One statement.
    """
    return Release.objects.filter(campaign__workspace__in=managed_workspaces(contributor)).select_related(
        "campaign__benchmark", "guideline", "made_by"
    )


def release_for(contributor: Contributor, public_id: UUID) -> Release:
    """This function will return a release that ``contributor`` may see; `Release.DoesNotExist` otherwise.

    One statement.
    """
    return releases_for(contributor).get(public_id=public_id)


def managed_campaigns(contributor: Contributor) -> QuerySet[Campaign]:
    """This function will return the campaigns that ``contributor`` may release, newest first. One statement."""
    rows = Campaign.objects.filter(workspace__in=managed_workspaces(contributor))
    return rows.select_related("benchmark").order_by("-opened_at", "-pk")


def jobs_for(contributor: Contributor) -> QuerySet[Job]:
    """This function will return the work on releases of the workspaces ``contributor`` manages. One statement."""
    return Job.objects.filter(
        workspace__in=managed_workspaces(contributor), task__in=[MAKE_RELEASE, RENDER_FILES]
    )


def released(campaign_slug: str, version: str) -> Release | None:
    """This function will return the release of that name, or None. For commands. One statement."""
    rows = Release.objects.filter(campaign__slug=campaign_slug, version=version)
    return rows.select_related("campaign", "guideline").first()


def info_of(release: Release) -> ReleaseInfo:
    """This function will return what a release says of itself, from its own row alone."""
    told: dict[str, Any] = release.options
    return ReleaseInfo(
        id=str(release.public_id),
        name=told["name"],
        campaign=told["campaign"],
        benchmark=told["benchmark"],
        version=release.version,
        licence=release.licence,
        made_at=release.made_at.isoformat(),
        source_language=told["source_language"],
        languages=tuple(LanguageInfo(**language) for language in told["languages"]),
        versions=Versions(
            guidelines=None if release.guideline is None else release.guideline.number,
            label_rule=release.label_rule,
            text_rule=release.text_rule,
            code=release.code_version,
        ),
        counts=release.counts,
        labels=told["labels"],
        sources=tuple(_source(source) for source in told["sources"]),
        left_out=tuple(LeftOut(**item) for item in told["left_out"]),
        checking=tuple(checking_of(release)),
        options={"allow_open": told["allow_open"]},
    )


def checking_of(release: Release) -> Iterator[CheckingInfo]:
    """This function will give by what each language of a release was checked; nothing where it does not tell. No
    statement."""
    for told in release.options.get("checking", []):
        yield CheckingInfo(
            told["language"],
            tuple(_pass(one) for one in told["passes"]),
            tuple(WeighedInfo(**one) for one in told["weighed"]),
            told["trust"],
        )


def _pass(told: dict[str, Any]) -> PassInfo:
    scorers = tuple(ScorerInfo(**one) for one in told["scorers"])
    return PassInfo(**{**told, "scorers": scorers, "fits": tuple(FitInfo(**one) for one in told["fits"])})


def _source(told: dict[str, str]) -> SourceInfo:
    return SourceInfo(**{"language": told["language_id"], **{k: told[k] for k in told if k != "language_id"}})


def tables_of(release: Release) -> list[Table]:
    """This function will return the tables of a release that have rows, the splits of a config together.

    One statement, and one more whenever a table's rows are asked for.
    """
    places = (
        ReleaseRow.objects.filter(release=release)
        .order_by()
        .values_list("config", "language", "split")
        .distinct()
    )
    return [Table(language or config, split, _rows(release, config, language, split),
                  _lines(release, config, language, split))
            for config, language, split in sorted(places, key=_table_order)]  # fmt: skip


def _table_order(place: tuple[str, str, str]) -> tuple[int, str, str, int, str]:
    """Languages first, then the side configs; test before dev, as the published card has them."""
    config, language, split = place
    return int(config != ReleaseRow.Config.DATA), language, config, int(split != "test"), split


def _rows(release: Release, config: str, language: str, split: str) -> Callable[[], Iterator[Row]]:
    def fetch() -> Iterator[Row]:
        rows = ReleaseRow.objects.filter(release=release, config=config, language=language, split=split)
        return rows.order_by("number").values_list("row", flat=True).iterator(chunk_size=BATCH)

    return fetch


ROWS_AS_JSON = sql.SQL(
    "COPY (SELECT row FROM exports_releaserow "
    "WHERE release_id = {} AND config = {} AND language = {} AND split = {} ORDER BY number) TO STDOUT"
)


def _lines(release: Release, config: str, language: str, split: str) -> Callable[[], Iterator[bytes]]:
    """Rows as PostgreSQL writes them, one JSON object a line.

    COPY's text form doubles backslashes; JSON holds no other character that it would escape.
    """
    places = [sql.Literal(value) for value in (release.pk, config, language, split)]

    def fetch() -> Iterator[bytes]:
        with connection.cursor() as cursor:
            # COPY takes no parameters, and Django's cursor for debugging none of psycopg's objects.
            statement = ROWS_AS_JSON.format(*places).as_string(cursor.connection)
            with cursor.copy(statement) as copy:
                for line in copy:
                    yield bytes(line).replace(b"\\\\", b"\\")

    return fetch


@dataclass(frozen=True, slots=True)
class Line:
    """One language and split of a release: rows by how their text was chosen."""

    export_name: str
    tag: str
    split: str
    rows: int
    settled: int
    verified: int
    unverified: int
    open: int


def lines_of(release: Release) -> list[Line]:
    """This function will return a release's counts as a table. No statement."""
    tags = {language["export_name"]: language["tag"] for language in release.options["languages"]}
    return [
        _line(name, tags[name], split, release.counts[name][split])
        for name in sorted(release.counts)
        for split in sorted(release.counts[name], key=lambda split: (split != "test", split))
    ]


def _line(name: str, tag: str, split: str, counts: dict[str, int]) -> Line:
    return Line(
        export_name=name,
        tag=tag,
        split=split,
        rows=sum(counts.values()),
        settled=counts.get(Status.SETTLED, 0),
        verified=counts.get(Status.VERIFIED, 0),
        unverified=counts.get(Status.MACHINE, 0),
        open=sum(counts.get(status, 0) for status in OPEN),
    )


def page_before(
    releases: QuerySet[Release], before: int | None, size: int
) -> tuple[list[Release], int | None]:
    """This function will return a page of releases, newest first, and the next one's cursor. One statement."""
    older = releases.order_by("-pk") if before is None else releases.order_by("-pk").filter(pk__lt=before)
    page = list(older[: size + 1])
    return page[:size], page[size - 1].pk if len(page) > size else None
