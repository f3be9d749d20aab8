"""A second opinion on a longer text's language, by py3langid, whose model is read on first use."""

from __future__ import annotations

from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# The most probability that the expected language may have.
UNLIKELY = 0.01
# The model's names where they differ.
_LABELS = {"fil": "tl"}
# Letters below which identification errs too often to be heard.
FEWEST_LETTERS = 24
LONGEST = 240


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def other_language(text: str, expected: str) -> str | None:
    """This function will return the code of the language a text looks to be in where it can hardly be in
    the expected one; None where it can, the text is short, or the model lacks the language."""
    code = _LABELS.get(expected, expected.split("-")[0].lower())
    if sum(map(str.isalpha, text)) < FEWEST_LETTERS or code not in _identifier().labels:
        return None
    ranked = dict(_identifier().rank(text[:LONGEST].lower()))
    best = max(ranked, key=lambda label: ranked[label])
    return None if ranked[code] > UNLIKELY else str(best)
