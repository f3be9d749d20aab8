"""Blanks to fill in and placeholders, which a translation has to keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import regex

from flagging.checks.base import Check, Finding, Pair, Span, gettext_noop, listed

_BLANK = regex.compile(
    r"[_＿]{2,}(?:[ \u00a0]?[_＿]{2,})*|\((?:blank|\s{3,})\)|\[(?:blank|\s{2,})\]", regex.IGNORECASE
)
# What may stand for a blank in a translation: dots, dashes, empty brackets.
_BLANK_IN_ANY_FORM = regex.compile(
    r"[_＿]+|\.{3,}|…+|。{3,}|[—–\-]{3,}|─{2,}|[(\[（【「『]\s*[)\]）】」』]|\((?:blank|[^()]{0,20})\)",
    regex.IGNORECASE,
)
_PLACEHOLDER = regex.compile(
    r"\{\{\s*[\w.]+\s*\}\}|\$\{\w+\}|(?<![\\\w$}])\{[A-Za-z_]\w+\}|%\(\w+\)[sdf]|\[(?:MASK|BLANK|NAME|INPUT|SEP|[A-Z]{2,}_[A-Z_]+)\]|"
    r"<(?:mask|blank|name|input|[A-Z]{3,})>"
)


class BlanksKept(Check):
    """A blank of the source (two or more underscores) has nothing in its place."""

    name = "blanks"
    severity = "suspect"
    title = gettext_noop("Blank lost")
    message = gettext_noop("The source has %(source)d blanks to fill in, the translation %(target)d.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        for name, source, target in pair.shared:
            if "_" not in source and "(" not in source and "[" not in source:
                continue
            blanks = list(_BLANK.finditer(source))
            kept = len(_BLANK_IN_ANY_FORM.findall(target)) if blanks else 0
            if kept < len(blanks):
                spans = tuple(Span("source", name, *blank.span()) for blank in blanks)
                yield Finding(name, {"source": len(blanks), "target": kept}, spans)


class PlaceholdersKept(Check):
    """A placeholder such as `{{name}}` or `[MASK]` is not in the translation as it is in the source."""

    name = "placeholders"
    severity = "broken"
    title = gettext_noop("Placeholder changed")
    message = gettext_noop("Placeholders of the source that the translation lacks: %(missing)s.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        for name, source, target in pair.shared:
            hits = list(_PLACEHOLDER.finditer(source))
            if not hits:
                continue
            missing = Counter(hit[0] for hit in hits) - Counter(
                hit[0] for hit in _PLACEHOLDER.finditer(target)
            )
            if missing:
                spans = tuple(Span("source", name, *hit.span()) for hit in hits if hit[0] in missing)
                yield Finding(name, {"missing": listed(missing)}, spans)
