"""`manage.py restore FOLDER`: a backup into an empty site, then its tables brought up to date."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from common.backups.manifest import BackupError
from common.backups.restoring import restore_backup


class Command(BaseCommand):
    """Restores a backup; the site must be stopped."""

    help = "Put a backup into an empty site. Web, workers and beat must be stopped."
    # The tables are what is to come.
    requires_migrations_checks = False
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This function will declare the folder and the leave to replace."""
        parser.add_argument("folder", type=Path, help="A folder that `backup` has written.")
        parser.add_argument("--replace", action="store_true", help="What is there may go.")

    def handle(self, *args: Any, **options: Any) -> None:
        """This function will restore, and bring the tables of an older version up to date."""
        folder = options["folder"].absolute()
        try:
            done = restore_backup(folder, replace=options["replace"], say=self.stdout.write)
        except (BackupError, OSError) as error:
            raise CommandError(f"Not restored. {error}") from error
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)
        # What a backup holds is all there is to be: `make run` adds no sample to it.
        (settings.DATA_DIR / "sample.stamp").touch()
        self.stdout.write(
            f"Restored {sum(done.tables.values()):,} rows of {len(done.tables)} tables and "
            f"{len(done.files) - 1:,} files, made {done.made_at} by {done.code}."
        )
