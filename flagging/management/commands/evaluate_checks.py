"""`manage.py evaluate_checks FILE…`: how well the checks find known errors."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from flagging.evaluation.checks import Scorer, Tally, evaluate
from flagging.evaluation.rows import BadRowError, read
from flagging.evaluation.table import lines


class Command(BaseCommand):
    """Runs every check over rows whose errors are known. Needs no database, and no model unless one is named."""

    help = (
        "Recall of the checks per kind of error and false alarms per language, on rows with id, src_lang, tgt_lang, "
        "source, target, label (ok or bad), kind and, where they are items, source_item and target_item."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This function will name the files, the form of the answer and the scorer."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="JSONL, gzipped or not")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
        parser.add_argument(
            "--scorer", metavar="NAME_OR_FOLDER", help="also run the checks that an embedding model makes"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """This function will print the figures; `CommandError` for a row or a scorer that cannot be used."""
        tally = self._evaluated(options["files"], options["scorer"])
        if options["json"]:
            self.stdout.write(json.dumps(tally.to_json(), ensure_ascii=False))
            return
        for line in lines(tally):
            self.stdout.write(line)

    def _evaluated(self, files: list[Path], scorer: str | None) -> Tally:
        loaded = _loaded(scorer) if scorer else None
        try:
            return evaluate(read(files), loaded)
        except BadRowError as error:
            raise CommandError(str(error), returncode=1) from error


def _loaded(name: str) -> Scorer:
    """The scorer of that name or folder; loading one is what imports torch."""
    from flagging import scorers
    from flagging.scorers.base import ScorerError

    try:
        return scorers.load(name)
    except KeyError as error:
        raise CommandError(str(error.args[0]), returncode=1) from error
    except ScorerError as error:
        raise CommandError(str(error), returncode=1) from error
