"""Words, foldings and sentence ends: how checks compare texts without an opinion on their language."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import regex

# A word: letters with their marks, and apostrophes or hyphens inside it.
WORD = regex.compile(r"\p{L}[\p{L}\p{M}]*(?:['’\-][\p{L}\p{M}]+)*")
_ASCII_WORD = re.compile(r"[a-z]+(?:['\-][a-z]+)*")
_TITLE_CASE = regex.compile(r"\b\p{Lu}\p{Ll}{2,}\b")
_OUTER_PUNCTUATION = " \t\r\n.,;:!?…。、，．：；！？؟،؛।॥؛։።፧"
_SENTENCE_END = frozenset(".?!:…。？！：؟।॥።፧၊။;；;_")
# The Greek one looks like a semicolon, and mostly is one.
_QUESTION_MARKS = frozenset("?？؟;\u037e፧")
_SENTENCE_GAP = regex.compile(r"(?<=[.!?؟።፧][\"”’»)\]]?)\s+|(?<=[。！？।॥])")
_CLOSERS = "\"'”’»)]）」』*_ \t\r\n"


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """This function will return the text in NFC with white space runs as one blank and none outside.

    Case, digits and symbols stay: `Bb × bb` is not `bb × Bb` and `x²` is not `x2`.
    """
    return " ".join((text if text.isascii() else unicodedata.normalize("NFC", text)).split())


@lru_cache(maxsize=4096)
def loose(text: str) -> str:
    """This function will fold further: outer punctuation goes, Title-case words of three letters or
    more go to lower case. Symbols, short or mixed in case, stay as they are."""
    return _TITLE_CASE.sub(lambda hit: hit[0].lower(), plain(text)).strip(_OUTER_PUNCTUATION)


@lru_cache(maxsize=4096)
def bare(text: str) -> str:
    """This function will fold for the question "is this a copy?": outer punctuation goes, and the case
    of the first letter. Case elsewhere stays: a language may write a borrowed term its own way."""
    folded = plain(text).strip(_OUTER_PUNCTUATION)
    return folded[:1].lower() + folded[1:]


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[tuple[int, int, str], ...]:
    """This function will return the words of the text as (start, end, word)."""
    return tuple((hit.start(), hit.end(), hit[0]) for hit in WORD.finditer(text))


@lru_cache(maxsize=4096)
def lower_words(text: str) -> tuple[str, ...]:
    """This function will return the words of the text in lower case."""
    pattern = _ASCII_WORD if text.isascii() else WORD
    return tuple(pattern.findall(text.lower()))


@lru_cache(maxsize=4096)
def word_set(text: str) -> frozenset[str]:
    """This function will return the distinct words of the text in lower case."""
    return frozenset(lower_words(text))


@lru_cache(maxsize=4096)
def core(text: str) -> str:
    """This function will return the folded text without the punctuation and brackets around it."""
    return plain(text).strip(_OUTER_PUNCTUATION + "\"'“”()（）「」")


def ends_sentence(text: str) -> bool:
    """This function will tell whether the text ends in a mark that closes a sentence or opens a list."""
    trimmed = text.rstrip(_CLOSERS) or text.rstrip()
    return text.rstrip().endswith("_") or trimmed[-1:] in _SENTENCE_END


def asks(text: str) -> bool:
    """This function will tell whether the text ends in a question mark of any script."""
    trimmed = text.rstrip(_CLOSERS)
    return trimmed[-1:] in _QUESTION_MARKS


@lru_cache(maxsize=4096)
def sentences(text: str) -> int:
    """This function will count the stretches that sentence marks end or part, one at the least."""
    return max(1, sum(len(part.strip()) > 3 for part in _SENTENCE_GAP.split(text.strip())))


def is_lower(word: str) -> bool:
    """This function will tell whether a word begins in lower case or its script has no case."""
    return not (word[0].isupper() or word[0].istitle())
