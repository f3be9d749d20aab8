"""Warnings that any text may earn, whatever its type. None of them changes or refuses the text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from corpus import text
from corpus.item_types.base import FieldWarning

BLANK_OPTION = "blank-option"
BLANK_FIELD = "blank-field"
EQUAL_OPTIONS = "equal-options"
CONTROL_CHARACTER = "control-character"
CARRIAGE_RETURN = "carriage-return"
BIDI_OVERRIDE = "bidi-override"
EDGE_WHITESPACE = "edge-whitespace"

_SPANS: tuple[tuple[str, str, Callable[[str], list[text.Span]]], ...] = (
    (CONTROL_CHARACTER, "control character", text.control_spans),
    (CARRIAGE_RETURN, "carriage return", text.carriage_return_spans),
    (BIDI_OVERRIDE, "bidi override", text.bidi_override_spans),
    (EDGE_WHITESPACE, "edge white space", text.edge_whitespace_spans),
)


def text_warnings(name: str, value: str) -> list[FieldWarning]:
    """This function will return the odd characters of one text: at most one warning a code."""
    if text.is_plain(value):
        return []
    found = []
    for code, what, spans_of in _SPANS:
        if spans := spans_of(value):
            start, end = spans[0]
            points = " ".join(f"U+{ord(char):04X}" for char in value[start:end][:4])
            found.append(FieldWarning(name, code, f"{what} {points} at offset {start}"))
    return found


def option_warnings(fields: Mapping[str, str], options: Sequence[str]) -> list[FieldWarning]:
    """This function will return blank options, and groups of options that are equal, once a group."""
    blank = [name for name in options if text.is_blank(fields[name])]
    found = [FieldWarning(name, BLANK_OPTION, "the option is blank") for name in blank]
    for first, *others in text.equal_groups({name: fields[name] for name in options}):
        found.append(FieldWarning(first, EQUAL_OPTIONS, f"equal to {', '.join(others)}"))
    return found
