"""References to other options and statements: "both A and B", "I and III only"."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from flagging.checks.base import Check, Finding, Pair, Span, gettext_noop, is_option, listed

_LETTER = r"\(?([A-E])\)?"
_LETTERS = regex.compile(
    rf"^(?:both |neither |either |options? |answers? |only )*{_LETTER}(?:\s*,\s*{_LETTER})*\s*,?\s*(?:and|or|nor|&)\s*{_LETTER}"
    r"(?: only| are (?:both )?(?:correct|true|right)| above)?[\s.]*$",
    regex.IGNORECASE,
)
_ROMAN = regex.compile(r"(?<![A-Za-z])(?:I{1,3}|IV|V)(?![A-Za-z'’])")
_ROMAN_LIST = regex.compile(
    r"^(?:only |both |neither |statements? |either )*(?:I{1,3}|IV|V)(?:\s*(?:,|and|or|nor|&)\s*(?:and |or )?(?:I{1,3}|IV|V))*(?: only)?[\s.]*$"
)
_TARGET_LETTER = regex.compile(r"(?<![\p{Latin}\p{M}])[A-Ea-e](?![\p{Latin}\p{M}])")
# How the letters A to E are written where a translation has letters of its own for them.
_OWN = (
    "ΑΒΓΔΕ", "АБВГД", "АВСДЕ", "АБЦДЕ", "أبجده", "ابجده", "الف ب ج د ه", "אבגדה", "कखगघङ", "एबीसीडी", "কখগঘঙ", "ఎబిసిడి",
    "アイウエオ", "甲乙丙丁戊", "가나다라마", "กขคงจ", "ሀለሐመሠ",
)  # fmt: skip
_ALL_OWN = frozenset("".join(_OWN).replace(" ", ""))
# Letters that look like Latin ones, and signs of one piece.
_LOOKALIKES = str.maketrans(
    {
        "Ａ": "A",
        "Ｂ": "B",
        "Ｃ": "C",
        "Ｄ": "D",
        "Ｅ": "E",
        "Ⅰ": "I",
        "Ⅱ": "II",
        "Ⅲ": "III",
        "Ⅳ": "IV",
        "Ⅴ": "V",
    }
    | dict.fromkeys("ΙІӀI", "I")
)


class ReferencesKept(Check):
    """An option that names other options or statements names others in the translation, or fewer."""

    name = "references"
    severity = "suspect"
    title = gettext_noop("Reference changed")
    message = gettext_noop("The source refers to %(source)s, the translation to %(target)s.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        for name, source, target in pair.shared:
            if is_option(name) and len(source) <= 60:
                ours, theirs = _references(source, target)
                if ours and ours != theirs:
                    span = Span("target", name, 0, len(target))
                    yield Finding(name, {"source": listed(ours), "target": listed(theirs) or "–"}, (span,))


def _references(source: str, target: str) -> tuple[list[str], list[str]]:
    """The references of the source and, where they are in Latin letters too, those of the target, sorted."""
    plain = target.translate(_LOOKALIKES)
    if hit := _LETTERS.match(source):
        ours = sorted({letter.upper() for group in hit.allcaptures()[1:] for letter in group if letter})
        theirs = sorted({found.upper() for found in _TARGET_LETTER.findall(plain)} & set("ABCDE"))
        return (ours, theirs) if theirs or not _ALL_OWN & set(target) else ([], [])
    if _ROMAN_LIST.match(source) and len(source) > 3:
        ours, theirs = sorted(set(_ROMAN.findall(source))), sorted(set(_ROMAN.findall(plain)))
        return (ours, theirs) if theirs else ([], [])
    return [], []
