"""`manage.py fetch_model [NAME]`: fetch a scorer's model, or list those there are."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from flagging.scorers import ScorerEntry, ScorerError, entries, entry, models_folder

MISSING = (
    "The model requirements are not installed here ({name} is missing). "
    "Install them: pip install -r requirements-model.txt"
)


class Command(BaseCommand):
    """Fetches safetensors, tokenizer and config at one commit, and writes down what came."""

    help = "Fetch a scorer's model into ISOGLOSS_MODELS (DATA_DIR/models by default), or list the scorers."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This function will name the scorer, and what its licence or its weights ask for."""
        parser.add_argument("name", nargs="?", help="a scorer; without one they are listed")
        parser.add_argument(
            "--accept-licence", action="store_true", help="I have read its licence and accept it"
        )
        parser.add_argument(
            "--convert", action="store_true", help="weights published as pickles become safetensors"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """This function will fetch or list; `CommandError` for what is refused or does not come."""
        models = models_folder()
        if not options["name"]:
            for one in entries():
                self.stdout.write(_line(one, models))
            return
        try:
            chosen = entry(options["name"])
        except KeyError as error:
            raise CommandError(str(error.args[0])) from None
        self.stdout.write(f"{chosen.title}: {chosen.repository}, licence {chosen.licence}")
        self._fetch(chosen, models, options)

    def _fetch(self, chosen: ScorerEntry, models: Path, options: dict[str, Any]) -> None:
        try:
            # Needs the model requirements, which the other commands do without.
            from flagging.scorers.fetching import fetch
        except ModuleNotFoundError as error:
            raise CommandError(MISSING.format(name=error.name)) from None
        try:
            lock = fetch(
                chosen,
                models,
                licence_accepted=options["accept_licence"],
                convert=options["convert"],
                say=self.stdout.write,
            )
        except ScorerError as error:
            raise CommandError(str(error)) from None
        size = sum(file.size for file in lock.weights.values())
        self.stdout.write(f"{models / chosen.name}: commit {lock.revision}, {size / 1e9:.2f} GB of weights")


def _line(one: ScorerEntry, models: Path) -> str:
    here = "here" if (models / one.name).is_dir() else "absent"
    return f"{one.name:32} {here:7} {one.licence:30} {one.repository}"
