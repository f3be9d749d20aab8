"""Text that is not in its language, by the company it keeps and by language identification."""

from __future__ import annotations

from collections.abc import Iterator

from flagging.checks.base import JSON, Check, Finding, Pair, Span, excerpt, gettext_noop, is_option
from flagging.checks.copying import is_copied, translatable_words
from flagging.checks.habits import is_unlike
from flagging.checks.identify import doubt, other_language
from flagging.checks.letters import LetterModel, own_words
from flagging.checks.scripts import same_script, script_of
from flagging.checks.wording import loose

# Letter trigrams of its own that a text must have, and how many make it a longer one.
FEWEST_GRAMS = 6
FEWEST_ALONE = 3
LONGER = 18
# Least strangeness of a shorter and of a longer text: minus the robust z of its letters in the set, plus so
# much of identification's doubt. On translations into 28 languages of four scripts with others mixed in,
# one clean text in five hundred is as strange.
LIMIT_SHORT, LIMIT_LONG = 6.0, 4.5
OF_DOUBT = 0.8
# A name written in another script is spelt unlike the language's own words.
LIMIT_NAME = 7.5
# Where the rest of the set renders the same option in other words.
LIMIT_ALONE = 2.0
# A text no stranger than this needs no second opinion.
Z_ORDINARY = -1.0
# Scripts that several languages share; in another one wrong script says it all.
_SHARED = frozenset({"Arab", "Cyrl", "Deva", "Hebr", "Latn"})


class WrongLanguage(Check):
    """The letters of a text's words follow each other as in no other translation of the set, and the text
    is identified as another language; without statistics, a longer text by identification alone.

    Identification fails on short and on lesser-known text; the set itself knows its language. Sisters
    (Malay and Indonesian) are beyond both.
    """

    name = "wrong_language"
    version = 2
    severity = "suspect"
    title = gettext_noop("Wrong language")
    message = gettext_noop("Not spelt like its language (looks like: %(guess)s): “%(text)s”.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        if script_of(pair.target_language) not in _SHARED:
            return
        letters = pair.statistics.letters if pair.statistics else LetterModel()
        for name, source, target in pair.shared:
            if is_copied(source, target):
                continue
            guess = _strange(pair, name, letters) if letters.is_fitted else _alone(pair, name)
            if guess is not None:
                params: dict[str, JSON] = {"guess": guess or "–", "text": excerpt(target)}
                yield Finding(name, params, (Span("target", name, 0, len(target)),))


def _alone(pair: Pair, name: str) -> str | None:
    return None if is_option(name) else other_language(pair.target[name], pair.target_language)


def _strange(pair: Pair, name: str, letters: LetterModel) -> str | None:
    """What a strange text is taken for, "" for nothing in particular; None for one that is not strange."""
    source, target = pair.source[name], pair.target[name]
    words = own_words(source, target)
    count, z = letters.z(words)
    if count < FEWEST_ALONE or z > Z_ORDINARY:
        return None
    how_much, guess = doubt(" ".join(words), pair.target_language)
    strangeness = OF_DOUBT * how_much - z
    if count < FEWEST_GRAMS or strangeness <= _limit(pair, source, count):
        return guess if strangeness > LIMIT_ALONE and _stands_alone(pair, name) else None
    return guess


def _stands_alone(pair: Pair, name: str) -> bool:
    """Whether the set renders this option otherwise, twice or more and nothing like it."""
    rendering = pair.statistics.habits.of(pair.source[name]) if pair.statistics and is_option(name) else None
    if rendering is None or rendering.rows < 3:
        return False
    mine = loose(pair.target[name])
    others = [text for text, _ in rendering.others if text != mine]
    is_usual = any(times > 1 for text, times in rendering.others if text == mine)
    return bool(others) and not is_usual and rendering.others[0][1] > 1 and is_unlike(mine, others)


def _limit(pair: Pair, source: str, count: int) -> float:
    if count >= LONGER:
        return LIMIT_LONG
    is_named = not same_script(pair.source_language, pair.target_language) and not translatable_words(source)
    return LIMIT_NAME if is_named else LIMIT_SHORT
