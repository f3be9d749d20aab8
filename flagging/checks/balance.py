"""Brackets and quotation marks that open and do not close."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from flagging.checks.base import Check, Finding, Pair, Span, gettext_noop, listed

# Each closing mark with those that may open it; CJK and full-width brackets may meet their ASCII brothers.
_CLOSING = {
    ")": "(（",
    "）": "(（",
    "]": "[［",
    "］": "[［",
    "}": "{",
    "】": "【",
    "」": "「",
    "』": "『",
    "》": "《",
    "〉": "〈",
    "»": "«»",
    "”": "“„”",
    "“": "„",
    "«": "»",
}
_OPENING = frozenset("(（[［{【「『《〈«„“»”")
# Only these say at once which of the two they are; the others depend on the language.
_ONE_WAY = frozenset("(（[［{【「『《〈")
_QUOTES = frozenset('«»„“”"')
_ANY = _OPENING | _CLOSING.keys() | {'"'}
_MARKS = regex.compile(r"[()（）\[\]［］{}【】「」『』《》〈〉]")
# A list's own bracket: "a)", "1)", "iv)" at the head of a line or behind a blank.
_LISTED = regex.compile(r"(?:^|[\s;,.:])(?:\p{N}{1,2}|[\p{L}\p{M}]{1,3})$")
# Half-open intervals; gershayim within a Hebrew word; doubled quotes of a table.
_NO_MARKS = regex.compile(
    r"[\[(]\s*[-\d.,∞a-z+]+\s*[,;]\s*[-\d.,∞a-z+]+\s*[)\]]|(?<=\p{Hebrew})[\"”](?=\p{Hebrew})|\"\""
)


class Balance(Check):
    """A bracket or quotation mark of the translation has no partner, and the source's have theirs.

    Apostrophes are never quotation marks. Which quotation mark opens depends on the language („German“,
    »Danish«, «French», “English”), so that of quotation marks only their number is judged.
    """

    name = "balance"
    severity = "notice"
    title = gettext_noop("Bracket or quotation mark without a partner")
    message = gettext_noop("Without a partner in the translation, while the source's have one: %(marks)s.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        for name, source, target in pair.shared:
            if not (_has_marks(target) and _has_marks(source)):
                continue
            lonely = _lonely(target)
            if lonely and not _lonely(source):
                spans = tuple(Span("target", name, at, at + 1) for at in lonely)
                yield Finding(name, {"marks": listed(target[at] for at in lonely)}, spans)


def _has_marks(text: str) -> bool:
    return not _ANY.isdisjoint(text)


def _lonely(text: str) -> list[int]:
    """Where marks without a partner stand; for quotation marks of an odd number the last one."""
    masked = _NO_MARKS.sub(lambda hit: " " * len(hit[0]), text)
    if masked.count('"') < text.count('"'):
        # Of gershayim and quotation marks in one text nobody can tell which is which.
        masked = masked.replace('"', " ")
    open_at: list[int] = []
    lonely = []
    for hit in _MARKS.finditer(masked):
        if hit[0] in _ONE_WAY:
            open_at.append(hit.start())
        elif open_at and masked[open_at[-1]] in _CLOSING[hit[0]]:
            open_at.pop()
        elif hit[0] not in ")）" or not _LISTED.search(masked[max(0, hit.start() - 6) : hit.start()]):
            lonely.append(hit.start())
    quotes = [at for at, sign in enumerate(masked) if sign in _QUOTES]
    return sorted([*lonely, *open_at, *(quotes[-1:] if len(quotes) % 2 else [])])
