"""What of a source may stay in its translation, and which words of it stayed there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import regex

from flagging.checks.base import Pair, shared_fields
from flagging.checks.scripts import same_script
from flagging.checks.wording import ENGLISH_GLUE, TITLE_GLUE, bare, is_lower, lower_words, words

# Code, formulas, addresses and species stay as they are in every language.
_CODE = regex.compile(r"[=;{}<>\\^_|@#$~`]|\w\(|://|\bwww\.|\.\w+\(")
_KEPT_WORDS = frozenset(
    ["sin", "cos", "tan", "log", "ln", "exp", "lim", "max", "min", "mod", "det", "dim", "ker", "deg", "gcd", "lcm", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "kg", "km", "cm", "mm", "nm", "mg", "ml", "mol", "mmol", "kj", "kcal", "hz", "khz", "mhz", "ghz", "kpa", "atm", "psi", "rpm", "mph", "bpm", "ppm", "ppb", "in", "vitro", "vivo", "situ", "utero", "et", "al", "de", "novo", "facto", "jure", "priori", "posteriori", "hoc", "pro", "rata", "mens", "rea", "actus", "reus", "stare", "decisis", "habeas", "corpus", "sapiens", "coli", "null", "true", "false", "int", "char", "void", "bool", "float", "string"]
)
_GAP = regex.compile(r"[\s,\d'’\-–]*")
_OPENING_QUOTES = "\"'“‘«「『《〈„*"


@dataclass(frozen=True)
class Run:
    """Consecutive words of a target that are consecutive words of its source; offsets into the target."""

    start: int
    end: int
    words: tuple[str, ...]


@lru_cache(maxsize=2048)
def translatable_words(text: str) -> tuple[str, ...]:
    """This function will return the words a translator would have to translate: lower case, three
    letters or more, and no unit, function name, Latin term or piece of code."""
    if _CODE.search(text):
        text = " ".join(part for part in text.split() if not _CODE.search(part))
    found = (word for _, _, word in words(text))
    return tuple(word for word in found if len(word) > 2 and is_lower(word) and word not in _KEPT_WORDS)


def must_be_translated(text: str, *, across_scripts: bool, option: bool) -> bool:
    """This function will tell whether a text cannot rightly stand unchanged in a translation.

    Between languages of one script a word may be the same in both, so more words are asked for.
    """
    found = translatable_words(text)
    content = [word for word in found if word not in TITLE_GLUE]
    if across_scripts:
        return any(len(word) > 3 for word in content) if option else bool(content)
    glue = len(found) - len(content)
    return len(content) >= 2 or (bool(content) and glue >= 1)


def is_copied(source: str, target: str) -> bool:
    """This function will tell whether the target is the source, but for case and outer punctuation."""
    return source == target or bare(source) == bare(target)


def copied_fields(pair: Pair) -> tuple[list[str], list[str]]:
    """This function will return the fields that must be translated, and those of them that are copies."""
    across = not same_script(pair.source_language, pair.target_language)
    needed, copied = [], []
    for name, source, target in shared_fields(pair):
        copy = is_copied(source, target)
        if must_be_translated(source, across_scripts=across, option=name.startswith("option_")):
            needed.append(name)
            if copy:
                copied.append(name)
    return needed, copied


def kept_runs(source: str, target: str, *, shortest: int) -> Iterator[Run]:
    """This function will yield the runs of at least `shortest` words that target and source share."""
    row = lower_words(source)
    known = set(row)
    mine = words(target)
    if sum(word.lower() in known for _, _, word in mine) < shortest:
        return
    steps = set(zip(row, row[1:], strict=False))
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
    low = [word for word in run.words if is_lower(word) and word not in _KEPT_WORDS]
    content = [word for word in low if word not in TITLE_GLUE and len(word) > 2]
    glue = [word for word in run.words if word.lower() in ENGLISH_GLUE and word.lower() not in TITLE_GLUE]
    if glue and (len(content) >= 1 or len(glue) >= 2):
        return len(run.words) >= 3
    return len(content) >= (4 if across_scripts else 5) and len(run.words) >= 5


def is_quoted(text: str, run: Run) -> bool:
    """This function will tell whether the run stands inside quotation marks or emphasis."""
    before = text[: run.start].rstrip()[-1:]
    return bool(before) and before in _OPENING_QUOTES
