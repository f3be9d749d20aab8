"""`manage.py run_model_pass BENCHMARK --languages ar,de [--scorers a,b] [--ids FILE]`: order a pass, see it through."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common import clock
from flagging.actions.orders import NothingTranslatedError, Order, order_passes
from flagging.actions.passes import LicenceNotAcceptedError
from flagging.catalogue import why_not_here
from flagging.management.arguments import (
    benchmark_named,
    items_in,
    language_named,
    listed,
    scorers_named,
)
from flagging.progress import see_through
from flagging.progress_queries import living_workers
from flagging.scorers import SameFamilyError


class Command(BaseCommand):
    """Orders a pass a language and works on them beside whatever workers there are, models included."""

    help = "Order a model pass over a benchmark's translations, and see it through."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This function will name the benchmark, the languages, the scorers and the items."""
        parser.add_argument("benchmark", help="its name; WORKSPACE/NAME where several workspaces have one")
        parser.add_argument("--languages", required=True, help="tags with commas between: ar,de")
        parser.add_argument(
            "--scorers",
            default="",
            help="names with commas between; none: checks and what the set itself teaches",
        )
        parser.add_argument("--ids", type=Path, help="a file of item ids, one a line; without it all items")

    def handle(self, *args: Any, **options: Any) -> None:
        """This function will order and see through; `CommandError` for what is refused or fails."""
        benchmark = benchmark_named(options["benchmark"])
        languages = tuple(dict.fromkeys(language_named(name) for name in listed(options["languages"])))
        if not languages:
            raise CommandError("No language is named. Name at least one: --languages ar,de")
        scorers = scorers_named(options["scorers"])
        items = items_in(options["ids"], benchmark) if options["ids"] else None
        scoring = self._can_score(scorers)
        try:
            passes = order_passes(order=Order(benchmark, languages, scorers, items), by=None, now=clock.now())
        except (LicenceNotAcceptedError, SameFamilyError, NothingTranslatedError) as error:
            raise CommandError(str(error)) from None
        # Each is seen to its end, whatever became of the one before.
        failed = [
            one.language_id for one in passes if not see_through(one, self.stdout.write, scoring=scoring)
        ]
        if failed:
            raise CommandError(f"Not finished: {' '.join(failed)}. The pages of these passes show why.")

    def _can_score(self, scorers: tuple[str, ...]) -> bool:
        """Whether the models run in this process; otherwise a model worker has to be there, or nothing is ordered."""
        if not (why := why_not_here(scorers)):
            return True
        if not living_workers(now=clock.now()):
            raise CommandError(
                f"{why} Or start a model worker that has it (make model-worker), and order again. Nothing was ordered."
            )
        self.stdout.write(f"{why} The model workers that run score the texts.")
        return False
