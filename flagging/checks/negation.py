"""Questions that turn on one word: which is NOT, all EXCEPT, the least."""

from __future__ import annotations

from collections.abc import Iterator

from flagging.checks.base import Check, Finding, Pair, Span, gettext_noop, is_option
from flagging.checks.negation_cues import ENGLISH, cues


class NegationKept(Check):
    """The question says NOT, EXCEPT, least or false, and the translation has no word of the kind.

    Silent for source languages other than English and for target languages without a list of such words.
    """

    name = "negation"
    severity = "suspect"
    title = gettext_noop("Negation lost")
    message = gettext_noop("The source says “%(cue)s”; no such word is in the translation.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        theirs = cues(pair.target_language)
        if theirs is None or pair.source_language.split("-")[0] != "en":
            return
        for name, source, target in pair.shared:
            if is_option(name):
                continue
            ours = list(ENGLISH.finditer(source))
            if ours and not theirs.search(target):
                spans = tuple(Span("source", name, *hit.span()) for hit in ours)
                yield Finding(name, {"cue": ours[0][0]}, spans)
