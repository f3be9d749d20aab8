"""Answers cut off after COMMIT: the work is kept, the sender does not know, and sends it again under its key."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from random import Random

from tests.faults.campaign import Person, World, on_a_new_connection
from tests.faults.clients import Connection, new_key
from tests.faults.doors import Answer, Api, Request
from tests.faults.ledger import Ledger, Submit

KINDS = ("verification", "sensitivity")
# Pieces done between two looks at whether enough work is left.
AT_ONCE = 100


@dataclass
class CutOffs:
    """What came of them: how many answers were cut off, by what the second and the third sending were told."""

    seen: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def expect(self, what: str, holds: bool, answer: Answer) -> None:
        """This function will count what holds, and keep what does not with the answer."""
        if holds:
            self.seen[what] += 1
        else:
            self.problems.append(f"not {what}: {answer}")


def cut_off_and_send_again(*, port: int, world: World, ledger: Ledger, count: int, seed: int) -> CutOffs:
    """This function will hand in `count` pieces of work whose answers nobody reads, send each again, and then
    another body under the same key."""
    result = CutOffs()
    shares = [count // len(world.people) + (n < count % len(world.people)) for n in range(len(world.people))]
    while any(shares):
        on_a_new_connection(world.keep_work_there)
        now = [min(share, AT_ONCE // len(shares) + 1) for share in shares]
        shares = [share - part for share, part in zip(shares, now, strict=True)]
        _all_people(port, world, ledger, result, now, chances=f"{seed}/cut off/{sum(shares)}")
    return result


def _all_people(
    port: int, world: World, ledger: Ledger, result: CutOffs, shares: Sequence[int], *, chances: str
) -> None:
    with ThreadPoolExecutor(len(shares)) as pool:
        done = [
            pool.submit(
                _pieces, Connection(port), person, world, ledger, result, share, Random(f"{chances}/{number}")
            )
            for number, (person, share) in enumerate(zip(world.people, shares, strict=True))
        ]
    for one in done:
        one.result()


def _pieces(
    connection: Connection, person: Person, world: World, ledger: Ledger, result: CutOffs, count: int,
    chance: Random,
) -> None:  # fmt: skip
    api = Api(person.token)
    try:
        for number in range(count):
            kind = KINDS[number % 2]
            answer = _ask(connection, api.claim(world.slug, kind))
            work = api.held(answer, kind)
            assert work is not None, f"a claim of {kind} was answered {answer}"
            submit = Submit(key := new_key(chance), work.slot, person.contributor, None)
            request, submit.said = api.submit(work, key)
            ledger.begin(submit)
            _cut_off(connection, request, ledger, submit, reset=chance.random() < 0.5)
            _send_again(connection, api, request, ledger, submit, result)
    finally:
        connection.close()


def _cut_off(
    connection: Connection, request: Request, ledger: Ledger, submit: Submit, *, reset: bool
) -> None:
    """Leave as soon as the answer has begun to arrive, which it does after COMMIT, without reading any of it."""
    connection.send("POST", request.path, request.body, request.headers)
    ledger.sent(submit)
    connection.wait_for_answer()
    connection.cut(reset=reset)
    ledger.failed(submit, "cut off")


def _send_again(
    connection: Connection, api: Api, request: Request, ledger: Ledger, submit: Submit, result: CutOffs
) -> None:
    ledger.sent(submit)
    again = _ask(connection, request)
    ledger.answered(submit, 200 if api.taken(again) else again.status, again.body)
    result.expect("the stored answer", api.taken(again) and again.replayed, again)
    other = {**json.loads(request.body), "note": f"{submit.key}, and another word"}
    refused = _ask(connection, replace(request, body=json.dumps(other)))
    result.expect(
        "refused for another body", refused.status == 409 and '"key_reused"' in refused.body, refused
    )


def _ask(connection: Connection, request: Request) -> Answer:
    connection.send("POST", request.path, request.body, request.headers)
    return connection.receive()
