"""What of a source may stay in its translation, and which words of it stayed there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import regex

from flagging.checks.base import Pair
from flagging.checks.scripts import same_script
from flagging.checks.vocabulary import CALENDAR, ENGLISH_GLUE, KEPT, TITLE_GLUE
from flagging.checks.wording import bare, is_lower, lower_words, word_set, words

# Code, formulas and addresses stay as they are in every language.
_CODE = regex.compile(r"\p{L}-\d|\d-\p{L}{5}|[=;{}<>\\^_|@#$~`]|\w\(|://|\bwww\.|\.\w+\(")
# Species, muscles and maxims keep their Latin.
_LATIN_ENDING = regex.compile(r"(?:us|um|ae|i|is|orum|arum|io)$")
_GAP = regex.compile(r"[\s,\d'’\-–.:|\"“”]*")
_LATIN_WORDS = regex.compile(r"[A-Za-z]{2}[^A-Za-z]{1,3}[A-Za-z]")
# Share of its source that a kept run is, from which it is no name or title within it.
MUCH = 0.4
_CLOSING_BRACKET = regex.compile(r"[^()（）]{0,12}[)）]")
_OPENING_QUOTES = "\"'“‘«「『《〈„*"


@dataclass(frozen=True)
class Run:
    """Consecutive words of a target that are consecutive words of its source; offsets into the target."""

    start: int
    end: int
    words: tuple[str, ...]


@lru_cache(maxsize=4096)
def translatable_words(text: str) -> tuple[str, ...]:
    """This function will return the words a translator would have to translate: lower case, three
    letters or more, and no unit, function name, Latin term or piece of code. Months and days count too."""
    if _CODE.search(text):
        text = " ".join(part for part in text.split() if not _CODE.search(part))
    found = (word for _, _, word in words(text) if len(word) > 2)
    return tuple(word for word in found if (is_lower(word) and word not in KEPT) or word.lower() in CALENDAR)


def must_be_translated(text: str, *, across_scripts: bool, option: bool) -> bool:
    """This function will tell whether a text cannot rightly stand unchanged in a translation.

    Between languages of one script a word may be the same in both, so more words are asked for.
    """
    found = translatable_words(text)
    content = [word for word in found if word not in TITLE_GLUE]
    if _is_sentence(text):
        return True
    if content and all(_LATIN_ENDING.search(word) for word in content):
        return False
    if across_scripts:
        return any(len(word) > 3 for word in content) if option else bool(content) or _joins(text)
    return len(content) >= 2 or (bool(content) and len(found) > len(content))


def _is_sentence(text: str) -> bool:
    """English glue that stands in no title: `Who is the Head of State for Norway?` has no other word."""
    row = lower_words(text)
    return len(row) > 3 and sum(word in ENGLISH_GLUE and word not in TITLE_GLUE for word in row) >= 2


def _joins(text: str) -> bool:
    return any(word in {"and", "or"} for word in lower_words(text))


def is_copied(source: str, target: str) -> bool:
    """This function will tell whether the target is the source, but for outer punctuation."""
    return source == target or (source[:1].lower() in target[:3].lower() and bare(source) == bare(target))


def copied_fields(pair: Pair) -> tuple[list[str], bool]:
    """This function will return the fields left as they were though they must be translated, and
    whether these are all the fields, more than one, that must be."""
    copies = {name for name, source, target in pair.shared if is_copied(source, target)}
    if not copies:
        return [], False
    across = not same_script(pair.source_language, pair.target_language)
    needed = [
        name
        for name, source, _ in pair.shared
        if must_be_translated(source, across_scripts=across, option=name.startswith("option_"))
    ]
    copied = [name for name in needed if name in copies]
    return copied, len(needed) > 1 and len(copied) == len(needed)


def kept_runs(source: str, target: str, *, shortest: int) -> Iterator[Run]:
    """This function will yield the runs of at least `shortest` words that target and source share."""
    if not target.isascii() and not _LATIN_WORDS.search(target) and _LATIN_WORDS.search(source):
        return
    if len(word_set(source) & word_set(target)) < shortest:
        return
    steps = set(pairwise(lower_words(source)))
    mine = words(target)
    first = 0
    for index in range(1, len(mine) + 1):
        if index < len(mine) and _goes_on(target, mine[index - 1], mine[index], steps):
            continue
        if index - first >= shortest:
            yield Run(mine[first][0], mine[index - 1][1], tuple(word for _, _, word in mine[first:index]))
        first = index


def _goes_on(
    target: str, last: tuple[int, int, str], word: tuple[int, int, str], steps: set[tuple[str, str]]
) -> bool:
    """Whether the two words stand side by side in the target, and in the source in that order."""
    if (last[2].lower(), word[2].lower()) not in steps:
        return False
    return _GAP.fullmatch(target, last[1], word[0]) is not None


def is_sentence_part(run: Run, *, across_scripts: bool) -> bool:
    """This function will tell whether a kept run is running text rather than a name, title or term."""
    low = [word for word in run.words if is_lower(word) and word not in KEPT]
    content = [word for word in low if word not in TITLE_GLUE and len(word) > 2]
    glue = [word for word in run.words if word.lower() in ENGLISH_GLUE and word.lower() not in TITLE_GLUE]
    joints = [word for word in run.words if word.lower() in TITLE_GLUE]
    if glue and (content or len(glue) >= 2):
        return True
    if across_scripts:
        return len(run.words) >= 4 and len(content) >= 1 and len(low) >= 2
    if len(run.words) < 5:
        return len(content) >= 3 and bool(joints)
    return (
        len(content) >= 5 or (len(content) >= 2 and len(joints) >= 2) or (len(content) >= 3 and bool(joints))
    )


def is_quoted(text: str, run: Run) -> bool:
    """This function will tell whether the run stands inside quotation marks or emphasis, or is
    the original of a term in brackets behind it."""
    before, after = text[: run.start], text[run.end : run.end + 3]
    mark = before.rstrip()[-1:]
    if mark and mark in "(（":
        return _CLOSING_BRACKET.match(text, run.end) is not None and before.strip("(（ ") != ""
    if not mark or mark not in _OPENING_QUOTES:
        return False
    return mark not in "\"'*" or (before[-1:] == mark and mark in after)


def covers_much(source: str, run: Run) -> bool:
    """This function will tell whether a kept run is a good part of its source and has words to translate."""
    low = [word for word in run.words if is_lower(word) and word not in KEPT]
    content = [word for word in low if word not in TITLE_GLUE and len(word) > 2]
    if len(run.words) < MUCH * len(words(source)) or not content:
        return False
    return (
        len(content) >= 3
        or (len(run.words) >= 4 and len(low) >= 2 and low[0] != run.words[0].lower())
        or len(low) >= 4
    )
