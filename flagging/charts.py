"""Recall against the share reviewed, as the coordinates of a drawing. Pure: no Django."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flagging.budget import Point

# The field of the curve within the drawing, in its units; what is around it holds the words of the axes.
LEFT, TOP, WIDTH, HEIGHT = 46, 12, 300, 200
MARKS = (0, 25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis: where it lies, and the percent it says."""

    at: float
    percent: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Points of the lines, as SVG wants them, and the marks of both axes."""

    band: str
    recall: str
    longest_first: str
    chance: str
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    left: int = LEFT
    right: int = LEFT + WIDTH
    top: int = TOP
    bottom: int = TOP + HEIGHT


def chart(curve: Sequence[Point]) -> Chart:
    """This function will return the drawing of a curve."""
    there = _line(curve, lambda point: point.high)
    back = _line(reversed(curve), lambda point: point.low)
    return Chart(
        band=f"{there} {back}",
        recall=_line(curve, lambda point: point.recall),
        longest_first=_line(curve, lambda point: point.longest_first),
        chance=f"{_place(0, 0)} {_place(1, 1)}",
        across=tuple(Tick(_across(mark / 100), mark) for mark in MARKS),
        up=tuple(Tick(_up(mark / 100), mark) for mark in MARKS),
    )


def _line(points: Iterable[Point], value: Callable[[Point], float]) -> str:
    return " ".join(_place(point.share / 100, value(point)) for point in points)


def _place(share: float, recall: float) -> str:
    return f"{_across(share):.1f},{_up(recall):.1f}"


def _across(share: float) -> float:
    return LEFT + WIDTH * share


def _up(recall: float) -> float:
    return TOP + HEIGHT * (1 - recall)
