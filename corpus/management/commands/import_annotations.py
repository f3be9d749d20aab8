"""Imports published Global-MMLU rows with the votes of their annotators."""

from __future__ import annotations

from corpus.management.commands._imports import ImportCommand
from corpus.models import Import


class Command(ImportCommand):
    """`import_annotations FILE --benchmark SLUG`; items not there yet are made from the same rows."""

    help = "Import published Global-MMLU rows (17 columns) with their votes; makes items not there yet."
    kind = Import.Kind.ANNOTATIONS
    default_language = "en"
