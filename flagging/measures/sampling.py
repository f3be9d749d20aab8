"""The design of the audit: how many are drawn, with which probability, which tasks hide their flags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import ceil

from flagging.measures.intervals import Interval, difference, wilson

AUDIT_SHARE = 0.10
AUDIT_LEAST = 100
HIDDEN_SHARE = 0.20
# With 30 in either arm the interval of the difference of two rates of .15 is ± .19; fewer say next to nothing.
LEAST_IN_ARM = 30


def audit_size(items: int, *, share: float = AUDIT_SHARE, least: int = AUDIT_LEAST) -> int:
    """This function will return how many of a language's unflagged items to audit: `share` of them rounded up,
    at least `least`, no more than there are. Raises `ValueError` for a share outside [0, 1] or fewer than 0."""
    if items < 0 or least < 0 or not 0 <= share <= 1:
        raise ValueError(f"{items} items, share {share}, least {least}: share lies in [0, 1], counts from 0.")
    return min(items, max(least, ceil(round(share * items, 9))))


def inclusion_probability(size: int, drawn: int) -> float:
    """This function will return the probability with which each of `size` items is among the `drawn`.

    Raises `ValueError` where more are drawn than there are, or none of some: without a chance no verdict can
    stand for the others.
    """
    if not 0 < drawn <= size:
        raise ValueError(f"{drawn} of {size} items drawn: draw at least one and no more than there are.")
    return drawn / size


def unit(seed: str, key: object) -> float:
    """This function will return a number in [0, 1) that depends on the seed and the key's text alone.

    The same on every machine and in every order of calls; seeds give independent draws.
    """
    digest = sha256(f"{seed}\x00{key}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56


def draw_audit(ids: Iterable[int], size: int, *, seed: str) -> frozenset[int]:
    """This function will draw `size` of the ids at random without replacement, the same whatever their order.

    Those with the smallest `unit`: a set that grows changes few of those drawn. All of them where there are
    fewer.
    """
    return frozenset(sorted(set(ids), key=lambda one: (unit(seed, one), one))[:size])


def hides_flags(task: int, *, seed: str, share: float = HIDDEN_SHARE) -> bool:
    """This function will tell whether a task hides its flags: a stable draw by its id with chance `share`."""
    return unit(seed, task) < share


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
