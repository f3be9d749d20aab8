"""Text that is not in its language, by the company it keeps and by language identification."""

from __future__ import annotations

from collections.abc import Iterator

from flagging.checks.base import JSON, Check, Finding, Pair, Span, excerpt, gettext_noop, is_option
from flagging.checks.copying import is_copied
from flagging.checks.identify import other_language
from flagging.checks.letters import LetterModel, own_words
from flagging.checks.scripts import script_of

# Letter trigrams a text must have of its own, and the robust z of their mean below which it is strange.
FEWEST_GRAMS = 12
SHORTEST = 16
SHORTEST_OPTION = 24
# Per script that several languages share; in another script wrong script says it all. What Latin text
# may be instead is close at hand, so there less strangeness is enough.
_Z_LIMITS = {"Latn": -3.0, "Cyrl": -4.0, "Arab": -4.0, "Deva": -4.0, "Hebr": -4.0}
Z_LIMIT_OPTION = -5.0
# A text no stranger than this needs no second opinion.
Z_ORDINARY = -0.5


class WrongLanguage(Check):
    """The letters of a text's words follow each other as in no other translation of the set, or a longer
    text that is not quite ordinary in its set is identified as another language.

    Identification fails on short and on lesser-known text; the set itself knows its language. Sisters
    (Malay and Indonesian) are beyond both.
    """

    name = "wrong_language"
    severity = "suspect"
    title = gettext_noop("Wrong language")
    message = gettext_noop("Not spelt like its language (looks like: %(guess)s): “%(text)s”.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        limit = _Z_LIMITS.get(script_of(pair.target_language) or "")
        if limit is None:
            return
        letters = pair.statistics.letters if pair.statistics else LetterModel()
        for name, source, target in pair.shared:
            if len(target) < (SHORTEST_OPTION if is_option(name) else SHORTEST) or is_copied(source, target):
                continue
            count, z = letters.z(own_words(source, target)) if letters.is_fitted else (0, Z_ORDINARY - 1)
            is_strange = count >= FEWEST_GRAMS and z < (Z_LIMIT_OPTION if is_option(name) else limit)
            may_be_other = z < Z_ORDINARY and not is_option(name)
            guess = other_language(target, pair.target_language) if may_be_other else None
            if is_strange or guess:
                params: dict[str, JSON] = {"guess": guess or "–", "text": excerpt(target)}
                yield Finding(name, params, (Span("target", name, 0, len(target)),))
