"""Many hands on one queue, at the level of SQL: `python -m bench.hands [--tasks N] [--connections N] …`.

Every connection is a thread, two to a person: it claims, and then hands in, skips, gives back, or lets the lease
of two seconds run out and goes on. At the end the rows are counted: no task over its overlap, nobody with two
judgements of one task. Needs DATABASE_URL; works in databases of its own.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any

from annotation.labels import SensitivityAnswers

# One Python process runs one thread at a time: with all connections in one, they would wait for each other.
PROCESSES = 4
QUEUE: dict[str, Any] = {"kind": "sensitivity", "language": "en"}


@dataclass(frozen=True, slots=True)
class Size:
    """How much is done: judgements wanted are tasks × overlap; `submits` ends a run earlier."""

    tasks: int = 100_000
    overlap: int = 3
    connections: int = 64
    lease_seconds: int = 2
    # Seconds from one claim of a connection to its next; 0 is as soon as it can, which no people are.
    every: float = 0.0
    submits: int | None = None
    # The share of claims whose lease is left to run out.
    expire: float = 0.005
    seed: int = 7


@dataclass(slots=True)
class Outcome:
    """What one run came to: milliseconds of each claim, and what the rows say afterwards."""

    claims: list[float] = field(default_factory=list)
    submitted: int = 0
    expired: int = 0
    over_overlap: int = 0
    twice_to_one: int = 0
    wanted_left: int = 0

    def lines(self, seconds: float) -> list[str]:
        """This function will return the outcome in words."""
        ordered = sorted(self.claims)
        p50, p95, p99 = (ordered[int(len(ordered) * share)] for share in (0.5, 0.95, 0.99))
        return [
            f"{len(ordered):,} claims in {seconds:,.0f} s, {self.submitted:,} judgements, "
            f"{self.expired:,} leases left to run out",
            f"over the overlap: {self.over_overlap}   twice to one person: {self.twice_to_one}   "
            f"still wanted: {self.wanted_left:,}",
            f"claim: p50 {p50:.1f} ms   p95 {p95:.1f} ms   p99 {p99:.1f} ms   (goal: p99 <= 100 ms)",
        ]


def run(size: Size) -> Outcome:
    """This function will open a campaign of that size in the database at hand, work it off, and count the rows."""
    from django.db import connections

    campaign = _open(size)
    # Forked processes must not share a connection.
    connections.close_all()
    shares = [range(first, size.connections, PROCESSES) for first in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork")) as pool:
        done = list(pool.map(_work, [campaign] * PROCESSES, [size] * PROCESSES, shares))
    outcome = Outcome(
        claims=[one for times, _expired in done for one in times],
        expired=sum(expired for _times, expired in done),
    )
    return _count(campaign, outcome)


def _open(size: Size) -> int:
    from annotation.models import Campaign
    from bench.states import make_state

    state = make_state(
        items=size.tasks, languages=1, people=(size.connections + 1) // 2, sensitivity=size.overlap
    )
    Campaign.objects.filter(pk=state.campaign).update(lease_seconds=size.lease_seconds)
    return state.campaign


def _work(campaign: int, size: Size, numbers: range) -> tuple[list[float], int]:
    """One process with its share of the connections, each in a thread."""
    from annotation.models import Campaign, Membership

    places = Membership.objects.filter(campaign=campaign, language="en").select_related("contributor")
    people = [place.contributor for place in places.order_by("pk")]
    opened = Campaign.objects.get(pk=campaign)
    hands = [_Hand(opened, people[number // 2], size, number) for number in numbers]
    with ThreadPoolExecutor(len(hands)) as pool:
        list(pool.map(_Hand.work, hands))
    return [one for hand in hands for one in hand.times], sum(hand.expired for hand in hands)


class _Hand:
    """One connection: a person at one of their two tabs."""

    def __init__(self, campaign: Any, person: Any, size: Size, number: int) -> None:
        self.campaign, self.person, self.size = campaign, person, size
        self.draw = random.Random(f"{size.seed}/{number}")
        self.times: list[float] = []
        self.expired = 0
        # None is until nothing is left.
        self.left = None if size.submits is None else size.submits // size.connections

    def work(self) -> None:
        """This function will claim until nothing is left, or its share of the judgements is handed in."""
        from django.db import connection

        empty = 0
        connection.ensure_connection()
        due = time.monotonic() + self.draw.random() * self.size.every
        try:
            while empty < 2 and self.left != 0:
                time.sleep(max(0.0, due - time.monotonic()))
                due = max(due + self.size.every, time.monotonic())
                slot = self._claim()
                if slot is None:
                    empty += 1
                    time.sleep(self.size.lease_seconds + 0.2)
                    continue
                empty = 0
                if self._handle(slot) and self.left is not None:
                    self.left -= 1
        finally:
            connection.close()

    def _claim(self) -> Any:
        from annotation.actions.claims import claim
        from common import clock

        began = time.perf_counter()
        slot = claim(campaign=self.campaign, by=self.person, now=clock.now(), **QUEUE)
        self.times.append((time.perf_counter() - began) * 1000)
        return slot

    def _handle(self, slot: Any) -> bool:
        from annotation.actions import claims
        from common import clock

        chance = self.draw.random()
        if chance < self.size.expire:
            self.expired += 1
            time.sleep(self.size.lease_seconds + 0.1)
        elif chance > 0.985:
            claims.give_back(slot=slot, by=self.person)
            return False
        elif chance > 0.984:
            claims.skip(slot=slot, reason="x", by=self.person, now=clock.now())
            return False
        return self._submit(slot)

    def _submit(self, slot: Any) -> bool:
        """A judgement in one statement, under the database's own rules; the action is measured elsewhere."""
        from django.db import connection

        values = {
            "slot": slot.pk,
            "me": self.person.pk,
            "answers": json.dumps(SensitivityAnswers().as_json()),
        }
        with connection.cursor() as cursor:
            cursor.execute(_SUBMIT, values)
            return bool(cursor.rowcount)


