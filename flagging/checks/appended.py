"""The source repeated beside its translation."""

from __future__ import annotations

from collections.abc import Iterator

from flagging.checks.base import Check, Finding, Pair, Span, excerpt, gettext_noop, is_option
from flagging.checks.copying import must_be_translated
from flagging.checks.scripts import same_script
from flagging.checks.wording import core, plain

FEWEST_WORDS = 3
# Translators put the original of a term in brackets behind it.
FEWEST_WORDS_OF_AN_OPTION = 6
# Letters of its own that a target must hold beside the source, as a share of the source's length.
OWN_SHARE = 0.15


class SourceAppended(Check):
    """The whole source text stands in the translation, next to other text."""

    name = "source_appended"
    severity = "broken"
    title = gettext_noop("Source text appended")
    message = gettext_noop("The source text stands beside its translation: “%(text)s”.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        across = not same_script(pair.source_language, pair.target_language)
        for name, source, target in pair.shared:
            said = core(source)
            if len(target) <= len(said):
                continue
            where = _position(said, target)
            if where is None or not _is_long(said, name) or not _adds_enough(said, target):
                continue
            if not is_option(name) or must_be_translated(source, across_scripts=across, option=True):
                yield Finding(name, {"text": excerpt(said)}, (Span("target", name, *where),))


def _is_long(said: str, name: str) -> bool:
    """Enough words, or enough signs in a script that writes no gaps between words."""
    fewest = FEWEST_WORDS_OF_AN_OPTION if is_option(name) else FEWEST_WORDS
    return len(said.split()) >= fewest or (len(said) >= 8 and " " not in said and not said.isascii())


def _adds_enough(said: str, target: str) -> bool:
    """Whether the target holds letters beside the source's, enough not to be the source itself."""
    letters = sum(map(str.isalpha, target)) - sum(map(str.isalpha, said))
    return letters >= max(2, OWN_SHARE * len(said))


def _position(said: str, target: str) -> tuple[int, int] | None:
    """Where the target holds the source, white space runs and case taken as equal; None if nowhere."""
    start = target.find(said)
    if start >= 0:
        return start, start + len(said)
    if said[:6].lower() not in target.lower():
        return None
    return (0, len(target)) if said.casefold() in plain(target).casefold() else None
