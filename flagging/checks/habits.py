"""What a set of translations usually does with its options: how it renders a text it meets again, and
whether it leaves names as they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import regex

from flagging.checks.wording import bare, loose, lower_words

# Longer options hardly come twice.
LONGEST = 120
# What is kept of a set that repeats itself much, most frequent first.
MOST_RENDERINGS = 4000
SHOWN = 3
# Names a set must have for its habit to count, and the share left as they stand below which it has one.
FEWEST_NAMES = 60
SELDOM = 0.05
# A name: a word with a capital and three small letters, and none in small letters alone but glue.
_NAME = regex.compile(r"(?<![\p{L}\p{M}])\p{Lu}\p{Ll}{3,}(?![\p{L}\p{M}\d])")
_NO_NAME = regex.compile(r"\d|[=\\^_{}<>]|\p{Ll}\p{Lu}|(?<![\p{L}'’])\p{Ll}{4,}")
_TRIGRAMS = 3


@dataclass(frozen=True)
class Rendering:
    """One option text of the source: rows that hold it, rows that leave it as it stands, and its most
    frequent other translations with their rows."""

    rows: int
    kept: int
    others: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Habits:
    """Names among a set's options, those left as they stand, and renderings by the folded source text of
    options that two or more rows hold."""

    names: int = 0
    names_kept: int = 0
    renderings: Mapping[str, Rendering] = field(default_factory=dict)

    @property
    def writes_names(self) -> bool:
        """Whether the set, as a habit, writes names in its own way."""
        return self.names >= FEWEST_NAMES and self.names_kept <= SELDOM * self.names

    def of(self, source: str) -> Rendering | None:
        """This function will return how the set renders an option's text, None where one row holds it."""
        return self.renderings.get(loose(source)) if len(source) <= LONGEST else None

    def to_json(self) -> dict[str, Any]:
        """This function will return what `from_json` reads, made of JSON types alone."""
        renderings = {source: list(asdict(one).values()) for source, one in self.renderings.items()}
        return {"names": self.names, "names_kept": self.names_kept, "renderings": renderings}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Habits:
        """This function will rebuild what `to_json` returned."""
        renderings = {
            source: Rendering(rows, kept, tuple((text, times) for text, times in others))
            for source, (rows, kept, others) in data["renderings"].items()
        }
        return cls(data["names"], data["names_kept"], renderings)


class Gathering:
    """Gathers habits while a set streams by."""

    def __init__(self) -> None:
        """This function will begin with nothing seen."""
        self.names = self.names_kept = 0
        self._seen: dict[str, str | Counter[str]] = {}

    def add(self, source: Mapping[str, str], target: Mapping[str, str]) -> None:
        """This function will take in the options of one item; an item left as it is says nothing of names."""
        shared = [(text, target.get(name, "")) for name, text in source.items() if name.startswith("option_")]
        is_left = sum(bare(text) == bare(other) for text, other in shared) == len(shared)
        for text, other in shared:
            if not other.strip() or not text.strip():
                continue
            if len(text) <= LONGEST:
                self._count(loose(text), loose(other))
            if not is_left and is_name(text):
                self.names += 1
                self.names_kept += bare(text) == bare(other)

    def _count(self, source: str, target: str) -> None:
        before = self._seen.get(source)
        if before is None:
            self._seen[source] = target
        elif isinstance(before, str):
            self._seen[source] = Counter((before, target))
        else:
            before[target] += 1

    def result(self) -> Habits:
        """This function will return the habits of what was seen."""
        repeated = [(source, seen) for source, seen in self._seen.items() if isinstance(seen, Counter)]
        repeated.sort(key=lambda one: -one[1].total())
        renderings = {source: _rendering(source, seen) for source, seen in repeated[:MOST_RENDERINGS]}
        return Habits(self.names, self.names_kept, renderings)


def _rendering(source: str, seen: Counter[str]) -> Rendering:
    kept = sum(times for target, times in seen.items() if bare(target) == bare(source))
    others = sorted(
        ((target, times) for target, times in seen.items() if bare(target) != bare(source)),
        key=lambda one: (-one[1], one[0]),
    )
    return Rendering(seen.total(), kept, tuple(others[:SHOWN]))


def is_name(text: str) -> bool:
    """This function will tell whether a text is a name and nothing that is to be translated."""
    return _NAME.search(text) is not None and _NO_NAME.search(text) is None


def is_unlike(text: str, others: Iterable[str]) -> bool:
    """This function will tell whether a text shares no word and hardly a run of letters with any of the others."""
    words, grams = set(lower_words(text)), set(_grams(text))
    for other in others:
        theirs = set(_grams(other))
        if words & set(lower_words(other)) or len(grams & theirs) * 5 > min(len(grams), len(theirs)):
            return False
    return True


def _grams(text: str) -> Iterator[str]:
    folded = f" {text.lower()} "
    return (folded[at : at + _TRIGRAMS] for at in range(len(folded) - _TRIGRAMS + 1))
