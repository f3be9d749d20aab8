"""Imports the items of a benchmark in the language they are written in."""

from __future__ import annotations

from corpus.management.commands._imports import ImportCommand
from corpus.models import Import


class Command(ImportCommand):
    """`import_items FILE… --benchmark SLUG --language en`; makes the benchmark when it is new."""

    help = "Import the items of a benchmark, in the language they are written in."
    kind = Import.Kind.ITEMS
