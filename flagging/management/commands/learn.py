"""`manage.py learn [WORKSPACE]`: learn from all verdicts now, here, and say what came of it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from common import clock
from flagging.actions.learning import learned_of
from flagging.management.arguments import workspace_named


class Command(BaseCommand):
    """Fits heads and calibrations of a workspace's languages."""

    help = "Learn from the verdicts of a workspace, and say for each language what came of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This function will name the workspace."""
        parser.add_argument("workspace", nargs="?", help="Its slug; not needed where there is one alone.")

    def handle(self, *args: Any, **options: Any) -> None:
        """This function will learn and print one line a language and kind; `CommandError` for a name that is not
        there."""
        told = learned_of(workspace_named(options["workspace"]).pk, now=clock.now())
        for language, sentences in sorted(told.items()):
            for kind, sentence in sentences.items():
                self.stdout.write(f"{language} {kind}: {sentence}")
        if not told:
            self.stdout.write("Nobody has judged a translation yet: there is nothing to learn from.")