# Nothing where the lease ran out and the slot is with somebody else by now, or the other tab handed it in.
_SUBMIT = """
WITH held AS (
    UPDATE annotation_slot SET submitted_at = clock_timestamp()
    WHERE id = %(slot)s AND contributor_id = %(me)s AND submitted_at IS NULL RETURNING *
)
INSERT INTO annotation_annotation (slot_id, contributor_id, standing, retraction, item_version_id, verdict, reason,
    severity, note, answers, flags_shown, guideline_id, active_ms, key, submitted_at)
SELECT held.id, %(me)s, 'community', '', i.current_version_id, '', '', '', '', %(answers)s::jsonb, true,
    (SELECT max(id) FROM annotation_guidelineversion WHERE campaign_id = held.campaign_id), 0, gen_random_uuid(),
    held.submitted_at
FROM held JOIN annotation_task t ON t.id = held.task_id JOIN corpus_item i ON i.id = t.item_id
"""


_COUNT = """
WITH numbered AS (
    SELECT s.task_id, t.overlap, count(*) FILTER (WHERE s.submitted_at IS NOT NULL) AS submitted
    FROM annotation_slot s JOIN annotation_task t ON t.id = s.task_id
    WHERE s.campaign_id = %(campaign)s AND s.kind = 'sensitivity' AND s.number IS NOT NULL GROUP BY 1, 2
), judged AS (
    SELECT s.task_id, a.contributor_id, count(*) FROM annotation_annotation a
    JOIN annotation_slot s ON s.id = a.slot_id WHERE s.campaign_id = %(campaign)s
    GROUP BY 1, 2 HAVING count(*) > 1
)
SELECT (SELECT count(*) FROM numbered WHERE submitted > overlap), (SELECT count(*) FROM judged),
    (SELECT sum(submitted) FROM numbered), (SELECT sum(overlap - submitted) FROM numbered)
"""


def _count(campaign: int, outcome: Outcome) -> Outcome:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"campaign": campaign})
        row = cursor.fetchone()
    outcome.over_overlap, outcome.twice_to_one, outcome.submitted, outcome.wanted_left = row
    return outcome


def main(arguments: list[str] | None = None) -> int:
    """This function will run the campaign in a scratch database and print its figures; 1 where a row is wrong."""
    from bench.scratch import database, scratch

    usual = Size()
    parser = argparse.ArgumentParser(prog="python -m bench.hands", description=__doc__)
    parser.add_argument("--tasks", type=int, default=usual.tasks)
    parser.add_argument("--overlap", type=int, default=usual.overlap)
    parser.add_argument("--connections", type=int, default=usual.connections)
    parser.add_argument("--every", type=float, default=usual.every, help="seconds between a hand's claims")
    parser.add_argument("--submits", type=int, help="stop after so many judgements")
    parser.add_argument("--seed", type=int, default=usual.seed)
    given = parser.parse_args(arguments)
    with scratch() as found, database(found, "hands"):
        began = time.monotonic()
        outcome = run(Size(**vars(given)))
        print("\n".join(outcome.lines(time.monotonic() - began)), flush=True)
    return int(bool(outcome.over_overlap or outcome.twice_to_one))


if __name__ == "__main__":
    sys.exit(main())
