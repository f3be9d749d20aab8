"""`manage.py backup FOLDER`: rows, uploads and releases of one instant, into a new folder."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.backups.making import make_backup
from common.backups.manifest import BackupError
from common.version import version


class Command(BaseCommand):
    """Makes a backup; the site may go on working."""

    help = "Write a backup of rows and files into a new folder; the site may go on working."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This function will declare the folder."""
        parser.add_argument("folder", type=Path, help="A folder that is not there yet.")

    def handle(self, *args: Any, **options: Any) -> None:
        """This function will write the backup and print what is in it; `CommandError` says what to mend."""
        folder = options["folder"].absolute()
        try:
            made = make_backup(folder, code=version(), now=clock.now(), say=self.stdout.write)
        except (BackupError, OSError) as error:
            raise CommandError(f"No backup was made. {error}") from error
        size = sum(kept.size for kept in made.files)
        self.stdout.write(
            f"{folder}: {sum(made.tables.values()):,} rows of {len(made.tables)} tables and "
            f"{len(made.files) - 1:,} files, {size:,} bytes."
        )
        if made.missing:
            self.stdout.write(
                f"Deleted by the site meanwhile, and not in the backup: {', '.join(made.missing)}. After a restore, "
                "an import that had not ended and needs one of them fails as upload_gone: send its files again."
            )
