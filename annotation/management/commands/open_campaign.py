"""`manage.py open_campaign SLUG --benchmark B --languages ar,de=SYSTEM`: give a benchmark to people."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug

from annotation.actions.campaigns import Plan, Selection, open_campaign
from annotation.errors import CampaignError
from annotation.models import Standing
from annotation.queries import progress
from common import clock
from common.languages import UnknownLanguageError, find
from corpus.models import Benchmark


class Command(BaseCommand):
    """Opens a campaign with its tasks, worst first, and prints how many there are of each."""

    help = (
        "Open a campaign over a benchmark: tasks for its translations and for the sensitivity of its items."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This function will declare what a manager decides."""
        parser.add_argument("slug")
        parser.add_argument("--benchmark", required=True)
        parser.add_argument(
            "--languages", required=True,
            help="Comma-separated tags; TAG=SYSTEM where several systems translated, "
            "TAG=SYSTEM+SYSTEM to offer the best of several. "
            "The source language alone opens a campaign for sensitivity only.",
        )  # fmt: skip
        parser.add_argument("--name", default="")
        parser.add_argument("--verification-overlap", type=int, default=1)
        parser.add_argument("--sensitivity-overlap", type=int, default=4)
        chosen = parser.add_mutually_exclusive_group()
        chosen.add_argument("--sample-per-subject", type=int, metavar="N")
        chosen.add_argument("--ids", type=Path, metavar="FILE", help="A file with one item id a line.")
        parser.add_argument(
            "--split", help="Only items of this split; a sample is drawn from test unless told."
        )
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--guidelines", type=Path, metavar="FILE", help="A Markdown file.")
        parser.add_argument("--hide-answer", action="store_true", help="Do not mark the right option.")
        parser.add_argument("--hide-flags", action="store_true", help="Do not show what the checks found.")
        parser.add_argument(
            "--hide-flags-share", type=float, metavar="SHARE",
            help="Share of the tasks that are judged without flags (0.1 unless told), so that what flags do to "
            "judgements can be measured.",
        )  # fmt: skip
        parser.add_argument(
            "--verification-by", choices=Standing.values, help="Only members of this standing."
        )
        parser.add_argument(
            "--sensitivity-by", choices=Standing.values, help="Only members of this standing."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """This function will open the campaign; `CommandError` says what to mend, and then nothing was opened."""
        try:
            campaign = open_campaign(plan=self._plan(options), by=None, now=clock.now())
        except (CampaignError, UnknownLanguageError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Campaign {campaign.slug} is open.")
        for queue in progress(campaign):
            self.stdout.write(
                f"  {queue.tasks:>7,} {queue.kind} tasks in {queue.language}, {queue.slots:,} judgements wanted"
            )

    def _plan(self, options: dict[str, Any]) -> Plan:
        try:
            validate_slug(options["slug"])
        except ValidationError:
            raise CommandError(f"{options['slug']!r} is no slug: use letters, digits, - and _.") from None
        benchmark = Benchmark.objects.filter(slug=options["benchmark"]).first()
        if benchmark is None:
            raise CommandError(f"There is no benchmark {options['benchmark']!r}. Import its items first.")
        return Plan(
            slug=options["slug"],
            name=options["name"],
            benchmark=benchmark,
            languages=_languages(options["languages"]),
            verification_overlap=options["verification_overlap"],
            sensitivity_overlap=options["sensitivity_overlap"],
            selection=_selection(options),
            guidelines=_read(options["guidelines"]),
            settings=_settings(options),
        )


def _languages(text: str) -> dict[str, str | None]:
    pairs = (part.strip().partition("=") for part in text.split(",") if part.strip())
    return {find(tag).tag: system or None for tag, _, system in pairs}


def _selection(options: dict[str, Any]) -> Selection:
    if (sample := options["sample_per_subject"]) is not None:
        if sample < 1:
            raise CommandError(f"--sample-per-subject {sample}: a sample holds at least one item.")
        return Selection(sample_per_subject=sample, split=options["split"] or "test")
    if options["ids"] is not None:
        lines = _read(options["ids"]).splitlines()
        return Selection(ids=[line.strip() for line in lines if line.strip()])
    return Selection(split=options["split"])


def _settings(options: dict[str, Any]) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "seed": options["seed"],
        "show_answer": not options["hide_answer"],
        "show_flags": not options["hide_flags"],
    }
    if (share := options["hide_flags_share"]) is not None:
        # Of no number, too, this is false.
        if not 0 <= share <= 1:
            raise CommandError(f"--hide-flags-share {share}: a share lies between 0 and 1.")
        settings["hidden_flags_rate"] = share
    for kind in ("verification", "sensitivity"):
        if options[f"{kind}_by"]:
            settings[f"{kind}_standings"] = [options[f"{kind}_by"]]
    return settings


def _read(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read as UTF-8 text: {error}") from None
