"""`manage.py review_budget [WORKSPACE] [--hours N]`: what the verdicts say of the review, as a table."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from flagging.budget import DEFAULT_MISS, DEFAULT_TARGET, SHOWN_AT, LanguageBudget, budgets
from flagging.figures import MISSES, TARGETS
from flagging.management.arguments import workspace_named
from flagging.splitting import Shared, Unit, shared

NOT_YET = "-"


class Command(BaseCommand):
    """Prints the budget view: a line a language, and a split of hours or translations over them."""

    help = (
        "Say for each language how far its order is trusted, what it takes to find the bad, and what is left."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This function will name the workspace, the budget and what is to be reached."""
        parser.add_argument("workspace", nargs="?", help="Its slug; not needed where there is one alone.")
        budget = parser.add_mutually_exclusive_group()
        budget.add_argument("--hours", type=float, help="Split so many hours over the languages.")
        budget.add_argument("--items", type=float, help="Split so many translations over the languages.")
        parser.add_argument("--miss", type=int, default=DEFAULT_MISS, help="Percent of the bad to be missed.")
        parser.add_argument(
            "--target", type=int, choices=TARGETS, default=DEFAULT_TARGET, help="Percent to be found."
        )
        parser.add_argument(
            "--aim", choices=["recall", "clean"], default="recall", help="What is evened out."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """This function will print the tables; `CommandError` for a workspace or a figure that cannot be."""
        _check(options)
        languages = budgets(workspace_named(options["workspace"]).pk)
        if not languages:
            self.stdout.write(
                "Nobody has judged a translation yet. Judge some of the audit, then: manage.py learn"
            )
            return
        self._write(_figures(languages, options["miss"], options["target"]))
        for one in languages:
            self.stdout.write(f"{one.language}: {one.sentence}")
            if one.pull and one.pull.difference:
                pull = one.pull.difference
                self.stdout.write(
                    f"{one.language}: {one.pull.sentence} "
                    f"{100 * pull.value:+.0f} points ({100 * pull.low:+.0f} to {100 * pull.high:+.0f})"
                )
        amount = options["items"] if options["hours"] is None else options["hours"]
        if amount is not None:
            unit: Unit = "items" if options["hours"] is None else "hours"
            self._split(shared(languages, amount, unit=unit, aim=options["aim"]))

    def _split(self, split: Shared) -> None:
        self.stdout.write(f"\n{split.amount:g} {split.unit}, for the worst served | in equal parts")
        self._write(_split(split))
        if split.ours is not None and split.equal is not None:
            self.stdout.write(
                f"Worst served: {split.ours.worst:.2f} | {split.equal.worst:.2f} ({split.aim}). The first is promised "
                "too well: it evens out what was estimated."
            )
        if split.unknown:
            self.stdout.write(
                f"Nothing is known yet of: {' '.join(split.unknown)}. Keep some for their audit."
            )

    def _write(self, rows: Iterator[Sequence[str]]) -> None:
        table = list(rows)
        widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
        for row in table:
            first, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join([first.strip().ljust(widths[0]), *rest]))


def _check(options: dict[str, Any]) -> None:
    if options["miss"] not in MISSES:
        raise CommandError(f"--miss {options['miss']}: a whole percentage from {MISSES[0]} to {MISSES[-1]}.")
    for name in ("hours", "items"):
        if options[name] is not None and not options[name] >= 0:
            raise CommandError(f"--{name} {options[name]:g}: 0 or more.")


def _figures(languages: Sequence[LanguageBudget], miss: int, target: int) -> Iterator[Sequence[str]]:
    yield [
        "", "state", "head", "judged", "bad", "audit", "flagged", *(f"@{share}%" for share in SHOWN_AT),
        "AUROC", "by length", "longest", f"miss {miss}%", f"find {target}%", "hours", "left", "of",
    ]  # fmt: skip
    for one in languages:
        yield [
            one.language,
            one.state,
            "on" if one.head_on else "off",
            *_counts(one),
            *_order(one, miss, target),
        ]


def _counts(one: LanguageBudget) -> list[str]:
    found = one.counts
    return [
        str(found.verdicts), str(found.bad), f"{found.audited}/{found.unflagged}",
        f"{found.flagged_read}/{found.flagged}",
    ]  # fmt: skip


def _order(one: LanguageBudget, miss: int, target: int) -> list[str]:
    left = ["-", "-"] if one.left is None else [f"{one.left.errors.value:.0f}", str(one.left.unread)]
    items, hours, review = one.items_for(target), one.hours_for(target), one.review
    if review is None or items is None or hours is None:
        return [NOT_YET] * (len(SHOWN_AT) + 6) + left
    share = one.share_for_miss(miss)
    return [
        *(f"{point.recall:.2f}" for point in review.shown), f"{review.auroc.value:.2f}",
        NOT_YET if review.length_controlled_auroc is None else f"{review.length_controlled_auroc:.2f}",
        f"{review.longest_first_auroc:.2f}", NOT_YET if share is None else f"{100 * share:.0f}%",
        f"{items.value:.0f}", f"{hours.value:.1f}", *left,
    ]  # fmt: skip


def _split(split: Shared) -> Iterator[Sequence[str]]:
    names = ["items", "hours", "found", "left", "good"]
    yield ["", *names, "|", *names]
    for line in split.lines:
        ours, equal = (
            [f"{one.items}", f"{one.hours:.1f}", f"{one.recall:.2f}", f"{one.errors_left:.0f}", f"{good:.2f}"]
            for one, good in zip((line.ours, line.equal), line.good, strict=True)
        )
        yield [line.language, *ours, "|", *equal]
