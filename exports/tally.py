"""What a release counts while its rows are written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from common.languages import find
from exports.composing import Made, Outcome
from exports.selection import NEEDS_LEAVE, Status


@dataclass(slots=True)
class Tally:
    """What was written: row numbers a file, rows by language, split and status, labels, rows left out, rows that
    need leave to go out, and the ids of the imports and sources that released texts came by."""

    numbers: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    counts: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    labels: Counter[str] = field(default_factory=Counter)
    left_out: list[dict[str, str]] = field(default_factory=list)
    need_leave: dict[Status, list[str]] = field(default_factory=dict)
    imports: set[int] = field(default_factory=set)
    sources: set[int] = field(default_factory=set)

    def note(self, outcome: Outcome) -> None:
        """This function will count what became of an item in a language."""
        choice, sample_id, name = outcome.choice, outcome.item.external_id, find(outcome.language).export_name
        if choice.is_left_out:
            told = {"sample_id": sample_id, "language": name}
            self.left_out.append({**told, "status": choice.status.value, "reason": choice.reason})
            return
        if choice.status in NEEDS_LEAVE:
            self.need_leave.setdefault(choice.status, []).append(f"{sample_id} in {name}")
        self.imports.update(outcome.imports)
        self.sources.update(outcome.sources)
        by_status = self.counts.setdefault(name, {}).setdefault(outcome.item.split, {})
        by_status[choice.status.value] = by_status.get(choice.status.value, 0) + 1

    def number(self, made: Made) -> int:
        """This function will give a row its number in its file, from 0."""
        place = (made.config, made.language, made.split)
        self.numbers[place] += 1
        return self.numbers[place] - 1
