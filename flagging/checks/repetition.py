"""Loops: a machine that went on saying the same thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flagging.checks.base import Check, Finding, Pair, Span, excerpt, gettext_noop

# A loop shows itself where this many characters stand again.
GRAM = 6
# Times a unit stands in a row before it is a loop: long units need fewer.
SHORT_UNIT_TIMES = 4
LONG_UNIT = 12
LONG_UNIT_TIMES = 3


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
    grams = [text[index : index + GRAM] for index in range(len(text) - GRAM + 1)]
    if len(set(grams)) == len(grams):
        return None
    last: dict[str, int] = {}
    for index, gram in enumerate(grams):
        before = last.get(gram)
        if before is not None and _repeats(text, before, index - before):
            return Loop(before, _end(text, before, index - before), index - before)
        last[gram] = index
    return _doubled(text)


def _repeats(text: str, start: int, unit: int) -> bool:
    needed = LONG_UNIT_TIMES if unit >= LONG_UNIT else SHORT_UNIT_TIMES
    said = text[start : start + unit]
    return text.startswith((said * needed).rstrip(), start) and _says_something(said)


def _end(text: str, start: int, unit: int) -> int:
    """Where the loop stops, a last repetition cut short included."""
    end = start + unit
    while end < len(text) and text[end] == text[end - unit]:
        end += 1
    return end


def _says_something(unit: str) -> bool:
    """Rows of dots, digits or one letter are layout or numbers, capitals alone a gene or a code."""
    letters = {sign for sign in unit if sign.isalpha()}
    return len(letters) >= 2 and not unit.isupper()


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
    severity = "broken"
    title = gettext_noop("Repetition loop")
    message = gettext_noop("“%(text)s” stands %(times)d times in a row.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        for name, source, target in pair.shared:
            found = first_loop(target)
            if found is None or first_loop(source) is not None:
                continue
            unit = target[found.start : found.start + found.unit]
            span = Span("target", name, found.start, found.end)
            yield Finding(name, {"text": excerpt(unit), "times": found.times}, (span,))
