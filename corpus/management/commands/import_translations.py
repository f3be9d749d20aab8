"""Imports one system's translations of a benchmark into one language."""

from __future__ import annotations

from django.core.management.base import CommandParser

from corpus.management.commands._imports import ImportCommand
from corpus.models import Import, Origin


class Command(ImportCommand):
    """`import_translations FILE… --benchmark SLUG --language ar --system NAME`."""

    help = "Import one system's (or some people's) translations of a benchmark into one language."
    kind = Import.Kind.TRANSLATIONS

    def add_arguments(self, parser: CommandParser) -> None:
        """This function will add what a translation says of itself."""
        super().add_arguments(parser)
        parser.add_argument("--system", required=True, metavar="NAME", help="what or who translated")
        origins = [origin.value for origin in (Origin.MACHINE, Origin.HUMAN, Origin.BACK_TRANSLATION)]
        parser.add_argument("--origin", choices=origins, default=Origin.MACHINE.value)
