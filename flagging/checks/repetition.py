"""Loops: a machine that went on saying the same thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flagging.checks.base import Check, Finding, Pair, Span, excerpt, gettext_noop

# Probes are taken every few characters and looked for again near by, longer and fewer ones far off:
# one search in C each, in place of a walk over every character.
PROBE, STRIDE, NEAR = 4, 4, 64
FAR_PROBE, FAR_STRIDE = 12, 12
# Times a unit stands in a row before it is a loop: long units need fewer.
SHORT_UNIT_TIMES = 4
LONG_UNIT = 12
LONG_UNIT_TIMES = 3
_ENDINGS = frozenset("?!؟？！")


@dataclass(frozen=True)
class Loop:
    """A unit repeated without a gap: half-open code points of the whole loop, and the unit's length."""

    start: int
    end: int
    unit: int

    @property
    def times(self) -> int:
        """Whole repetitions of the unit, the last one with or without the blank that ends it."""
        return (self.end - self.start + 1) // self.unit


def first_loop(text: str) -> Loop | None:
    """This function will return the first stretch that repeats one unit, or the text said twice."""
    for start, unit in _candidates(text):
        loop = _extent(text, start, unit)
        needed = LONG_UNIT_TIMES if unit >= LONG_UNIT else SHORT_UNIT_TIMES
        if loop.times >= needed and _says_something(text[loop.start : loop.start + unit]):
            return loop
    return _doubled(text)


def _candidates(text: str) -> Iterator[tuple[int, int]]:
    """Places at which a unit is said twice in a row, with its length."""
    for start in range(0, len(text) - PROBE, STRIDE):
        again = text.find(text[start : start + PROBE], start + 2, start + NEAR + PROBE)
        if again > 0 and text.startswith(text[start:again], again):
            yield start, again - start
    for start in range(0, len(text) - 2 * LONG_UNIT, FAR_STRIDE):
        again = text.find(text[start : start + FAR_PROBE], start + LONG_UNIT)
        if again > 0 and text.startswith(text[start:again], again):
            yield start, again - start


def _extent(text: str, start: int, unit: int) -> Loop:
    """The whole stretch with that period, a last repetition cut short included."""
    end = start + unit
    while end < len(text) and text[end] == text[end - unit]:
        end += 1
    while start > 0 and text[start - 1] == text[start - 1 + unit]:
        start -= 1
    return Loop(start, end, unit)


def _says_something(unit: str) -> bool:
    """Rows of dots, blanks or one letter are layout, digits in a row a number."""
    signs = {sign for sign in unit if sign.isalnum()}
    letters = {sign for sign in signs if sign.isalpha()}
    is_spaced = any(sign.isspace() for sign in unit)
    return len(letters) >= 2 or (is_spaced and (bool(signs) or unit.strip() in _ENDINGS))


def _doubled(text: str) -> Loop | None:
    """The whole text twice over, with white space or nothing between."""
    trimmed = text.rstrip()
    half = (len(trimmed) + 1) // 2
    if half < 2 * LONG_UNIT or trimmed[:half].strip() != trimmed[half:].strip():
        return None
    return Loop(0, len(trimmed), half)


class RepetitionLoop(Check):
    """A stretch of the translation is one unit over and over, which the source is not."""

    name = "repetition_loop"
    version = 2
    severity = "broken"
    title = gettext_noop("Repetition loop")
    message = gettext_noop("“%(text)s” stands %(times)d times in a row.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        for name, source, target in pair.shared:
            found = first_loop(target)
            if found is None or first_loop(source) is not None:
                continue
            unit = target[found.start : found.start + found.unit]
            if _is_said_twice(source, unit):
                continue
            span = Span("target", name, found.start, found.end)
            yield Finding(name, {"text": excerpt(unit), "times": found.times}, (span,))


def _is_said_twice(source: str, unit: str) -> bool:
    """Whether the source has the unit twice in a row too: a code, a gene, a line of a song."""
    once = "".join(unit.split())
    return once * 2 in "".join(source.split())
