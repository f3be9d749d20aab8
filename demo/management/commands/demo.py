"""`manage.py demo [--output DIR]`: from the files of the sample to a release, with nobody at a page."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from common import clock
from demo.actions import run_whole_path
from demo.errors import SampleError
from exports.errors import ReleaseError
from exports.formats.folder import FolderError
from exports.models import Release
from exports.queries import lines_of


class Command(BaseCommand):
    """Imports, checks, opens a campaign, lets the cast do all of its work, settles and releases."""

    help = "Run the whole path on the sample, on a campaign of its own, and say where the release lies."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This function will declare where the release goes."""
        parser.add_argument("--output", type=Path, metavar="DIR", help="a folder that is not there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        """This function will run the whole path; `CommandError` where it does not end as it should."""
        if not connection.introspection.table_names():
            self.stdout.write("A new database: making its tables.")
            call_command("migrate", interactive=False, verbosity=0)
        try:
            release, folder = run_whole_path(
                output=options["output"],
                releases=settings.RELEASES_DIR,
                clock=clock.now,
                write=self.stdout.write,
            )
        except (SampleError, ReleaseError, FolderError) as error:
            raise CommandError(str(error)) from error
        self._report(release, folder)

    def _report(self, release: Release, folder: Path) -> None:
        for line in lines_of(release):
            self.stdout.write(
                f"  {line.export_name:<3} {line.split:<4} {line.rows:3} rows: {line.settled} settled, "
                f"{line.verified} verified, {line.unverified} not verified, {line.open} open"
            )
        labels = release.options["labels"]
        self.stdout.write(
            f"  {labels.get('CS', 0)} questions are culturally sensitive, {labels.get('CA', 0)} are not."
        )
        for row in release.options["left_out"]:
            self.stdout.write(f"  Left out: {row['sample_id']} in {row['language']}, {row['reason']}.")
        self.stdout.write(f"\nThe release lies in {folder}. Read it with:\n")
        self.stdout.write(
            f'  from datasets import load_dataset\n  load_dataset("{folder}", "ar", split="test")'
        )
