"""Flaws of one text alone, found in sources and translations alike: blank or equal options, control
characters, bidi overrides, wrong encodings, white space at the edges."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import regex

from flagging.checks.base import (
    Finding,
    Span,
    Text,
    TextCheck,
    excerpt,
    gettext_noop,
    letter,
    listed,
    options,
)

# C0, DEL and C1, but for tab, line feed and carriage return.
_CONTROL = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Embeddings, overrides and isolates; the marks LRM, RLM and ALM are part of good right-to-left text.
_BIDI = regex.compile(r"[\u202a-\u202e\u2066-\u2069]")
# The replacement character, and UTF-8 read as Latin-1 or Windows-1252: its lead bytes before its tail bytes.
_TAIL = r"[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_MOJIBAKE = regex.compile(
    rf"\ufffd+|â€{_TAIL}|[ÃÂ]{_TAIL}|(?:[ÐÑØÙ×ÎÏ]{_TAIL}){{3,}}|(?:à[¤-·¸º]{_TAIL}){{2,}}|(?:[ãäåæçèéì]{_TAIL}{_TAIL}){{2,}}"
)


class BlankOption(TextCheck):
    """An option is empty or white space alone."""

    name = "blank_option"
    severity = "broken"
    title = gettext_noop("Blank option")
    message = gettext_noop("Option %(letter)s is blank.")

    def run(self, text: Text) -> Iterator[Finding]:
        for name in options(text.fields):
            if not text.fields[name].strip():
                yield Finding(name, {"letter": letter(name)})


class EqualOptions(TextCheck):
    """Two or more options of a source are the same string, white space at the edges aside.

    A translation is silent: what it made equal is the matter of `options_collide`, the rest its source's.
    """

    name = "equal_options"
    version = 2
    severity = "suspect"
    title = gettext_noop("Equal options")
    message = gettext_noop("Options %(letters)s are the same: “%(text)s”.")

    def run(self, text: Text) -> Iterator[Finding]:
        if text.side == "target":
            return
        groups: dict[str, list[str]] = {}
        for name in options(text.fields):
            value = text.fields[name].strip()
            if value:
                groups.setdefault(value, []).append(name)
        for value, names in groups.items():
            if len(names) > 1:
                spans = tuple(Span(text.side, name, 0, len(text.fields[name])) for name in names)
                letters = ", ".join(letter(name) for name in names)
                yield Finding(names[0], {"letters": letters, "text": excerpt(value)}, spans)


def _code_points(text: str, hits: list[regex.Match[str]]) -> str:
    """The distinct code points among the hits, as `U+0096 at 17`, in order of their first place."""
    first: dict[str, int] = {}
    for hit in hits:
        first.setdefault(hit[0], hit.start())
    return listed(f"U+{ord(sign):04X} at {place}" for sign, place in first.items())


class ControlCharacters(TextCheck):
    """A C0 or C1 control character other than tab, line feed and carriage return."""

    name = "control_characters"
    severity = "suspect"
    title = gettext_noop("Control characters")
    message = gettext_noop("%(count)d control characters: %(where)s.")

    def run(self, text: Text) -> Iterator[Finding]:
        yield from _signs(text, _CONTROL)


class BidiOverrides(TextCheck):
    """A character that forces the direction of the text after it."""

    name = "bidi_overrides"
    severity = "suspect"
    title = gettext_noop("Hidden direction controls")
    message = gettext_noop("%(count)d characters force the writing direction: %(where)s.")

    def run(self, text: Text) -> Iterator[Finding]:
        yield from _signs(text, _BIDI)


def _signs(text: Text, pattern: regex.Pattern[str]) -> Iterator[Finding]:
    for name, value in text.fields.items():
        if value.isascii() and value.isprintable():
            continue
        hits = list(pattern.finditer(value))
        if hits:
            spans = tuple(Span(text.side, name, *hit.span()) for hit in hits)
            yield Finding(name, {"count": len(hits), "where": _code_points(value, hits)}, spans)


class Mojibake(TextCheck):
    """Signs that stand there when text was read in another encoding than it was written in."""

    name = "mojibake"
    severity = "suspect"
    title = gettext_noop("Wrong encoding")
    message = gettext_noop("%(count)d places read in a wrong encoding: %(where)s.")

    def run(self, text: Text) -> Iterator[Finding]:
        for name, value in text.fields.items():
            hits = [] if value.isascii() else list(_MOJIBAKE.finditer(value))
            if hits:
                spans = tuple(Span(text.side, name, *hit.span()) for hit in hits)
                where = listed(dict.fromkeys(hit[0] for hit in hits))
                yield Finding(name, {"count": len(hits), "where": where}, spans)


class EdgeWhiteSpace(TextCheck):
    """White space, of any kind, before the first or after the last character."""

    name = "edge_white_space"
    severity = "notice"
    title = gettext_noop("White space at an edge")
    message = gettext_noop("White space at an edge: %(where)s.")

    def run(self, text: Text) -> Iterator[Finding]:
        for name, value in text.fields.items():
            if not value or value == value.strip() or not value.strip():
                continue
            start, end = len(value) - len(value.lstrip()), len(value.rstrip())
            edges = [(a, b) for a, b in ((0, start), (end, len(value))) if a < b]
            where = listed(dict.fromkeys(_name(sign) for a, b in edges for sign in value[a:b]))
            yield Finding(name, {"where": where}, tuple(Span(text.side, name, a, b) for a, b in edges))


def _name(sign: str) -> str:
    return f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip()
