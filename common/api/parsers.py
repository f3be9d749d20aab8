"""Reads JSON bodies: bounded, in UTF-8, with no text that PostgreSQL could not keep."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from math import isfinite
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from common.api.errors import ApiError

# Far above the longest item; files go by multipart.
MOST_BYTES = 1024 * 1024
MOST_DEPTH = 20


class BoundedJSONParser(BaseParser):
    """One JSON document of at most 1 MiB and 20 levels."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """This function will return the document; `ApiError` or `ParseError` for what cannot be taken."""
        raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            told = f"The body is longer than {MOST_BYTES:,} bytes."
            raise ApiError(413, "body_too_long", told, cure="Send less at once; files go to imports.")
        try:
            document = json.loads(
                raw.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_object
            )
        except (UnicodeDecodeError, ValueError, RecursionError) as error:
            raise ParseError(f"The body is no JSON in UTF-8: {_reason(error)}") from error
        _check(document, "", MOST_DEPTH)
        return document


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a name given twice one value would be dropped without a word."""
    read = dict(pairs)
    if len(read) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise ValueError(f"{twice[:40]!r} stands twice in an object")
    return read


def _reason(error: Exception) -> str:
    # A RecursionError speaks of the interpreter; a number of thousands of digits is a ValueError of int().
    return "it is nested too deep" if isinstance(error, RecursionError) else str(error)[:200]


def _check(value: Any, path: str, depth: int) -> None:
    if depth == 0:
        raise ParseError(f"The body is nested deeper than {MOST_DEPTH} levels.")
    if isinstance(value, str):
        _check_text(value, path)
    elif isinstance(value, float) and not isfinite(value):
        raise ParseError("A number is too large.")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check_text(name, path)
            _check(inner, f"{path}.{name}" if path else name, depth - 1)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _check(inner, f"{path}[{number}]", depth - 1)


def _check_text(text: str, path: str) -> None:
    """NUL and lone surrogates are JSON, and nothing that UTF-8 or PostgreSQL can hold."""
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ApiError(
            400, "text_not_storable", "The text holds NUL or half of a surrogate pair.",
            field=path or None, cure="Remove that character and send the request again.",
        )  # fmt: skip
