"""Findings from vectors: which option stands where, and whose question a question is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from typing import TYPE_CHECKING

from flagging.checks.aligned import MisalignedQuestion, OptionsSwapped
from flagging.checks.base import WHOLE_ITEM, Finding, options
from flagging.scorers.base import ItemPair
from flagging.scorers.texts import is_bare, joined, stem_names, word_count

if TYPE_CHECKING:
    import torch

# Fewer pairs do not say what is usual among them.
FEWEST_PAIRS = 20
# Shorter questions are like each other whatever they ask.
FEWEST_WORDS = 4
# Sources as like each other as this ask the same.
SAME = 0.9
# Scales the median deviation to the standard deviation of a normal distribution.
_MAD_SCALE = 1.4826
_SWAPPED, _MISALIGNED = OptionsSwapped(), MisalignedQuestion()

Found = dict[int, list[tuple[str, Finding]]]
Vector = Callable[[str], "torch.Tensor | None"]


@dataclass(frozen=True, slots=True)
class Side:
    """The texts of one side: the question with what belongs to it, and the options that hold text."""

    stem: str
    options: Mapping[str, str]

    @classmethod
    def of(cls, item: ItemPair, fields: Mapping[str, str]) -> Side:
        """This function will take the texts of one side of an item, of the fields that its source has."""
        chosen = set(options(item.source))
        held = {name: fields[name].strip() for name in item.source if name in chosen and fields.get(name)}
        return cls(joined(fields, stem_names(item)), {name: text for name, text in held.items() if text})

    def texts(self) -> list[str]:
        """This function will return all texts of this side."""
        return [text for text in (self.stem, *self.options.values()) if text]


def aligned_findings(
    items: Sequence[ItemPair], sides: Mapping[int, tuple[Side, Side]], vector: Vector, *, margin: float
) -> Found:
    """This function will return findings by the id of the item; only items of one pair of languages are compared."""
    found: Found = {}
    for item in items:
        source, target = sides[id(item)]
        if hit := _swapped(item, source, target, vector, margin):
            found.setdefault(id(item), []).append((_SWAPPED.name, hit))

    def pair(item: ItemPair) -> tuple[str, str]:
        return item.source_language, item.target_language

    for _, group in groupby(sorted(items, key=pair), key=pair):
        _misaligned(list(group), sides, vector, margin, found)
    return found


def _swapped(item: ItemPair, source: Side, target: Side, vector: Vector, margin: float) -> Finding | None:
    """Options that are numbers, formulas or names alone are compared by a deterministic check, and not here."""
    names = [name for name in source.options if name in target.options and not is_bare(source.options[name])]
    sources = [vector(source.options[name]) for name in names]
    targets = [vector(target.options[name]) for name in names]
    if len(names) < 2 or any(one is None for one in (*sources, *targets)):
        return None
    import torch

    matrix = torch.stack([one for one in sources if one is not None])
    matrix = matrix @ torch.stack([one for one in targets if one is not None]).T
    texts = [[fields[name] for name in names] for fields in (item.source, item.target)]
    return _SWAPPED.run(names, matrix.tolist(), *texts, margin=margin)


def _misaligned(
    items: list[ItemPair], sides: Mapping[int, tuple[Side, Side]], vector: Vector, margin: float, found: Found
) -> None:
    import torch

    rows = []
    for item in items:
        source, target = sides[id(item)]
        one, two = vector(source.stem), vector(target.stem)
        if one is not None and two is not None and word_count(source.stem) >= FEWEST_WORDS:
            rows.append((item, source.stem, one, two))
    if len(rows) < FEWEST_PAIRS:
        return
    ours = torch.stack([row[2] for row in rows])
    theirs = torch.stack([row[3] for row in rows])
    own = (ours * theirs).sum(1)
    usual = median(own.tolist())
    spread = _MAD_SCALE * median((own - usual).abs().tolist())
    for index, (item, _, one, two) in enumerate(rows):
        likeness = ours @ two
        likeness[ours @ one >= SAME] = -1.0
        best = int(likeness.argmax())
        field = next((name for name in stem_names(item) if item.target.get(name)), WHOLE_ITEM)
        hit = _MISALIGNED.run(
            field,
            item.target.get(field, ""),
            own=float(own[index]),
            usual=usual,
            spread=spread,
            other=rows[best][1],
            closest=float(likeness[best]),
            margin=margin,
        )
        if hit:
            found.setdefault(id(item), []).append((_MISALIGNED.name, hit))
