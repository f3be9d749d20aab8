"""What a scorer is given and what it says, and what stands in the registry about it. No torch here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from flagging.checks.base import Finding

Kind: TypeAlias = Literal["metricx", "regressor", "biencoder", "judge", "cometkiwi"]
WHOLE_ITEM = ""


class ScorerError(Exception):
    """A scorer that cannot be had, or not with these settings; the message says what to do."""

    # Trying again without somebody's doing would end the same way.
    wants_a_person = True
    # Another machine may have what this one has not.
    is_of_this_machine = False


class ModelAbsentError(ScorerError):
    """The model is not on this machine; the message names the command that fetches it."""

    is_of_this_machine = True


class LicenceError(ScorerError):
    """The model's licence has to be accepted first."""


class UnsafeModelError(ScorerError):
    """The folder is not what was fetched, or could run code when it is read."""

    is_of_this_machine = True


class SameFamilyError(ScorerError):
    """A model would judge translations of its own family."""


@dataclass(frozen=True, slots=True)
class ItemPair:
    """An item beside its translation, fields by name (a bare segment is {"text": …} on both sides).

    `key` is the caller's own; languages are BCP 47 tags.
    """

    key: int
    source: Mapping[str, str]
    target: Mapping[str, str]
    source_language: str
    target_language: str


@dataclass(frozen=True, slots=True)
class ScorerEntry:
    """One model of the registry.

    `revision` is the commit of `repository` that is fetched, None where none is known for certain: then the
    commit is pinned when it is fetched, in the lock file beside the model. `direction` is +1 where more is
    better in the raw output and -1 where less is. `template` is filled with source and target. `max_tokens`
    counts all tokens of one input, special ones too. `family` names the makers' line of models. `options`
    holds what one kind of scorer needs to know. Raise `version` when our own code gives other values.
    """

    name: str
    title: str
    kind: Kind
    repository: str
    revision: str | None
    licence: str
    direction: Literal[1, -1]
    template: str
    max_tokens: int
    family: str
    module: str
    tokenizer: str | None = None
    tokenizer_revision: str | None = None
    gated: bool = False
    version: int = 1
    options: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FieldScore:
    """The score of one field, or of the whole item where `field` is "".

    In `value` higher is better, whatever the model's own direction; None where there is nothing to score,
    and `note` says why. `raw` is what the model said. `truncated`: part of the text was not read.
    """

    field: str
    value: float | None
    raw: float | None
    truncated: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class ItemScores:
    """What a scorer says about one item: scores, findings as (check name, finding), or why it failed."""

    key: int
    scores: tuple[FieldScore, ...] = ()
    findings: tuple[tuple[str, Finding], ...] = ()
    error: str = ""

    @property
    def value(self) -> float | None:
        """The score of the whole item, None where it has none."""
        return next((score.value for score in self.scores if score.field == WHOLE_ITEM), None)


@dataclass(frozen=True, slots=True)
class Build:
    """What gave a score: model, commit, number format, libraries, settings; and the device it ran on."""

    name: str
    repository: str
    revision: str
    dtype: str
    device: str
    libraries: Mapping[str, str]
    settings: Mapping[str, str | int | float]

    def digest(self) -> str:
        """This function will return 64 hex digits of all that decides a value. The device is not part of it."""
        parts = [
            self.name,
            self.repository,
            self.revision,
            self.dtype,
            sorted(self.libraries.items()),
            sorted(self.settings.items()),
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclass(slots=True)
class Stats:
    """What scoring took: tokens read, tokens of padding, texts, batches, halvings, seconds of wall time.

    `tokenizer_seconds` are spent in a thread beside the device, `waited_seconds` are those of them for which
    the device had nothing to do.
    """

    texts: int = 0
    batches: int = 0
    halvings: int = 0
    tokens: int = 0
    padded_tokens: int = 0
    tokenizer_seconds: float = 0.0
    waited_seconds: float = 0.0
    device_seconds: float = 0.0

    @property
    def wasted(self) -> float:
        """The share of all tokens computed that was padding."""
        total = self.tokens + self.padded_tokens
        return self.padded_tokens / total if total else 0.0
