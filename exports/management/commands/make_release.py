"""`make_release CAMPAIGN VERSION --output DIR`: a labelled split, from the rows to the files."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from annotation.models import Campaign
from common import clock
from exports.actions import make_release, render
from exports.errors import OpenRejectsError, ReleaseError
from exports.formats.folder import FolderError, check_target
from exports.formats.render import UnknownFormatError, formats_named
from exports.formats.written import Written
from exports.models import Release
from exports.queries import released
from exports.selection import Status

STATUSES = (
    Status.SOURCE,
    Status.SETTLED,
    Status.VERIFIED,
    Status.MACHINE,
    Status.REJECTED_OPEN,
    Status.UNSETTLED,
    Status.OUTDATED,
)


class Command(BaseCommand):
    """Makes a release, or renders again one that is there: a release never changes."""

    help = "Write a campaign's benchmark as a labelled split: one folder, whole or not at all."

    def add_arguments(self, parser: CommandParser) -> None:
        """This function will name the campaign, the version and where the files go."""
        parser.add_argument("campaign", metavar="CAMPAIGN", help="the campaign's slug")
        parser.add_argument("version", metavar="VERSION", help="such as 1.0; the same again renders it again")
        parser.add_argument("--output", required=True, type=Path, metavar="DIR")
        parser.add_argument(
            "--allow-open",
            action="store_true",
            help="release rows that are rejected and not settled, or outdated, with the text as imported",
        )
        parser.add_argument(
            "--formats",
            type=_formats,
            default=(),
            metavar="jsonl,csv",
            help="beside Parquet, which is always written",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """This function will make the release and render it; raises `CommandError` with what to do."""
        output = Path(options["output"])
        console = Console(file=cast("IO[str]", self.stdout), highlight=False)
        try:
            release = released(options["campaign"], options["version"])
            check_target(output, release="" if release is None else str(release.public_id))
            release = self._made_before(release) or self._make(console, options)
            files = render(
                release=release,
                target=output,
                formats=options["formats"],
                by=None,
                now=clock.now(),
            )
        except OpenRejectsError as error:
            cure = error.cure.replace("allow_open", "--allow-open")
            raise CommandError(f"{error} {cure}") from error
        except (ReleaseError, FolderError) as error:
            raise CommandError(str(error)) from error
        _report(console, release, files, output)

    def _made_before(self, release: Release | None) -> Release | None:
        if release is not None:
            self.stdout.write(
                f"Release {release.version} was made on {release.made_at:%Y-%m-%d}: rendering it again."
            )
        return release

    def _make(self, console: Console, options: dict[str, Any]) -> Release:
        campaign = Campaign.objects.filter(slug=options["campaign"]).select_related("benchmark").first()
        if campaign is None:
            known = ", ".join(Campaign.objects.order_by("slug").values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no campaign {options['campaign']!r}. There are: {known}.")
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task("items", total=None)
            return make_release(
                campaign=campaign,
                version=options["version"],
                by=None,
                now=clock.now(),
                allow_open=options["allow_open"],
                progress=lambda done, total: progress.update(task, completed=done, total=total),
            )


def _formats(value: str) -> Sequence[str]:
    names = value.split(",")
    try:
        formats_named(names)
    except UnknownFormatError as error:
        raise ArgumentTypeError(str(error)) from error
    return names


def _report(console: Console, release: Release, files: Sequence[Written], output: Path) -> None:
    table = Table("language", "split", *(status.value.replace("_", " ") for status in STATUSES))
    for language, splits in sorted(release.counts.items()):
        for split, counts in sorted(splits.items()):
            table.add_row(language, split, *(f"{counts.get(status.value, 0):,}" for status in STATUSES))
    console.print(table)
    left_out = Counter(row["status"] for row in release.options["left_out"])
    if left_out:
        told = ", ".join(f"{count:,} {status}" for status, count in sorted(left_out.items()))
        console.print(f"{left_out.total():,} rows are left out ({told}); manifest.json says which and why.")
    console.print(f"{len(files) + 1} files in {output}", soft_wrap=True)
