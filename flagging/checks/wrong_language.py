"""Text whose words do not look like those of the set's other translations."""

from __future__ import annotations

from collections.abc import Iterator

from flagging.checks.base import JSON, Check, Finding, Pair, Span, excerpt, gettext_noop, is_option
from flagging.checks.copying import is_copied
from flagging.checks.letters import own_words
from flagging.checks.scripts import script_of

# Letter trigrams a text must have of its own, and the robust z of their mean below which it is strange.
FEWEST_GRAMS = 12
SHORTEST = 16
SHORTEST_OPTION = 24
# Per script that several languages share; in another script wrong script says it all. What Latin text
# may be instead is close at hand, so there less strangeness is enough.
_Z_LIMITS = {"Latn": -3.0, "Cyrl": -4.0, "Arab": -4.0, "Deva": -4.0, "Hebr": -4.0}
Z_LIMIT_OPTION = -5.0


class WrongLanguage(Check):
    """The letters of a text's words follow each other as in no other translation of the set.

    Language identification fails on short and on lesser-known text; the set itself knows its language.
    """

    name = "wrong_language"
    severity = "suspect"
    title = gettext_noop("Wrong language")
    message = gettext_noop(
        "Its words are spelt unlike the other translations of the set (z = %(z).1f): “%(text)s”."
    )

    def run(self, pair: Pair) -> Iterator[Finding]:
        if pair.statistics is None or not pair.statistics.letters.is_fitted:
            return
        limit = _Z_LIMITS.get(script_of(pair.target_language) or "")
        if limit is None:
            return
        for name, source, target in pair.shared:
            if len(target) < (SHORTEST_OPTION if is_option(name) else SHORTEST) or is_copied(source, target):
                continue
            count, z = pair.statistics.letters.z(own_words(source, target))
            if count >= FEWEST_GRAMS and z < (Z_LIMIT_OPTION if is_option(name) else limit):
                params: dict[str, JSON] = {"z": round(z, 2), "text": excerpt(target)}
                yield Finding(name, params, (Span("target", name, 0, len(target)),))
