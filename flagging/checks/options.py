"""Answer options: missing, collided, or in another order."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import regex

from flagging.checks.base import (
    JSON,
    Check,
    Finding,
    Pair,
    Span,
    excerpt,
    gettext_noop,
    is_option,
    letter,
    options,
)
from flagging.checks.copying import translatable_words
from flagging.checks.numbers import amounts
from flagging.checks.vocabulary import ABSENT
from flagging.checks.wording import loose, plain

_LETTER_OR_DIGIT = regex.compile(r"[\p{L}\p{N}]")
# A capital or a digit: without one no option reads alike in two languages.
_DIGIT = regex.compile(r"\d")
_LOWER_WORD = regex.compile(r"\b\p{Ll}{4}")
_ANCHOR = regex.compile(r"[\p{Lu}\p{Nd}]")


def _says_nothing(text: str, source: str) -> bool:
    """Blank, only punctuation where the source has letters, or a program's word for nothing."""
    if not text.strip():
        return True
    folded = plain(text).casefold()
    if folded in ABSENT:
        is_word = folded.isalpha() and len(source.split()) == 1
        return plain(source).casefold() not in ABSENT and (not is_word or folded == "nan")
    return not _LETTER_OR_DIGIT.search(text) and text.strip() != source.strip() and _has_words(source)


def _has_words(source: str) -> bool:
    return bool(_LETTER_OR_DIGIT.search(source))


class OptionMissing(Check):
    """An option of the source has no text in the translation."""

    name = "option_missing"
    severity = "broken"
    title = gettext_noop("Option missing")
    message = gettext_noop(
        "Option %(letter)s is “%(source)s” in the source and has no text in the translation."
    )

    def run(self, pair: Pair) -> Iterator[Finding]:
        for name in options(pair.source):
            source, target = pair.source[name], pair.target.get(name, "")
            if source.strip() and _says_nothing(target, source):
                span = Span("source", name, 0, len(source))
                yield Finding(name, {"letter": letter(name), "source": excerpt(source)}, (span,))


class FieldMissing(Check):
    """A field other than an option has no text in the translation."""

    name = "field_missing"
    severity = "broken"
    title = gettext_noop("Text missing")
    message = gettext_noop("The source says “%(source)s” and the translation says nothing.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        for name, source in pair.source.items():
            if not is_option(name) and source.strip() and _says_nothing(pair.target.get(name, ""), source):
                yield Finding(name, {"source": excerpt(source)}, (Span("source", name, 0, len(source)),))


class OptionsCollide(Check):
    """Options that differ in the source read the same in the translation.

    Two options collide when, under one and the same folding, their sources differ and their targets
    are equal. Two foldings are tried: white space alone, and outer punctuation with Title case too.
    """

    name = "options_collide"
    severity = "broken"
    title = gettext_noop("Options collide")
    message = gettext_noop(
        "Options %(letters)s differ in the source and all read “%(text)s” in the translation."
    )

    def run(self, pair: Pair) -> Iterator[Finding]:
        seen: set[tuple[str, ...]] = set()
        for fold in (plain, loose):
            for names in _collisions(pair, fold):
                if names not in seen:
                    seen.add(names)
                    yield _collision(pair, names)


def _collisions(pair: Pair, fold: Callable[[str], str]) -> Iterator[tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for name in options(pair.source):
        key = fold(pair.target.get(name, ""))
        if key:
            groups.setdefault(key, []).append(name)
    for names in groups.values():
        if len(names) > 1 and len({fold(pair.source[name]) for name in names}) > 1:
            yield tuple(names)


def _collision(pair: Pair, names: tuple[str, ...]) -> Finding:
    spans = tuple(Span("target", name, 0, len(pair.target[name])) for name in names)
    letters = ", ".join(letter(name) for name in names)
    return Finding(names[0], {"letters": letters, "text": excerpt(pair.target[names[0]])}, spans)


class OptionOrder(Check):
    """Options that read alike in both languages (numbers, names) stand under another letter."""

    name = "option_order"
    severity = "broken"
    title = gettext_noop("Options in another order")
    message = gettext_noop(
        "Option %(letter)s of the source, “%(text)s”, stands at %(moved)s in the translation."
    )

    def run(self, pair: Pair) -> Iterator[Finding]:
        names = [name for name in options(pair.source) if name in pair.target]
        if not any(_ANCHOR.search(pair.source[name]) for name in names):
            return
        source = {name: _key(pair.source[name]) for name in names}
        if not any(source.values()):
            return
        target = {name: _key(pair.target[name]) for name in names}
        for name in names:
            key = source[name]
            if key is None or _count(source, key) != 1 or _count(target, key) != 1 or target[name] == key:
                continue
            moved = next(other for other in names if target[other] == key)
            if (
                moved != name
                and not _is_loose_match(target[name], key)
                and not _is_loose_match(source[moved], key)
            ):
                spans = (
                    Span("source", name, 0, len(pair.source[name])),
                    Span("target", moved, 0, len(pair.target[moved])),
                )
                params: dict[str, JSON] = {
                    "letter": letter(name),
                    "text": excerpt(pair.source[name]),
                    "moved": letter(moved),
                }
                yield Finding(name, params, spans)


def _count(keys: dict[str, str | None], key: str) -> int:
    return sum(1 for other in keys.values() if other == key)


def _is_loose_match(key: str | None, other: str) -> bool:
    """Whether two keys share an amount, so that one may be a rewording of the other."""
    return key is not None and bool(set(key.split()) & set(other.split()))


def _key(text: str) -> str | None:
    """What of an option is the same in every language: its amounts, else the name it is."""
    if _DIGIT.search(text):
        return " ".join(amounts(text))
    if _LOWER_WORD.search(text):
        return None
    stripped = loose(text)
    return stripped if len(stripped) > 2 and not translatable_words(text) else None
