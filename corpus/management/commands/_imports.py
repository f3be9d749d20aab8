"""What the three import commands share: options, progress, the report and the exit code."""

from __future__ import annotations

import time
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any, ClassVar, TextIO, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from common import clock
from common.languages import UnknownLanguageError, find
from corpus.actions.imports import run_import
from corpus.actions.requests import ImportRefusedError, ImportRequest, Outcome, Watch
from corpus.formats import READ, FileError, RowError
from corpus.item_types import NAMES
from corpus.models import Import

COUNTS = ("read", "created", "changed", "replaced", "unchanged", "refused", "votes")


class ImportCommand(BaseCommand):
    """An import by command: refused rows go to the error stream, and make the exit code 1."""

    kind: ClassVar[Import.Kind]
    default_language: ClassVar[str | None] = None

    def add_arguments(self, parser: CommandParser) -> None:
        """This function will name the options that all three commands take."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=READ)
        parser.add_argument("--benchmark", required=True, metavar="SLUG")
        parser.add_argument(
            "--language",
            type=language_tag,
            required=self.default_language is None,
            default=self.default_language,
            help="a tag (sw, zh-Hans) or the name of a Global-MMLU config (zh)",
        )
        parser.add_argument("--workspace", default="", metavar="SLUG", help="needed where there are several")
        parser.add_argument("--type", dest="item_type", choices=NAMES, default=NAMES[0])
        parser.add_argument("--split", default="", help="stands where a row names none")
        parser.add_argument(
            "--map",
            dest="mapping",
            nargs="+",
            action="extend",
            default=[],
            type=column_and_field,
            metavar="COLUMN=FIELD",
            help="read a column as another field, such as question_sw=question",
        )
        parser.add_argument("--licence", default="", help="under which the rows are published")
        parser.add_argument("--source-url", dest="url", default="", help="where the rows come from")
        parser.add_argument("--maker", default="", help="who published the rows")
        parser.add_argument("--replace", action="store_true", help="take rows that differ as new versions")
        parser.add_argument("--dry-run", action="store_true", help="check everything, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """This function will run the import and report it; raises `CommandError` with exit code 1."""
        watch = ConsoleWatch(self, self._console())
        request = self._request(options)
        with watch:
            try:
                outcome = run_import(request=request, by=None, now=clock.now(), watch=watch)
            except (FileError, ImportRefusedError) as error:
                raise CommandError(f"{error}. Nothing was imported.", returncode=1) from error
            except KeyboardInterrupt as error:
                raise CommandError("Stopped. Nothing was imported.", returncode=130) from error
        self._report(request, outcome)
        failed = [follow_up for follow_up in outcome.follow_ups if not follow_up(self.stdout.write)]
        if refused := outcome.counts.get("refused"):
            raise CommandError(f"{refused} of {outcome.counts['read']} rows were refused.", returncode=1)
        if failed:
            raise CommandError("The rows are imported; work on them failed, see above.", returncode=1)

    def _console(self) -> Console:
        # Django's wrapper ends every write with a line feed, which a moving line cannot bear
        return Console(file=cast(TextIO, self.stdout._out))

    def _request(self, options: dict[str, Any]) -> ImportRequest:
        return ImportRequest(
            kind=self.kind,
            workspace=options["workspace"],
            benchmark=options["benchmark"],
            language=options["language"],
            files=tuple(options["files"]),
            item_type=options["item_type"],
            split=options["split"],
            system=options.get("system", ""),
            origin=options.get("origin", ""),
            mapping=dict(options["mapping"]),
            licence=options["licence"],
            url=options["url"],
            maker=options["maker"],
            replace=options["replace"],
            dry_run=options["dry_run"],
        )

    def _report(self, request: ImportRequest, outcome: Outcome) -> None:
        title = f"{request.benchmark} {request.language} {request.system}".strip()
        title += " (dry run: nothing was changed)" if request.dry_run else ""
        table = Table("", "rows", title=title)
        table.columns[1].justify = "right"
        for name in COUNTS:
            if name in ("read", "created", "unchanged", "refused") or outcome.counts.get(name):
                table.add_row(name, f"{outcome.counts.get(name, 0):,}")
        for code, rows in sorted(outcome.warnings.items()):
            table.add_row(f"warning: {code}", f"{rows:,}")
        self._console().print(table)


class ConsoleWatch(Watch):
    """Shows an import as it goes: a moving line on a terminal, plain lines elsewhere."""

    def __init__(self, command: BaseCommand, console: Console) -> None:
        """This function will write progress to the command's output and refusals to its error stream."""
        self.command = command
        self.progress: Progress | None = None
        if console.is_terminal:
            columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
            self.progress = Progress(*columns, console=console, transient=True)
            self.task = self.progress.add_task("reading", total=None)
        self.started = time.monotonic()

    def __enter__(self) -> None:
        """This function will start the moving line, on a terminal."""
        if self.progress:
            self.progress.start()

    def __exit__(self, *exception: object) -> None:
        """This function will take the moving line away."""
        if self.progress:
            self.progress.stop()

    def on_read(self, rows: int) -> None:
        """This function will show how many rows are read, and how fast."""
        rate = rows / max(time.monotonic() - self.started, 1e-3)
        self._show(f"{rows:,} rows read, {rate:,.0f} a second")

    def on_promotion(self) -> None:
        """This function will show that the rows are being made visible."""
        self._show("Comparing with what is kept, and making the new rows visible")

    def on_refused(self, row: RowError) -> None:
        """This function will write `file:line: field: message` to the error stream."""
        self.command.stderr.write(f"refused {row}")

    def on_changed(self, row: RowError) -> None:
        """This function will write `file:line: fields: message` to the output."""
        self.command.stdout.write(f"changed {row}")

    def _show(self, line: str) -> None:
        if self.progress:
            self.progress.update(self.task, description=line)
        else:
            self.command.stdout.write(line)
            self.command.stdout.flush()


def language_tag(value: str) -> str:
    """This function will return the tag of a language given by tag or config name."""
    try:
        return find(value).tag
    except UnknownLanguageError as error:
        raise ArgumentTypeError(str(error)) from error


def column_and_field(value: str) -> tuple[str, str]:
    """This function will split `COLUMN=FIELD` at the last equals sign."""
    column, equals, field = value.rpartition("=")
    if not (column and equals and field):
        raise ArgumentTypeError(f"{value!r} is no COLUMN=FIELD (name the files before --map)")
    return column, field
