"""A second opinion on a text's language, by py3langid, whose model is read on first use."""

from __future__ import annotations

from functools import lru_cache
from math import log, sqrt

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from flagging.checks.vocabulary import words_of

# The most probability that the expected language may have, for a text judged by identification alone.
UNLIKELY = 0.01
# Letters below which identification alone errs too often to be heard.
FEWEST_LETTERS = 24
LONGEST = 240
_SMALLEST = 1e-6
MOST = 14.0
# The model's names where they differ.
_LABELS = {"fil": "tl", "nb": "no"}
# What a text may be taken for: languages that are written much, no relics and no dialects. Fewer rivals,
# fewer mistakes on short text.
_RIVALS = words_of(
    """
    af am ar as az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl gu ha he hi hr ht hu hy id ig is it ja ka
    kk km kn ko ku ky la lg ln lo lt lv mg mk ml mn mr ms mt my ne nl nn no nso om or pa pl ps pt qu ro ru rw si sk sl
    sn so sq sr st sv sw ta te tg th tk tl tr tt ug uk ur uz vi xh yo zh zu
    """
)
# So much alike that one is no evidence against the other.
_SISTERS = tuple(
    frozenset(group.split())
    for group in ("id ms", "bs hr sr", "no nn da", "xh zu", "nso st", "ru be", "cs sk")
)


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted(_RIVALS & set(identifier.labels)))
    return identifier


def _label(language: str) -> str:
    return _LABELS.get(language, language.split("-")[0].lower())


@lru_cache(maxsize=256)
def _own_labels(language: str) -> frozenset[str]:
    own = _label(language)
    return frozenset({own}).union(*(group for group in _SISTERS if own in group))


def knows(language: str) -> bool:
    """This function will tell whether the model has the language."""
    return _label(language) in _identifier().labels


@lru_cache(maxsize=2048)
def doubt(text: str, expected: str) -> tuple[float, str]:
    """This function will return how many times likelier another language is than the expected one or a sister
    of it, as a natural logarithm from 0 to 14, and that language's code; (0, "") where the model lacks it."""
    if not knows(expected):
        return 0.0, ""
    heard = text[:LONGEST].lower()
    ranked = _identifier().rank(heard)
    own = sum(share for label, share in ranked if label in _own_labels(expected))
    best, share = next(((one, much) for one, much in ranked if one not in _own_labels(expected)), ("", 0.0))
    # The model evens out its probabilities by the root of the bytes, of which a letter has one, two or three.
    bytes_a_letter = len(heard.encode()) / max(len(heard), 1)
    how_much = log(max(share, _SMALLEST) / max(own, _SMALLEST)) * sqrt(bytes_a_letter)
    return min(max(0.0, how_much), MOST), str(best)


def other_language(text: str, expected: str, *, fewest: int = FEWEST_LETTERS) -> str | None:
    """This function will return the code of the language a text looks to be in where it can hardly be in
    the expected one; None where it can, the text is short, or the model lacks the language."""
    if sum(map(str.isalpha, text)) < fewest:
        return None
    how_much, best = doubt(text, expected)
    return best if how_much > log(1 / UNLIKELY) else None
