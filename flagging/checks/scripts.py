"""Which scripts a language is written in, and which letters of a text belong to another."""

from __future__ import annotations

from functools import lru_cache

import regex

from common.languages import UnknownLanguageError, find

# ISO 15924 codes that stand for more than one Unicode script, and Unicode's names of the others.
_UNICODE_SCRIPTS: dict[str, tuple[str, ...]] = {
    "Arab": ("Arabic",),
    "Armn": ("Armenian",),
    "Beng": ("Bengali",),
    "Cyrl": ("Cyrillic",),
    "Deva": ("Devanagari",),
    "Ethi": ("Ethiopic",),
    "Geor": ("Georgian",),
    "Grek": ("Greek",),
    "Gujr": ("Gujarati",),
    "Guru": ("Gurmukhi",),
    "Hans": ("Han",),
    "Hant": ("Han",),
    "Hebr": ("Hebrew",),
    "Jpan": ("Hiragana", "Katakana", "Han"),
    "Khmr": ("Khmer",),
    "Knda": ("Kannada",),
    "Kore": ("Hangul", "Han"),
    "Laoo": ("Lao",),
    "Latn": ("Latin",),
    "Mlym": ("Malayalam",),
    "Mymr": ("Myanmar",),
    "Nkoo": ("Nko",),
    "Orya": ("Oriya",),
    "Sinh": ("Sinhala",),
    "Taml": ("Tamil",),
    "Telu": ("Telugu",),
    "Tfng": ("Tifinagh",),
    "Thai": ("Thai",),
    "Tibt": ("Tibetan",),
}
# A script without which a longer text in the language is not in it: Japanese has kana.
_CORE: dict[str, tuple[str, ...]] = {"Jpan": ("Hiragana", "Katakana"), "Kore": ("Hangul",)}

_LATIN_RUN = regex.compile(r"\p{Script=Latin}+")


@lru_cache(maxsize=256)
def script_of(language: str) -> str | None:
    """This function will return the ISO 15924 code of the language's script, None where unknown.

    A script subtag in the tag (`sr-Latn`, `zh-Hant`) goes before the table of languages.
    """
    for part in language.split("-")[1:]:
        if len(part) == 4 and part.title() in _UNICODE_SCRIPTS:
            return part.title()
    try:
        script = find(language).script
    except UnknownLanguageError:
        return None
    return script if script in _UNICODE_SCRIPTS else None


def same_script(language: str, other: str) -> bool:
    """This function will tell whether both languages are written in one script (unknown: yes)."""
    one, two = script_of(language), script_of(other)
    return one is None or two is None or _UNICODE_SCRIPTS[one] == _UNICODE_SCRIPTS[two]


@lru_cache(maxsize=64)
def _letters(names: tuple[str, ...]) -> regex.Pattern[str]:
    classes = "".join(rf"\p{{Script={name}}}" for name in names)
    return regex.compile(rf"[[{classes}]&&\p{{L}}]", regex.VERSION1)


@lru_cache(maxsize=64)
def _foreign(names: tuple[str, ...]) -> regex.Pattern[str]:
    classes = "".join(rf"\p{{Script={name}}}" for name in (*names, "Latin", "Common", "Inherited"))
    return regex.compile(rf"(?:[\p{{L}}--[{classes}]]\p{{M}}*)+", regex.VERSION1)


def count_own(text: str, script: str) -> int:
    """This function will count the letters of the text that belong to the ISO 15924 script."""
    return len(_letters(_UNICODE_SCRIPTS[script]).findall(text))


def count_core(text: str, script: str) -> int:
    """This function will count the letters without which a text is not in the script's language."""
    return len(_letters(_CORE.get(script, _UNICODE_SCRIPTS[script])).findall(text))


def foreign_runs(text: str, script: str) -> list[tuple[int, int]]:
    """This function will return (start, end) of runs of letters neither of the script nor Latin."""
    if text.isascii():
        return []
    return [hit.span() for hit in _foreign(_UNICODE_SCRIPTS[script]).finditer(text)]


def has_core(script: str) -> bool:
    """This function will tell whether the script's language needs more than its script's letters."""
    return script in _CORE
