"""What an item type is: which texts an item of it has, and how they are read from a record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One reason why a record is refused; `field` is None when no one field is at fault."""

    field: str | None
    message: str
    cure: str = ""

    @property
    def told(self) -> str:
        """This function will return `message; cure`, the cure only where there is one."""
        return f"{self.message}; {self.cure}" if self.cure else self.message


class RefusedRowError(ValueError):
    """The record is no item of the type."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        """This function will keep all that is wrong with the record, in the order found."""
        super().__init__("; ".join(f"{error.field}: {error.told}" for error in errors))
        self.errors = tuple(errors)


@dataclass(frozen=True, slots=True)
class FieldWarning:
    """Something a person should look at. The text is stored as it stands."""

    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Columns:
    """What is kept in columns beside the texts. Empty, or None, where the record does not say."""

    subject: str
    subject_category: str
    split: str
    position: int | None


@dataclass(frozen=True, slots=True)
class Parsed:
    """One record as an item: `fields` are its texts, in order; `attributes` what is no text."""

    external_id: str
    fields: dict[str, str]
    attributes: dict[str, Json]
    columns: Columns


class ItemType(Protocol):
    """A schema in code over one JSONB of texts (`fields`) and one of everything else (`attributes`)."""

    @property
    def name(self) -> str:
        """This function will return the name under which benchmarks keep the type."""

    @property
    def accepts(self) -> frozenset[str]:
        """This function will return every name that a column may bear, or be mapped to, to be read."""

    def parse(
        self, values: Mapping[str, object], mapping: Mapping[str, str], *, translation: bool = False
    ) -> Parsed:
        """This function will read a record whose columns `mapping` (column → field) renames first.

        A translation may leave out what it shares with its source, such as the answer.
        Raises `RefusedRowError` with all that is wrong.
        """

    def field_order(self, fields: Mapping[str, str]) -> list[str]:
        """This function will return the names of the texts in the order in which they are read."""

    def options(self, fields: Mapping[str, str]) -> list[str]:
        """This function will return the names of the texts among which an answer is chosen, if any."""

    def translatable(self, fields: Mapping[str, str], attributes: Mapping[str, Json]) -> list[str]:
        """This function will return the names of the texts that are to be translated, in order."""

    def warnings(self, fields: Mapping[str, str]) -> list[FieldWarning]:
        """This function will return what is odd in the texts, field by field in order."""


def canonical(fields: Mapping[str, str], attributes: Mapping[str, Json]) -> bytes:
    """This function will return the one UTF-8 form of a version: JSON, keys sorted, no spaces.

    It does not depend on the order of keys, which JSONB does not keep.
    """
    return _canonical_of(canonical_json(fields), canonical_json(attributes))


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical_json(values: Mapping[str, Json]) -> str:
    """This function will return one half of a version in the form in which it is hashed: keys sorted, no spaces."""
    return _CANONICAL.encode(dict(values))


def _canonical_of(fields: str, attributes: str) -> bytes:
    return f'{{"attributes":{attributes},"fields":{fields}}}'.encode()


def digest(fields: Mapping[str, str], attributes: Mapping[str, Json]) -> bytes:
    """This function will return the sha256 of the canonical form: 32 bytes."""
    return hashlib.sha256(canonical(fields, attributes)).digest()


def digest_of(fields: str, attributes: str) -> bytes:
    """This function will return the same from the two halves of a version, each written by `canonical_json`."""
    return hashlib.sha256(_canonical_of(fields, attributes)).digest()
