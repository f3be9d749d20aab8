"""What a text may hold, and where: shared by import, checks and pages. Nothing here changes a text.

A span is a half-open pair of code-point offsets into the text given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

Span = tuple[int, int]

# C0 without tab, line feed and carriage return; DEL; C1. A carriage return is known by a name of its
# own: it is common in published questions and harmless, while the others are mostly mis-decoded text.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+")
_CARRIAGE_RETURN = re.compile("\r+")
# Overrides alone: embeddings, isolates and marks are how right-to-left text is properly written.
_BIDI_OVERRIDE = re.compile("[\u202d\u202e]+")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Any of the first three: one look at a text that holds none of them.
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e]")


def is_plain(text: str) -> bool:
    """This function will say that a text holds no control character, carriage return or bidi override, and neither
    starts nor ends with white space: none of the four functions below finds a span in it."""
    return _ODD.search(text) is None and not (text[:1].isspace() or text[-1:].isspace())


def control_spans(text: str) -> list[Span]:
    """This function will return the runs of C0 and C1 control characters, tab, LF and CR left out."""
    return [match.span() for match in _CONTROL.finditer(text)]


def carriage_return_spans(text: str) -> list[Span]:
    """This function will return the runs of carriage returns."""
    return [match.span() for match in _CARRIAGE_RETURN.finditer(text)]


def bidi_override_spans(text: str) -> list[Span]:
    """This function will return the runs of U+202D and U+202E, which turn the reading order round."""
    return [match.span() for match in _BIDI_OVERRIDE.finditer(text)]


def edge_whitespace_spans(text: str) -> list[Span]:
    """This function will return the runs of Unicode white space (as `str.strip`) at the start and end.

    A text that is nothing but white space is blank, not padded: it has none.
    """
    if not text.strip():
        return []
    head = len(text) - len(text.lstrip())
    tail = len(text.rstrip())
    return [span for span in ((0, head), (tail, len(text))) if span[0] < span[1]]


def is_blank(text: str) -> bool:
    """This function will say whether a reader sees nothing: empty, white space, invisible format marks."""
    if text[:1].isalnum():
        return False
    return all(char.isspace() or unicodedata.category(char) == "Cf" for char in text)


def equal_groups(texts: Mapping[str, str]) -> list[list[str]]:
    """This function will return the names that share one text, code point by code point, in order.

    Groups of two or more only: `{"a": "x", "b": "y", "c": "x"}` gives `[["a", "c"]]`.
    """
    names: dict[str, list[str]] = {}
    for name, text in texts.items():
        names.setdefault(text, []).append(name)
    return [group for group in names.values() if len(group) > 1]


def unstorable(text: str) -> str | None:
    """This function will return why PostgreSQL and UTF-8 cannot hold the text, or None when they can."""
    # Quicker than a search, for the texts that are sound.
    if "\x00" not in text and (text.isascii() or _encodes(text)):
        return None
    found = _UNSTORABLE.search(text)
    if found is None:
        return None
    at = found.start()
    if found[0] == "\x00":
        return f"holds a NUL character (U+0000) at offset {at}: remove it from the file"
    return (
        f"holds a lone surrogate (U+{ord(found[0]):04X}) at offset {at}, half of a character cut in two: "
        "write the whole character"
    )


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
