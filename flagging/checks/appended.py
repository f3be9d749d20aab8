"""The source repeated beside its translation."""

from __future__ import annotations

from collections.abc import Iterator

from flagging.checks.base import Check, Finding, Pair, Span, excerpt, gettext_noop, shared_fields
from flagging.checks.copying import must_be_translated
from flagging.checks.scripts import same_script
from flagging.checks.wording import plain

_OUTER = " \t\r\n.?!:;,\"'“”()（）。？！"
FEWEST_WORDS = 3
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
        for name, source, target in shared_fields(pair):
            core = plain(source).strip(_OUTER)
            if len(target) <= len(core) or (len(core.split()) < FEWEST_WORDS and not _unspaced(core)):
                continue
            start = _position(core, target)
            own = sum(letter.isalpha() for letter in target) - sum(letter.isalpha() for letter in core)
            if start is None or own < max(2, OWN_SHARE * len(core)):
                continue
            if must_be_translated(source, across_scripts=across, option=name.startswith("option_")):
                spans = (Span("target", name, *start),)
                yield Finding(name, {"text": excerpt(core)}, spans)


def _unspaced(text: str) -> bool:
    """Long text of a script that writes no gaps between words."""
    return len(text) >= 8 and " " not in text and not text.isascii()


def _position(core: str, target: str) -> tuple[int, int] | None:
    """Where the target holds the source, white space runs taken as equal; None where it does not."""
    start = target.find(core)
    if start >= 0:
        return start, start + len(core)
    if core[:12].casefold() not in target.casefold() and " " not in core[:12]:
        return None
    folded = plain(target).casefold()
    return (0, len(target)) if core.casefold() in folded else None
