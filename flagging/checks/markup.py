"""LaTeX, code, addresses and HTML, which a translation has to keep byte for byte."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import regex

from flagging.checks.base import JSON, Check, Finding, Pair, Side, Span, gettext_noop, listed

# Inline maths needs a sign of maths inside the dollars: "$20 and $30" is money.
_LATEX = (
    r"\$\$.+?\$\$|\\\(.+?\\\)|\\\[.+?\\\]|\\begin\{(\w+\*?)\}.+?\\end\{\1\}|"
    r"(?<![\\\d])\$(?=[^\s$])(?=[^$]*[\\^_=])[^$\n]{1,200}?(?<=[^\s$])\$(?!\d)|"
    r"\\(?:frac|sqrt|sum|int|lim|alpha|beta|gamma|theta|lambda|mu|pi|sigma|infty|times|cdot|leq|geq|neq|mathbb|mathrm|"
    r"overline|vec|hat|left|right)\b"
)
_CODE = r"```.+?```|`[^`\n]+`"
_ADDRESS = r"(?<![A-Za-z])https?://[^\s<>\"'）)」。，、；！？]*[^\s<>\"'.,;:!?）)」。，、；！？]|\b[\w.+-]+@[\w-]+\.[a-z]{2,}\b"
_HTML = r"</?(?:b|i|u|em|strong|sub|sup|br|p|span|div|table|tr|td|th|ul|ol|li|code|pre|a|img|h[1-6])\b[^<>]*>"
_ENTITY = r"&(?:#\d+|#x[0-9a-f]+|amp|lt|gt|quot|apos|nbsp);"
_MARKUP = regex.compile("|".join((_LATEX, _CODE, _ADDRESS, _HTML, _ENTITY)), regex.DOTALL | regex.IGNORECASE)
_TEXT_INSIDE = regex.compile(r"\\(?:text|textbf|textit|mbox|mathrm|operatorname)\s*\{[^{}]*\}")
_SIGNS = "$\\`<&@"


def _pieces(text: str) -> list[regex.Match[str]]:
    if not any(sign in text for sign in _SIGNS) and "://" not in text:
        return []
    return list(_MARKUP.finditer(text))


def _key(piece: str) -> str:
    """White space and words set as text inside LaTeX may change; code and addresses may not."""
    if piece[0] in "$\\":
        return "".join(_TEXT_INSIDE.sub(r"\\text{}", piece).split())
    return piece


class MarkupKept(Check):
    """Markup of the source is missing or changed in the translation, or the translation adds some."""

    name = "markup"
    severity = "suspect"
    title = gettext_noop("Markup changed")
    message = gettext_noop("Only in the source: %(source)s. Only in the translation: %(target)s.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        for name, source, target in pair.shared:
            ours, theirs = _pieces(source), _pieces(target)
            if not ours and not theirs:
                continue
            left = Counter(_key(hit[0]) for hit in ours)
            right = Counter(_key(hit[0]) for hit in theirs)
            lost, new = left - right, right - left
            if lost or new:
                spans = (*_spans("source", name, ours, lost), *_spans("target", name, theirs, new))
                params: dict[str, JSON] = {"source": listed(lost) or "–", "target": listed(new) or "–"}
                yield Finding(name, params, spans)


def _spans(side: Side, name: str, hits: list[regex.Match[str]], keys: Counter[str]) -> Iterator[Span]:
    for hit in hits:
        if _key(hit[0]) in keys:
            yield Span(side, name, *hit.span())
