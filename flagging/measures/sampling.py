"""How much flags pull at those who see them: flagged items judged with their flags shown, and with them hidden.

Which tasks are audited or hide their flags is drawn by annotation, in the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flagging.measures.intervals import Interval, difference, wilson

# With 30 in either arm the interval of the difference of two rates of .15 is ± .19; fewer say next to nothing.
LEAST_IN_ARM = 30


@dataclass(frozen=True, slots=True)
class Arm:
    """Flagged items judged with their flags shown, or hidden: how many, and how many were found bad (or edited)."""

    items: int
    hits: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.items:
            raise ValueError(f"{self.hits} hits of {self.items} items: from 0 to as many as there are items.")


@dataclass(frozen=True)
class Pull:
    """How much more often a flagged item is found bad when its flags are shown; None: not enough data yet."""

    shown: Arm
    hidden: Arm
    difference: Interval | None

    @property
    def enough(self) -> bool:
        """Whether both arms hold enough to say anything."""
        return self.difference is not None


def pull_of_flags(shown: Arm, hidden: Arm, confidence: float = 0.95) -> Pull:
    """This function will return the difference of rates, flags shown less hidden, among flagged items.

    Newcombe's hybrid score interval (1998, method 10). As the draw is by task, every annotator has both arms;
    what differs between annotators then cancels, and the interval is rather too wide than too narrow. No
    difference with fewer than `LEAST_IN_ARM` items in an arm.
    """
    if min(shown.items, hidden.items) < LEAST_IN_ARM:
        return Pull(shown, hidden, None)
    rates: Sequence[Interval] = [wilson(arm.hits, arm.items, confidence) for arm in (shown, hidden)]
    return Pull(shown, hidden, difference(*rates))
