"""A translation cut short, judged by the lengths that are usual in its set."""

from __future__ import annotations

from collections.abc import Iterator

from flagging.checks.base import Check, Finding, Pair, Span, gettext_noop, is_option, shared_fields
from flagging.checks.statistics import MINIMUM_LENGTH, FieldStatistics
from flagging.checks.wording import ends_sentence

# Robust z of the log length ratio below which a text is short for its set.
Z_LIMIT = -2.3
# With its closing mark lost, in a set that keeps them, a text need be less short.
Z_LIMIT_WITHOUT_ENDING = -0.9
ENDINGS_USUALLY_KEPT = 0.9
# Options are too short for their ratio to be steady.
SHORTEST_OPTION = 40


class Truncation(Check):
    """The translation is far shorter than the set's other translations of sources as long."""

    name = "truncation"
    severity = "suspect"
    title = gettext_noop("Cut short")
    message = gettext_noop(
        "%(target)d characters for %(source)d of the source: z = %(z).1f against the rest of the set."
    )

    def run(self, pair: Pair) -> Iterator[Finding]:
        if pair.statistics is None:
            return
        for name, source, target in shared_fields(pair):
            usual = pair.statistics.of(name)
            if usual is None or len(source.strip()) < (SHORTEST_OPTION if is_option(name) else MINIMUM_LENGTH):
                continue
            z = usual.z(source, target)
            if z < _limit(usual, source, target):
                span = Span("target", name, 0, len(target))
                params = {"source": len(source), "target": len(target), "z": round(z, 2)}
                yield Finding(name, dict(params), (span,))


def _limit(usual: FieldStatistics, source: str, target: str) -> float:
    lost_ending = ends_sentence(source) and not ends_sentence(target)
    return Z_LIMIT_WITHOUT_ENDING if lost_ending and usual.ending_kept >= ENDINGS_USUALLY_KEPT else Z_LIMIT
