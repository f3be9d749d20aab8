"""Rounds of `kill -9`: one part dies while somebody's submit is on the wire, and nothing may come of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

import psycopg
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from launcher import database_url
from people.models import Contributor
from tests.faults import checks
from tests.faults.campaign import (
    Person,
    World,
    differing_passes,
    make_world,
    on_a_new_connection,
    sweep_as_if_later,
    unended_passes,
)
from tests.faults.clients import Worker
from tests.faults.cut_offs import CutOffs, cut_off_and_send_again
from tests.faults.doors import Api, Door, Page
from tests.faults.ledger import Ledger
from tests.faults.stack import FLUSHED, PARTS, Stack, StackError

PEOPLE = 6
# How long one waits for somebody to send: with six people at work it is a fraction of a second.
FLIGHT_SECONDS = 10
# A kill falls anywhere into the work on a request, which takes about so long.
MOST_DELAY_SECONDS = 0.03
# These ask the workers for a pass first, so that there is a job to lose.
JOB_PARTS = {
    "celery worker",
    "celery pool process",
    "beat",
    "broker",
    FLUSHED,
    "PostgreSQL",
    "PostgreSQL backend",
}
MOST_PENDING_SECONDS = 300


@dataclass
class Tally:
    """What the rounds came to, by part that was killed."""

    rounds: Counter[str] = field(default_factory=Counter)
    in_flight: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)
    recovery: dict[str, list[float]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@dataclass
class Faults:
    """A stack with people at work on it."""

    stack: Stack
    world: World
    ledger: Ledger
    chance: Random
    workers: Sequence[Worker] = ()
    tally: Tally = field(default_factory=Tally)

    def parts(self) -> Iterator[str]:
        """This function will name the part to kill, for ever: all of them in each turn, in an order of chance."""
        while True:
            turn = list(PARTS)
            self.chance.shuffle(turn)
            yield from turn

    def kill_one(self, part: str) -> None:
        """This function will kill a part with a submit in flight, start it again, wait until people are served
        again, and hold the database against what they were told."""
        self.stack.look_after()
        on_a_new_connection(self.world.keep_work_there)
        if part in JOB_PARTS:
            on_a_new_connection(self.world.ask_for_a_pass)
        flying = self._wait_for_a_submit_in_flight()
        self.stack.kill(part, self.chance)
        killed_at = time.monotonic()
        self.stack.restart()
        self._wait_until_served(time.monotonic())
        self._note(part, flying, time.monotonic() - killed_at)
        self.tally.problems += self.problems()

    def _wait_for_a_submit_in_flight(self) -> dict[str, int]:
        """Return the submits on the wire at a moment somewhere in the work on them, by key with their tries."""
        deadline = time.monotonic() + FLIGHT_SECONDS
        while time.monotonic() < deadline:
            self.ledger.wait_for_one_in_flight(FLIGHT_SECONDS)
            time.sleep(self.chance.uniform(0, MOST_DELAY_SECONDS))
            if flying := {one.key: one.tries for one in self.ledger.in_flight()}:
                return flying
        return {}

    def _wait_until_served(self, since: float) -> None:
        def served() -> bool:
            self._check_workers()
            return self.ledger.last_sent_and_taken > since

        self.stack.wait_for(served, "a submit to be taken in after the kill")

    def _check_workers(self) -> None:
        for worker in self.workers:
            if worker.broke is not None:
                raise StackError(f"{worker.name} could not go on: {worker.broke}\n{self.stack.last_words()}")

    def _note(self, part: str, flying: dict[str, int], seconds: float) -> None:
        self.tally.rounds[part] += 1
        self.tally.in_flight[part] += bool(flying)
        self.tally.cut[part] += self.ledger.tried_again(flying)
        self.tally.recovery.setdefault(part, []).append(seconds)

    def problems(self) -> list[str]:
        """This function will hold the database against what people were told until now."""
        acknowledged = self.ledger.acknowledged()
        with psycopg.connect(database_url(self.stack.root)) as session, session.cursor() as cursor:
            return [*checks.losses(cursor, acknowledged), *checks.broken_rules(cursor)]

    def cut_off_answers(self, count: int, seed: int) -> CutOffs:
        """This function will cut off `count` answers after COMMIT and send each submit again."""
        result = cut_off_and_send_again(
            port=self.stack.port, world=self.world, ledger=self.ledger, count=count, seed=seed
        )
        self.tally.problems += result.problems
        return result

    def end(self, *, sweep: bool) -> None:
        """This function will check everything once more when nobody works any longer, and wait for the passes.

        `sweep` calls the sweeper instead of waiting for its turn.
        """
        acknowledged, known = self.ledger.acknowledged(), self.ledger.known_keys()
        with psycopg.connect(database_url(self.stack.root)) as session, session.cursor() as cursor:
            self.tally.problems += checks.losses(cursor, acknowledged, known)
            self.tally.problems += checks.broken_rules(cursor)
        self.tally.problems += [f"refused: {one}" for one in self.ledger.refused]
        unanswered = [one.key for one in self.ledger.submits if one.status is None]
        self.tally.problems += [f"never answered: {key}" for key in unanswered]
        self.tally.problems += self._end_passes(sweep)

    def end_work(self) -> None:
        """This function will let everybody finish what they have begun."""
        for worker in self.workers:
            worker.ask_to_stop()
        self.stack.wait_for(
            lambda: not any(one.is_alive() for one in self.workers), "everybody to be answered"
        )
        self._check_workers()

    def _end_passes(self, sweep: bool) -> list[str]:
        if sweep:
            on_a_new_connection(sweep_as_if_later)
        deadline = time.monotonic() + MOST_PENDING_SECONDS
        while (left := on_a_new_connection(unended_passes)) and time.monotonic() < deadline:
            self.stack.look_after()
            time.sleep(0.5)
        pending = [f"{left} passes still wait after {MOST_PENDING_SECONDS} s"] if left else []
        return pending + list(on_a_new_connection(differing_passes))


@contextmanager
def people_at_work(stack: Stack, seed: int) -> Iterator[Faults]:
    """This function will start a stack with people at work on it, and leave nothing behind at the end."""
    faults = None
    try:
        stack.start()
        ledger = Ledger()
        world = on_a_new_connection(lambda: make_world(PEOPLE, stack.root))
        doors = on_a_new_connection(lambda: _doors(world.people))
        workers = [
            Worker(person, door, world, ledger, port=stack.port, chances=f"{seed}/person/{number}")
            for number, (person, door) in enumerate(zip(world.people, doors, strict=True))
        ]
        faults = Faults(stack, world, ledger, Random(seed), workers)
        for worker in workers:
            worker.start()
        yield faults
    finally:
        for worker in faults.workers if faults else ():
            worker.ask_to_stop()
        stack.stop()


def _doors(people: Sequence[Person]) -> list[Door]:
    """Every other person comes by the page, the rest by the API."""
    return [_page(person) if number % 2 else Api(person.token) for number, person in enumerate(people)]


def _page(person: Person) -> Page:
    """Sign somebody in as their browser would be."""
    user = Contributor.objects.get(pk=person.contributor).user
    assert user is not None
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return Page(str(session.session_key))
