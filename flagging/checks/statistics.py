"""What is usual in one set of translations into one language, against which a single one is judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from math import log, sqrt
from random import Random
from statistics import median
from typing import Any, Protocol

from flagging.checks.habits import Gathering, Habits
from flagging.checks.letters import MAD_TO_SIGMA, LetterModel, fit, own_words
from flagging.checks.numbers import count_kept
from flagging.checks.wording import asks, ends_sentence, sentences

MINIMUM_PAIRS = 30
MINIMUM_LENGTH = 12
# Code points at which length itself doubles the variance of the ratio: short texts vary more.
NOISY_LENGTH = 40
# Keeps a set whose ratios hardly vary from calling every small difference an outlier.
SMALLEST_SIGMA = 0.06
SAMPLED_TEXTS = 2000
_KEPT = ("ending", "question", "sentences")


class Measurable(Protocol):
    """The part of a pair that is measured."""

    @property
    def source(self) -> Mapping[str, str]:
        """Fields by name."""

    @property
    def target(self) -> Mapping[str, str]:
        """Fields by name."""


@dataclass(frozen=True)
class FieldStatistics:
    """Of one kind of field: pairs counted; median of log(target length / source length), lengths in code
    points; MAD of the deviations from it, each scaled down for short sources. Shares of the sources of which the
    target does as much: end a sentence, end in a question mark, have several sentences."""

    count: int
    median: float
    mad: float
    ending_kept: float
    question_kept: float = 0.0
    sentences_kept: float = 0.0

    def z(self, source: str, target: str) -> float:
        """This function will return the robust z of this pair's log length ratio."""
        deviation = (log_ratio(source, target) - self.median) * _weight(source)
        return deviation / max(self.mad * MAD_TO_SIGMA, SMALLEST_SIGMA)


@dataclass(frozen=True)
class SetStatistics:
    """Per kind of field (`question`, …, and `option` for all options together) its statistics, the letter
    model of the set's texts, and its habits with options, and the share of the sources' numbers (above 1, in
    digits) that the targets have in digits too."""

    fields: Mapping[str, FieldStatistics] = field(default_factory=dict)
    letters: LetterModel = field(default_factory=LetterModel)
    habits: Habits = field(default_factory=Habits)
    numbers_kept: float = 0.0

    def of(self, field_name: str) -> FieldStatistics | None:
        """This function will return the field's statistics, None where too few pairs were measured."""
        found = self.fields.get(kind(field_name))
        return found if found is not None and found.count >= MINIMUM_PAIRS else None

    def to_json(self) -> dict[str, Any]:
        """This function will return what `from_json` reads, made of JSON types alone."""
        fields = {name: asdict(one) for name, one in self.fields.items()}
        return {
            "fields": fields,
            "letters": self.letters.to_json(),
            "habits": self.habits.to_json(),
            "numbers_kept": self.numbers_kept,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SetStatistics:
        """This function will rebuild what `to_json` returned."""
        fields = {name: FieldStatistics(**one) for name, one in data["fields"].items()}
        habits = Habits.from_json(data["habits"]) if "habits" in data else Habits()
        return cls(fields, LetterModel.from_json(data["letters"]), habits, data.get("numbers_kept", 0.0))


def kind(field_name: str) -> str:
    """This function will return the field's name, and `option` for every option."""
    return "option" if field_name.startswith("option_") else field_name


def log_ratio(source: str, target: str) -> float:
    """This function will return log(target length / source length), lengths without outer white space."""
    return log(max(len(target.strip()), 1) / max(len(source.strip()), 1))


def _weight(source: str) -> float:
    length = len(source.strip())
    return sqrt(length / (length + NOISY_LENGTH))


class _Measures:
    """Gathers one kind of field while a set streams by."""

    def __init__(self) -> None:
        self.ratios: list[tuple[float, float]] = []
        self.seen: Counter[str] = Counter()

    def add(self, source: str, target: str) -> None:
        self.ratios.append((log_ratio(source, target), _weight(source)))
        for name, does in (("ending", ends_sentence(source)), ("question", asks(source))):
            if does:
                self.seen[name] += 1
                self.seen[f"{name} kept"] += ends_sentence(target) if name == "ending" else asks(target)
        if sentences(source) > 1:
            self.seen["sentences"] += 1
            self.seen["sentences kept"] += sentences(target) >= sentences(source)

    def result(self) -> FieldStatistics:
        middle = median(ratio for ratio, _ in self.ratios)
        mad = median(abs(ratio - middle) * weight for ratio, weight in self.ratios)
        kept = (self.seen[f"{name} kept"] / max(self.seen[name], 1) for name in _KEPT)
        return FieldStatistics(len(self.ratios), middle, mad, *kept)


class _Sample:
    """A reservoir of texts: every text of a stream has the same chance, and a seed makes it repeatable."""

    def __init__(self, size: int) -> None:
        self.size, self.seen = size, 0
        self.texts: list[tuple[str, str]] = []
        self._random = Random(size)  # noqa: S311 (a sample, no secret)

    def add(self, text: tuple[str, str]) -> None:
        self.seen += 1
        if len(self.texts) < self.size:
            self.texts.append(text)
            return
        place = self._random.randrange(self.seen)
        if place < self.size:
            self.texts[place] = text


def measure(pairs: Iterable[Measurable]) -> SetStatistics:
    """This function will measure the pairs of one language in one pass; of what is read only distinct options
    stay in memory.

    Sources shorter than 12 characters are left out: their ratios say little about length.
    """
    measures: dict[str, _Measures] = {}
    sample, habits = _Sample(SAMPLED_TEXTS), Gathering()
    numbers = kept = 0
    for pair in pairs:
        habits.add(pair.source, pair.target)
        for name, source in pair.source.items():
            target = pair.target.get(name, "")
            # What was left as it is says nothing of how long translations are.
            is_translated = bool(target.strip()) and source.strip() != target.strip()
            if is_translated and len(source.strip()) >= MINIMUM_LENGTH:
                measures.setdefault(kind(name), _Measures()).add(source, target)
                sample.add((source, target))
                one, two = count_kept(source, target)
                numbers, kept = numbers + one, kept + two
    letters = fit([own_words(source, target) for source, target in sample.texts])
    fields = {name: one.result() for name, one in measures.items()}
    return SetStatistics(
        fields, letters, habits.result(), kept / numbers if numbers >= MINIMUM_PAIRS else 0.0
    )
