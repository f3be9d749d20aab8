"""What words of a set look like, letter by letter: a set of translations knows its own language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from math import log, sqrt
from statistics import median
from typing import Any
from unicodedata import normalize

import regex

from flagging.checks.wording import lower_words

# Trigrams of a text too short to score.
SHORTEST = 6
LARGEST_MODEL = 4000
MOST_KNOWN = 50_000
MOST_WORDS = 25
# Letters by which a borrowed word is known again.
BORROWED = 4
_JOINTS = regex.compile(r"[-'’]")
_ACCENTS = regex.compile(r"[\u0300-\u036f]+")
# A median absolute deviation times this is the standard deviation of a normal distribution.
MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True)
class LetterModel:
    """Log-probabilities of the letter trigrams of a set's words, and how its texts score under them.

    A text's score is the mean log-probability of its trigrams; `centre` is the median score of the
    set's texts, `spread` the MAD of (score - centre) * sqrt(trigrams), which does not hang on length.
    """

    grams: Mapping[str, float] = field(default_factory=dict)
    floor: float = 0.0
    centre: float = 0.0
    spread: float = 0.0
    texts: int = 0
    _known: dict[str, tuple[int, float]] = field(default_factory=dict, repr=False, compare=False)

    def z(self, words: Iterable[str]) -> tuple[int, float]:
        """This function will return the trigrams counted and the robust z of their mean."""
        count, score = self._score(words)
        if not count or not self.spread:
            return count, 0.0
        return count, (score - self.centre) * sqrt(count) / (self.spread * MAD_TO_SIGMA)

    def _score(self, words: Iterable[str]) -> tuple[int, float]:
        count, total = 0, 0.0
        for word in words:
            grams, score = self._known.get(word) or self._look_up(word)
            count, total = count + grams, total + score
        return count, total / count if count else 0.0

    def _look_up(self, word: str) -> tuple[int, float]:
        """Trigrams of one word and the sum of their scores, kept: a set says the same words again and again."""
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        scores = [self.grams.get(gram, self.floor) for gram in _grams((word,))]
        self._known[word] = len(scores), sum(scores)
        return self._known[word]

    @cached_property
    def is_fitted(self) -> bool:
        """Whether enough texts were seen for a score to mean anything."""
        return self.texts >= 100 and self.spread > 0

    def to_json(self) -> dict[str, Any]:
        """This function will return what `from_json` reads, made of JSON types alone."""
        return {
            "grams": dict(self.grams),
            "floor": self.floor,
            "centre": self.centre,
            "spread": self.spread,
            "texts": self.texts,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LetterModel:
        """This function will rebuild what `to_json` returned."""
        return cls(**data)


def own_words(source: str, target: str) -> list[str]:
    """This function will return words of the target, in lower case, that are not the source's, borrowed ones
    and their inflections included: the first 25 words, which say enough about a language."""
    theirs, beginnings, endings = _source_words(source)
    found = []
    for word in islice(_pieces(target), MOST_WORDS):
        is_borrowed = word in theirs or (
            len(word) >= BORROWED and (word[:BORROWED] in beginnings or word[-BORROWED - 1 :] in endings)
        )
        if not is_borrowed:
            found.append(word)
    return found


@lru_cache(maxsize=4096)
def _source_words(source: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The source's words, and how the longer ones of them begin and end."""
    words = frozenset(_pieces(source))
    beginnings = frozenset(word[:BORROWED] for word in words if len(word) >= BORROWED)
    return words, beginnings, frozenset(word[-BORROWED - 1 :] for word in words if len(word) > BORROWED + 1)


def _pieces(text: str) -> Iterator[str]:
    for word in lower_words(text):
        if "-" in word or "'" in word or "’" in word:
            yield from (_unmarked(part) for part in _JOINTS.split(word) if part)
        else:
            yield _unmarked(word)


@lru_cache(maxsize=50_000)
def _unmarked(word: str) -> str:
    """The word without its accents, which some writers of Yoruba or Vietnamese set and others leave out."""
    return word if word.isascii() else _ACCENTS.sub("", normalize("NFD", word))


def _grams(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        padded = f" {word} "
        for index in range(len(padded) - 2):
            yield padded[index : index + 3]


def fit(texts: list[list[str]]) -> LetterModel:
    """This function will fit a model to texts given as lists of their words."""
    counts: Counter[str] = Counter()
    for words in texts:
        counts.update(_grams(words))
    total = sum(counts.values())
    if not total:
        return LetterModel()
    kept = [(gram, count) for gram, count in counts.most_common(LARGEST_MODEL) if count > 1]
    grams = {gram: round(log(count / total), 3) for gram, count in kept}
    unscaled = LetterModel(grams, round(log(0.5 / total), 3))
    scores = [(count, score) for count, score in map(unscaled._score, texts) if count >= SHORTEST]
    if not scores:
        return LetterModel()
    centre = median(score for _, score in scores)
    spread = median(abs(score - centre) * sqrt(count) for count, score in scores)
    return LetterModel(grams, unscaled.floor, round(centre, 4), round(spread, 4), len(scores))
