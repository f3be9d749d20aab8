"""`manage.py run_checks BENCHMARK --language ar`: check the texts of a benchmark again."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common import clock
from flagging.actions.passes import request_pass
from flagging.management.arguments import benchmark_named, language_named
from flagging.progress import see_through


class Command(BaseCommand):
    """Runs the checks over the current texts of one language and says what they found."""

    help = "Run the checks over a benchmark's texts in one language, and say what they found."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This function will name the benchmark and the language."""
        parser.add_argument("benchmark")
        parser.add_argument("--language", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """This function will see a pass through; `CommandError` for a name that is not there."""
        benchmark, language = benchmark_named(options["benchmark"]), language_named(options["language"])
        model_pass = request_pass(benchmark=benchmark, language=language, by=None, now=clock.now())
        if not see_through(model_pass, self.stdout.write):
            raise CommandError("Some chunks failed; the page of the pass shows why.")
