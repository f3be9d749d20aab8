"""A translation cut short, judged by the lengths that are usual in its set."""

from __future__ import annotations

from collections.abc import Iterator

from flagging.checks.base import JSON, Check, Finding, Pair, Span, gettext_noop, is_option
from flagging.checks.statistics import MINIMUM_LENGTH, FieldStatistics
from flagging.checks.wording import asks, ends_sentence, sentences

# Robust z of the log length ratio below which a text is short for its set.
Z_LIMIT = -2.3
# Where the set keeps the marks that end sentences: a text that kept its own is hardly cut off in the
# middle, one that lost it need be less short.
Z_LIMIT_ENDING_KEPT = -3.2
Z_LIMIT_ENDING_LOST = -0.9
ENDINGS_USUALLY_KEPT = 0.85
# A question that asks no more, and a text with fewer sentences, in a set that keeps them or merges some.
Z_LIMIT_QUESTION_LOST, QUESTIONS_USUALLY_KEPT = 0.3, 0.85
Z_LIMIT_SENTENCE_LOST, SENTENCES_USUALLY_KEPT = -0.7, 0.9
Z_LIMIT_SENTENCE_MERGED, SENTENCES_MOSTLY_KEPT = -1.4, 0.7
# Options are short and freely worded: only long ones, and only the shortest translations of them.
SHORTEST_OPTION = 40
Z_LIMIT_OPTION = -5.0


class Truncation(Check):
    """The translation is far shorter than the set's other translations of sources as long."""

    name = "truncation"
    version = 2
    severity = "suspect"
    title = gettext_noop("Cut short")
    message = gettext_noop(
        "%(target)d characters for %(source)d of the source: z = %(z).1f against the rest of the set."
    )

    def run(self, pair: Pair) -> Iterator[Finding]:
        if pair.statistics is None:
            return
        for name, source, target in pair.shared:
            usual = pair.statistics.of(name)
            shortest = SHORTEST_OPTION if is_option(name) else MINIMUM_LENGTH
            if usual is None or len(source.strip()) < shortest:
                continue
            z = usual.z(source, target)
            if z < (Z_LIMIT_OPTION if is_option(name) else _limit(usual, source, target)):
                span = Span("target", name, 0, len(target))
                params: dict[str, JSON] = {"source": len(source), "target": len(target), "z": round(z, 2)}
                yield Finding(name, params, (span,))


def _limit(usual: FieldStatistics, source: str, target: str) -> float:
    """The highest of the limits that hold: what the set keeps and this text lost is evidence of its own."""
    if asks(source) and usual.question_kept >= QUESTIONS_USUALLY_KEPT and not asks(target):
        return Z_LIMIT_QUESTION_LOST
    if usual.sentences_kept >= SENTENCES_MOSTLY_KEPT and sentences(target) < sentences(source):
        usually = usual.sentences_kept >= SENTENCES_USUALLY_KEPT
        return Z_LIMIT_SENTENCE_LOST if usually else Z_LIMIT_SENTENCE_MERGED
    if usual.ending_kept < ENDINGS_USUALLY_KEPT or not ends_sentence(source):
        return Z_LIMIT
    return Z_LIMIT_ENDING_KEPT if ends_sentence(target) else Z_LIMIT_ENDING_LOST
