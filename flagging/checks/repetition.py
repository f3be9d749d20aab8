"""Loops: a machine that went on saying the same thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flagging.checks.base import Check, Finding, Pair, Span, excerpt, gettext_noop, shared_fields

GRAM = 3
# Times a unit stands in a row before it is a loop: long units need fewer.
SHORT_UNIT_TIMES = 4
LONG_UNIT = 12
LONG_UNIT_TIMES = 3
SHORTEST_LOOP = 8


@dataclass(frozen=True)
class Loop:
    """A unit repeated without a gap: half-open code points of the whole loop, and the unit's length."""

    start: int
    end: int
    unit: int

    @property
    def times(self) -> int:
        """Whole repetitions of the unit."""
        return (self.end - self.start) // self.unit


def loops(text: str) -> Iterator[Loop]:
    """This function will yield stretches in which the text repeats itself with one period.

    One pass: where a gram stands as far behind its last occurrence as the gram before it did, the
    period goes on.
    """
    last: dict[str, int] = {}
    period = run = 0
    for index in range(len(text) - GRAM + 1):
        gram = text[index : index + GRAM]
        distance = index - last.get(gram, index)
        last[gram] = index
        if distance and distance == period:
            run += 1
            continue
        if run:
            yield from _loop(text, index - 1, period, run)
        period, run = distance, int(distance > 0)
    if run:
        yield from _loop(text, len(text) - GRAM, period, run)


def _loop(text: str, last_index: int, period: int, run: int) -> Iterator[Loop]:
    end = last_index + GRAM
    start = end - (run + period + GRAM - 1)
    loop = Loop(start, end, period)
    needed = LONG_UNIT_TIMES if period >= LONG_UNIT else SHORT_UNIT_TIMES
    unit = text[start : start + period]
    if loop.times >= needed and end - start >= SHORTEST_LOOP and _says_something(unit):
        yield loop


def _says_something(unit: str) -> bool:
    """Rows of dots, digits or one letter are layout or numbers; two letters at least make a loop."""
    return len({sign for sign in unit if sign.isalpha()}) >= 2 or (len(unit) >= LONG_UNIT and any(map(str.isalpha, unit)))


def _doubled(text: str) -> Loop | None:
    """The whole text twice over, with white space or nothing between."""
    trimmed = text.rstrip()
    half = (len(trimmed) + 1) // 2
    first, second = trimmed[:half].strip(), trimmed[half:].strip()
    if len(first) >= 2 * LONG_UNIT and first == second:
        return Loop(0, len(trimmed), half)
    return None


class RepetitionLoop(Check):
    """A stretch of the translation is one unit over and over, which the source is not."""

    name = "repetition_loop"
    severity = "broken"
    title = gettext_noop("Repetition loop")
    message = gettext_noop("“%(text)s” stands %(times)d times in a row.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        for name, source, target in shared_fields(pair):
            if len(target) < SHORTEST_LOOP:
                continue
            found = max(loops(target), key=lambda loop: loop.end - loop.start, default=None) or _doubled(target)
            if found is None or next(loops(source), None) or _doubled(source):
                continue
            unit = target[found.start : found.start + found.unit]
            params = {"text": excerpt(unit), "times": found.times}
            yield Finding(name, dict(params), (Span("target", name, found.start, found.end),))
