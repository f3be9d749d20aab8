"""What is usual in one set of translations into one language, against which a single one is judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log
from statistics import median
from typing import Any, Protocol

from flagging.checks.wording import ends_sentence, lower_words

MINIMUM_PAIRS = 30
MINIMUM_LENGTH = 12
COMMON_WORDS = 150
# Scales the median absolute deviation to the standard deviation of a normal distribution.
MAD_TO_SIGMA = 1.4826
# Keeps a set whose ratios hardly vary from calling every small difference an outlier.
SMALLEST_SIGMA = 0.08


class Measurable(Protocol):
    """The part of a pair that is measured."""

    @property
    def source(self) -> Mapping[str, str]: ...
    @property
    def target(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class FieldStatistics:
    """Of one kind of field: pairs counted, median and MAD of log(target length / source length), in
    code points; `ending_kept` is the share of sources ending a sentence whose target ends one too."""

    count: int
    median: float
    mad: float
    ending_kept: float

    def z(self, source: str, target: str) -> float:
        """This function will return the robust z of this pair's log length ratio."""
        sigma = max(self.mad * MAD_TO_SIGMA, SMALLEST_SIGMA)
        return (log_ratio(source, target) - self.median) / sigma


@dataclass(frozen=True)
class SetStatistics:
    """Per kind of field (`question`, …, and `option` for all options together) its statistics, and the
    words that most targets of the set are made of."""

    fields: Mapping[str, FieldStatistics] = field(default_factory=dict)
    common_words: frozenset[str] = frozenset()
    words_counted: int = 0

    def of(self, field_name: str) -> FieldStatistics | None:
        """This function will return the field's statistics, None where too few pairs were measured."""
        found = self.fields.get(kind(field_name))
        return found if found is not None and found.count >= MINIMUM_PAIRS else None

    def to_json(self) -> dict[str, Any]:
        """This function will return what `from_json` reads, made of JSON types alone."""
        fields = {
            name: {"count": one.count, "median": one.median, "mad": one.mad, "ending_kept": one.ending_kept}
            for name, one in self.fields.items()
        }
        return {
            "fields": fields,
            "common_words": sorted(self.common_words),
            "words_counted": self.words_counted,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SetStatistics:
        """This function will rebuild what `to_json` returned."""
        fields = {name: FieldStatistics(**one) for name, one in data["fields"].items()}
        return cls(fields, frozenset(data["common_words"]), data["words_counted"])


def kind(field_name: str) -> str:
    """This function will return the field's name, and `option` for every option."""
    return "option" if field_name.startswith("option_") else field_name


def log_ratio(source: str, target: str) -> float:
    """This function will return log(target length / source length), lengths without outer white space."""
    return log(max(len(target.strip()), 1) / max(len(source.strip()), 1))


def measure(pairs: Iterable[Measurable]) -> SetStatistics:
    """This function will measure the pairs of one language in one pass.

    Sources shorter than 12 characters are left out: their ratios say little about length.
    """
    ratios: dict[str, list[float]] = {}
    endings: dict[str, list[bool]] = {}
    words: Counter[str] = Counter()
    for pair in pairs:
        for name, source in pair.source.items():
            target = pair.target.get(name, "")
            if len(source.strip()) < MINIMUM_LENGTH or not target.strip():
                continue
            ratios.setdefault(kind(name), []).append(log_ratio(source, target))
            if ends_sentence(source):
                endings.setdefault(kind(name), []).append(ends_sentence(target))
            words.update(set(lower_words(target)))
    fields = {name: _field_statistics(values, endings.get(name, [])) for name, values in ratios.items()}
    common = frozenset(word for word, _ in words.most_common(COMMON_WORDS))
    return SetStatistics(fields, common, sum(words.values()))


def _field_statistics(ratios: list[float], endings: list[bool]) -> FieldStatistics:
    middle = median(ratios)
    mad = median(abs(ratio - middle) for ratio in ratios)
    return FieldStatistics(len(ratios), middle, mad, sum(endings) / len(endings) if endings else 0.0)
