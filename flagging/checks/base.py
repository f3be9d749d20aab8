"""What a check is given, what it finds, and how what it found is put into words.

Pure: nothing here or in any check imports Django, so that rules run and are tested without it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal, TypeAlias

from flagging.checks.statistics import SetStatistics

JSON: TypeAlias = "str | int | float | bool | list[JSON] | dict[str, JSON] | None"
Side: TypeAlias = Literal["source", "target"]
Severity: TypeAlias = Literal["broken", "suspect", "notice"]

SEVERITIES: tuple[Severity, ...] = ("broken", "suspect", "notice")
WHOLE_ITEM = ""
EXCERPT_LENGTH = 80


def gettext_noop(message: str) -> str:
    """This function will mark a message for the translation catalogue and hand it back unchanged.

    The message is translated when evidence is shown, so that stored flags speak every language.
    """
    return message


@dataclass(frozen=True)
class Pair:
    """An item in its source language beside its translation: fields by name, BCP 47 languages.

    `answer` is the letter of the right option, `statistics` those of the whole set of that
    language; a check that needs one of them stays silent where it is None.
    """

    source: Mapping[str, str]
    target: Mapping[str, str]
    source_language: str
    target_language: str
    answer: str | None = None
    statistics: SetStatistics | None = None

    @cached_property
    def shared(self) -> tuple[tuple[str, str, str], ...]:
        """(field, source, target) of the fields in which both sides hold text."""
        both = ((name, text, self.target.get(name, "")) for name, text in self.source.items())
        return tuple(one for one in both if one[1].strip() and one[2].strip())


@dataclass(frozen=True)
class Text:
    """The fields of one text alone, a source item or a translation; `side` is what its spans bear."""

    fields: Mapping[str, str]
    language: str
    side: Side = "target"


@dataclass(frozen=True)
class SetRow:
    """One field of one translation in a whole set; `version_id` is the caller's own key."""

    version_id: int
    field: str
    source: str
    target: str


@dataclass(frozen=True)
class Span:
    """Half-open code-point offsets into one field of one side."""

    side: Side
    field: str
    start: int
    end: int


@dataclass(frozen=True)
class Finding:
    """One hit: the field it is about (`WHOLE_ITEM` for all of them), what the message needs, and where."""

    field: str
    params: dict[str, JSON]
    spans: tuple[Span, ...] = ()


class Described:
    """What every check says about itself; `message % params` is the evidence of a finding."""

    name: ClassVar[str]
    version: ClassVar[int] = 1
    severity: ClassVar[Severity]
    title: ClassVar[str]
    message: ClassVar[str]


class Check(Described, ABC):
    """A rule over one source and its translation."""

    @abstractmethod
    def run(self, pair: Pair) -> Iterator[Finding]:
        """This function will yield what is wrong with the pair, nothing when all is well."""


class TextCheck(Described, ABC):
    """A rule over one text alone, which therefore holds for sources and translations alike."""

    @abstractmethod
    def run(self, text: Text) -> Iterator[Finding]:
        """This function will yield what is wrong with the text, nothing when all is well."""


class SetCheck(Described, ABC):
    """A rule over all translations of one set into one language."""

    @abstractmethod
    def run(self, rows: Iterable[SetRow]) -> Iterator[tuple[int, Finding]]:
        """This function will read all rows once and yield findings with their `version_id`."""


def is_option(field_name: str) -> bool:
    """This function will tell whether the field holds an answer option."""
    return field_name.startswith("option_")


def letter(field_name: str) -> str:
    """This function will return the letter of an option's field: `option_b` is `B`."""
    return field_name.removeprefix("option_").upper()


def options(fields: Mapping[str, str]) -> list[str]:
    """This function will return the names of the option fields in the item's order."""
    return [name for name in fields if is_option(name)]


def excerpt(text: str) -> str:
    """This function will return the text on one line, cut to 80 characters with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT_LENGTH else line[: EXCERPT_LENGTH - 1] + "…"


def listed(values: Iterable[str]) -> str:
    """This function will return the values separated by commas, at most eight of them."""
    shown = list(values)
    return ", ".join(shown[:8]) + (", …" if len(shown) > 8 else "")
