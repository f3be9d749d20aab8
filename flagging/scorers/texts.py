"""Which texts of an item are scored, which cannot be, and how they are put into a model's template."""

from __future__ import annotations

from collections.abc import Mapping

import regex

from flagging.checks.base import is_option
from flagging.checks.vocabulary import KEPT
from flagging.scorers.base import WHOLE_ITEM, ItemPair

# A field of this many words carries a signal alone.
FEWEST_WORDS = 4
NO_SOURCE = "The source has no text."
NO_TARGET = "The translation has no text."
NO_WORDS = "Formulas, numbers and names alone are not scorable."

_WORD = regex.compile(r"\p{L}[\p{L}\p{M}'’\-]*")
# These scripts write no spaces; two characters of them make a word, more or less.
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_FORMULA = regex.compile(
    r"\$[^$]*\$|\\\(.*?\\\)|\\\[.*?\\\]|\\[A-Za-z]+|\S*[=^_{}\\<>|]\S*|\w*\([^)\s]*\)|https?://\S+"
)
_CASED = regex.compile(r"[\p{Lu}\p{Ll}\p{Lt}]")


def fill(template: str, **texts: str) -> str:
    """This function will put texts into a template's `{source}`, `{target}` or `{text}`, braces and all."""
    return template.format(**texts)


def joined(fields: Mapping[str, str], names: list[str]) -> str:
    """This function will return the named fields that hold text, one a line, in the order of the names."""
    return "\n".join(fields[name].strip() for name in names if fields.get(name, "").strip())


def word_count(text: str) -> int:
    """This function will return the number of words, two characters each where words are not set apart."""
    unspaced = len(_UNSPACED.findall(text))
    return len(_WORD.findall(_UNSPACED.sub(" ", text))) + (unspaced + 1) // 2


def is_bare(text: str) -> bool:
    """This function will tell whether nothing but formulas, numbers, units, symbols and names stands in a text.

    A name is a run of up to three words that all begin with a capital. What a script without capitals
    writes counts as words.
    """
    words = _WORD.findall(_FORMULA.sub(" ", text))
    words = [word for word in words if word not in KEPT and (len(word) > 1 or not _CASED.search(word))]
    return not words or (len(words) <= 3 and all(_is_name(word) for word in words))


def _is_name(word: str) -> bool:
    return bool(_CASED.search(word)) and word[0].isupper()


def whole(item: ItemPair) -> tuple[str, str]:
    """This function will return source and target as one text each: all fields, a line each.

    Options of one to three words say nothing alone, so that an item is scored with its options joined.
    """
    names = list(item.source)
    return joined(item.source, names), joined(item.target, names)


def stem_names(item: ItemPair) -> list[str]:
    """This function will return the fields that are no options: the question, and what belongs to it."""
    return [name for name in item.source if not is_option(name)]


def scored_texts(item: ItemPair, *, fields: bool = False) -> dict[str, tuple[str, str]]:
    """This function will return (source, target) by field, "" for the whole item.

    With `fields`, each field of four words or more in the source stands beside the whole, where there is
    more than one field.
    """
    found = {WHOLE_ITEM: whole(item)}
    if fields and len(item.source) > 1:
        for name, source in item.source.items():
            if word_count(source) >= FEWEST_WORDS:
                found[name] = (source.strip(), item.target.get(name, "").strip())
    return found


def unscorable(source: str, target: str) -> str:
    """This function will say why a pair cannot be scored, or return "" where it can.

    A target equal to its source can: a model gives it a number, and a check overrules that.
    """
    if not source.strip():
        return NO_SOURCE
    if not target.strip():
        return NO_TARGET
    return NO_WORDS if is_bare(source) else ""
