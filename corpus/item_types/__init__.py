"""Item types: schemas in code over one JSONB of texts. A new type is a module here and a line below."""

from __future__ import annotations

from corpus.item_types.base import (
    Columns,
    FieldError,
    FieldWarning,
    ItemType,
    Json,
    Parsed,
    RefusedRowError,
    canonical,
    canonical_json,
    digest,
    digest_of,
)
from corpus.item_types.mcq import Mcq

__all__ = [
    "NAMES",
    "Columns",
    "FieldError",
    "FieldWarning",
    "ItemType",
    "Json",
    "Parsed",
    "RefusedRowError",
    "UnknownItemTypeError",
    "by_name",
    "canonical",
    "canonical_json",
    "digest",
    "digest_of",
]

_TYPES: dict[str, ItemType] = {item_type.name: item_type for item_type in (Mcq(),)}
NAMES = tuple(_TYPES)


class UnknownItemTypeError(ValueError):
    """No item type bears the name."""


def by_name(name: str) -> ItemType:
    """This function will return the item type of that name; raises `UnknownItemTypeError`."""
    try:
        return _TYPES[name]
    except KeyError:
        raise UnknownItemTypeError(f"{name!r} is no item type; there are: {', '.join(NAMES)}") from None
