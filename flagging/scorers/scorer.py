"""From items to texts and from a model's numbers back to scores; what every kind of scorer has in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from flagging.scorers.base import Build, FieldScore, ItemPair, ItemScores, ScorerEntry, Stats
from flagging.scorers.engine import BUDGETS, Encoded, Engine, Network, Output, Texts
from flagging.scorers.texts import scored_texts, unscorable

if TYPE_CHECKING:
    import torch

PairText: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model is opened from, and how: a folder, a device, float32 or bfloat16."""

    entry: ScorerEntry
    folder: Path
    device: torch.device
    dtype: torch.dtype


class Scorer(Network):
    """A network that knows items: `score` turns them into texts, runs these, and reads what came of them."""

    entry: ScorerEntry

    @property
    def settings(self) -> Mapping[str, str | int | float]:
        """What decides a value and is not in the entry."""
        return {}

    @abstractmethod
    def score(self, items: Sequence[ItemPair], engine: Engine, *, fields: bool) -> list[ItemScores]:
        """This function will score items in the order given; an item that fails says so in its `error`."""


class PairScorer(Scorer):
    """A scorer that reads source and target together and says one number."""

    def texts(self, item: ItemPair, source: str, target: str) -> Texts:
        """This function will return what `encode` is given for one pair of texts."""
        return (source, target)

    def score(self, items: Sequence[ItemPair], engine: Engine, *, fields: bool) -> list[ItemScores]:
        """This function will run one text a scored field, and leave out those that cannot be scored."""
        planned = [planned_texts(item, fields=fields) for item in items]
        wanted: list[Texts] = []
        for item, plan in zip(items, planned, strict=True):
            if not isinstance(plan, str):
                wanted += [self.texts(item, *pair) for pair in plan.values() if not unscorable(*pair)]
        outputs = iter(engine.run(wanted))
        return [self._read(item, plan, outputs) for item, plan in zip(items, planned, strict=True)]

    def _read(self, item: ItemPair, plan: dict[str, PairText] | str, outputs: Iterator[Output]) -> ItemScores:
        if isinstance(plan, str):
            return ItemScores(item.key, error=plan)
        scores, errors = [], []
        for name, pair in plan.items():
            if note := unscorable(*pair):
                scores.append(FieldScore(name, None, None, note=note))
                continue
            output = next(outputs)
            if output.row is None:
                errors.append(output.error)
            else:
                scores.append(self.read(name, output))
        return ItemScores(item.key, tuple(scores), error=" ".join(dict.fromkeys(errors)))

    def read(self, name: str, output: Output) -> FieldScore:
        """This function will turn the model's number into a score in which higher is better."""
        assert output.row is not None
        raw = float(output.row[0])
        # Adding 0 makes a negative zero a plain one.
        return FieldScore(name, raw * self.entry.direction + 0.0, raw, output.truncated)


def planned_texts(item: ItemPair, *, fields: bool) -> dict[str, PairText] | str:
    """This function will return the texts of an item, or why it cannot be read: one such must not sink the others."""
    try:
        return scored_texts(item, fields=fields)
    except Exception as error:  # noqa: BLE001 - fields that are no texts, whatever they are; reported with the item
        return f"The item's texts cannot be read: {type(error).__name__}: {error}"


class Loaded:
    """A scorer that is ready: the model is in memory, on its device."""

    def __init__(self, scorer: Scorer, build: Build, *, fields: bool = False, budget: int = 0) -> None:
        self.scorer = scorer
        self.entry = scorer.entry
        self.build = build
        self.device = str(scorer.device)
        self.fields = fields
        self.engine = Engine(scorer, budget or BUDGETS.get(scorer.device.type, BUDGETS["cpu"]))

    @property
    def stats(self) -> Stats:
        """What all calls of `score` have taken so far."""
        return self.engine.stats

    def score(self, items: Sequence[ItemPair]) -> list[ItemScores]:
        """This function will return the scores of items in the order given, one for each.

        Scores do not depend on which items stand together; of findings, `misaligned_question` compares an item
        with the others of the call. Thousands of items a call leave least padding.
        """
        return self.scorer.score(items, self.engine, fields=self.fields)


__all__ = ["Encoded", "Loaded", "Output", "PairScorer", "Scorer", "Source", "Texts"]
