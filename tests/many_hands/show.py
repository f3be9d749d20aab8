"""Many people with two programs each at one campaign, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from annotation.actions.campaigns import withdraw_member
from common import clock
from tests.many_hands.programs import Book, Program
from tests.many_hands.world import (
    broken_rules,
    effects_of,
    holds,
    kept_notes,
    make_world,
    membership_of,
    still_wanted,
)
from tests.served import gunicorn

PROGRAMS_EACH = 2


@dataclass(frozen=True)
class Size:
    """How many of what, and how long it may take at most."""

    tasks: int
    overlap: int
    people: int
    lease_seconds: int
    limit_seconds: int


@dataclass
class Result:
    """What came of it; the last four are 0 or empty where all is well."""

    book: Book
    seconds: float
    wanted: int
    broken: dict[str, int]
    lost: set[str]
    effects_after_withdrawal: int
    left_with_the_withdrawn: int


def show(size: Size, folder: Path, seed: int) -> Result:
    """This function will let everybody work through HTTP until nothing is wanted any more, withdraw one of them
    midway, and hold the rows against what the programs were answered."""
    campaign, people = make_world(
        tasks=size.tasks, overlap=size.overlap, people=size.people, lease_seconds=size.lease_seconds
    )
    book = Book()
    with gunicorn(folder) as port:
        programs = [
            Program(person, book, port=port, seed=seed * 1000 + number, lease_seconds=size.lease_seconds)
            for number, person in enumerate(people * PROGRAMS_EACH)
        ]
        begun = time.monotonic()
        for program in programs:
            program.start()
        half = size.tasks * size.overlap // 2
        _wait(lambda: still_wanted(campaign) <= half, begun + size.limit_seconds, programs)
        unlucky = people[0]
        membership = membership_of(unlucky)
        withdraw_member(membership=membership, by=None, now=clock.now())
        before = effects_of(unlucky)
        for program in programs:
            if program.person is unlucky:
                program.withdrawn.set()
        _wait(lambda: still_wanted(campaign) == 0, begun + size.limit_seconds, programs)
        # Programs that sit out a lease at this moment come late even so.
        seconds = time.monotonic() - begun
        for program in programs:
            program.enough.set()
        for program in programs:
            program.join(60)
    return Result(
        book, seconds, still_wanted(campaign), broken_rules(), book.acknowledged - kept_notes(),
        sum(effects_of(unlucky)) - sum(before), holds(unlucky),
    )  # fmt: skip


def _wait(done: Callable[[], bool], deadline: float, programs: list[Program]) -> None:
    while not done():
        if broke := [program.broke for program in programs if program.broke]:
            raise RuntimeError("a program could not go on") from broke[0]
        if time.monotonic() > deadline:
            return
        time.sleep(0.1)


def problems(result: Result) -> list[str]:
    """This function will name everything that is not as it should be."""
    found = [f"{count} {rule}" for rule, count in result.broken.items() if count]
    if result.wanted:
        found.append(f"{result.wanted} judgements were still wanted when time was up")
    if result.lost:
        found.append(f"{len(result.lost)} acknowledged submits are not there")
    if result.effects_after_withdrawal or result.left_with_the_withdrawn or result.book.after_withdrawal:
        found.append(
            f"after the withdrawal: {result.effects_after_withdrawal} effects, "
            f"{result.left_with_the_withdrawn} slots held, {len(result.book.after_withdrawal)} submits taken"
        )
    return found + result.book.surprises[:20]
