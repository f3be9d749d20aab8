"""`manage.py evaluate_scorer FILE… [--detector head]`: how well a score finds bad translations."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

if TYPE_CHECKING:
    from flagging.evaluation.detectors import Evaluation
    from flagging.evaluation.scorers import Figures


class Command(BaseCommand):
    """Compares detectors with judgements in a file; needs no database."""

    help = "Measure how well detectors find the worst fifth of judged translations."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This function will name the files, the detectors and what they may see."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--detector",
            action="append",
            metavar="NAME",
            help="head (default), surface, lexicon, longest_first, a column, a scorer or its folder",
        )
        parser.add_argument(
            "--labels",
            type=int,
            default=2000,
            help="judgements of split train a head may see; the pairs of one call lean on each other's too",
        )
        parser.add_argument("--signals", default="", help="columns the head may use, such as nmt_logprob")
        parser.add_argument("--split", default="test", help="how the names of the splits evaluated begin")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument(
            "--json", action="store_true", help="print the first detector's figures as JSON alone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """This function will print the figures; `CommandError` where a file or a name cannot be used."""
        from flagging.evaluation.detectors import DetectorError, Evaluation
        from flagging.evaluation.judged import JudgedFileError, read

        if options["labels"] < 0:
            raise CommandError(f"--labels {options['labels']} is below 0. Give 0 or more.")
        names = options["detector"] or ["head"]
        signals = tuple(name.strip() for name in options["signals"].split(",") if name.strip())
        say = (lambda line: None) if options["json"] else self.stderr.write
        try:
            pairs = read(options["files"])
            told = Evaluation(pairs, options["labels"], signals, options["split"], options["seed"], say)
            if options["json"]:
                self._write_json(_figures(told, names[0], self.stderr.write))
            else:
                self._write_tables(told, names)
        except (JudgedFileError, DetectorError) as error:
            raise CommandError(str(error)) from None

    def _write_json(self, figures: dict[str, Figures]) -> None:
        self.stdout.write(json.dumps({"pairs": {pair: one.to_json() for pair, one in figures.items()}}))

    def _write_tables(self, told: Evaluation, names: list[str]) -> None:
        from flagging.evaluation.scorers import table

        lines = [*names, *(["longest_first"] if "longest_first" not in names else [])]
        for name in lines:
            self.stdout.write(table(name, _figures(told, name, self.stderr.write)) + "\n")


def _figures(told: Evaluation, detector: str, say: Callable[[str], object]) -> dict[str, Figures]:
    """The detector's figures on the evaluated rows of each pair that it can score."""
    import numpy as np

    from flagging.evaluation.detectors import DetectorError
    from flagging.evaluation.scorers import measure

    result: dict[str, Figures] = {}
    for pair, rows in told.pairs.items():
        evaluated = told.evaluated(pair)
        if not len(evaluated):
            splits = ", ".join(sorted({row.split for row in rows}))
            say(f"{pair} is left out: it has no split {told.split!r}, only {splits}. Name one with --split.")
            continue
        scores = told.scores(detector, pair)
        known = evaluated[np.isfinite(scores[evaluated])]
        if not len(known):
            raise DetectorError(f"{detector} scores no evaluated row of {pair}. Name another detector.")
        goodness = np.array([rows[row].goodness for row in known])
        lengths = np.array([len(rows[row].source) for row in known], dtype=np.float64)
        result[pair] = measure(scores[known], goodness, lengths, told.seed)
    if not result:
        raise DetectorError(f"No file has rows of a split {told.split!r}. Name one with --split.")
    return result
