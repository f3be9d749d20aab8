"""People at work: each claims and submits all the time, and sends what was not answered again under its key."""

from __future__ import annotations

import http.client
import select
import socket
import struct
import threading
import time
import uuid
from random import Random

from tests.faults.campaign import Person, World
from tests.faults.doors import Answer, Door, Request, Work
from tests.faults.ledger import Ledger, Submit

ANSWER_SECONDS = 60
# What may be said again under the same key: too many requests, and every fault of the server's.
TRY_AGAIN = {429, *range(500, 600)}


class Connection:
    """One HTTP connection to the site, made again after every failure."""

    def __init__(self, port: int) -> None:
        """Name the port; nothing is opened."""
        self._port = port
        self._http: http.client.HTTPConnection | None = None

    def send(self, method: str, path: str, body: str, headers: dict[str, str]) -> None:
        """This function will send a request whole; raises `OSError` where it cannot."""
        if self._http is None:
            self._http = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_SECONDS)
        self._http.request(method, path, body=body.encode(), headers=headers)

    def receive(self) -> Answer:
        """This function will read the answer to what was sent; raises `OSError` or `HTTPException`."""
        assert self._http is not None
        answer = self._http.getresponse()
        body = answer.read().decode()
        if answer.will_close:
            self.close()
        replayed = answer.headers.get("Idempotency-Replayed") == "true"
        return Answer(answer.status, body, answer.headers.get("Location", ""), replayed)

    def wait_for_answer(self) -> None:
        """This function will wait until the first byte of an answer is there to be read."""
        assert self._http is not None
        readable, _, _ = select.select([self._http.sock], [], [], ANSWER_SECONDS)
        if not readable:
            raise TimeoutError(f"no answer within {ANSWER_SECONDS} s")

    def cut(self, *, reset: bool) -> None:
        """This function will leave without reading: with a reset, as after a power cut, or in good order."""
        assert self._http is not None
        if reset:
            self._http.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        """This function will close the connection, read or not."""
        if self._http is not None:
            self._http.close()
            self._http = None


class Worker(threading.Thread):
    """One person's program: claim, submit, and so on until it is asked to stop."""

    def __init__(
        self, person: Person, door: Door, world: World, ledger: Ledger, *, port: int, chances: str
    ) -> None:
        """Take who works, by which door, and the chance that decides what and how fast."""
        super().__init__(name=f"person {person.contributor}", daemon=True)
        self._person, self._door, self._world, self._ledger = person, door, world, ledger
        self._connection = Connection(port)
        self._chance = Random(chances)
        self._stop_asked = threading.Event()
        self.broke: Exception | None = None

    def ask_to_stop(self) -> None:
        """This function will let what is under way be answered, and no more be begun."""
        self._stop_asked.set()

    def run(self) -> None:
        """This function will work until asked to stop."""
        try:
            while not self._stop_asked.is_set():
                self._one_piece()
                self._stop_asked.wait(self._chance.uniform(0.02, 0.3))
        except Exception as error:
            self.broke = error
            raise
        finally:
            self._connection.close()

    def _one_piece(self) -> None:
        kind = self._chance.choice(("verification", "sensitivity"))
        work = self._claim(kind)
        if work is not None:
            self._submit(work)

    def _claim(self, kind: str) -> Work | None:
        while not self._stop_asked.is_set():
            answer = self._try(self._door.claim(self._world.slug, kind))
            if isinstance(answer, Answer) and answer.status not in TRY_AGAIN:
                if answer.status >= 400:
                    raise AssertionError(f"a claim was answered {answer.status}: {answer.body[:500]}")
                self._ledger.claimed()
                return self._door.held(answer, kind)
            self._pause()
        return None

    def _submit(self, work: Work) -> None:
        key = new_key(self._chance)
        request, said = self._door.submit(work, key)
        submit = Submit(key, work.slot, self._person.contributor, said)
        self._ledger.begin(submit)
        # Even when asked to stop: what was sent once is sent until it is answered.
        while True:
            answer = self._try(request, submit)
            if isinstance(answer, Answer) and answer.status not in TRY_AGAIN:
                status = 200 if self._door.taken(answer) else answer.status
                self._ledger.answered(submit, status, answer.body)
                return
            self._ledger.failed(submit, str(answer.status) if isinstance(answer, Answer) else answer)
            self._pause()

    def _try(self, request: Request, submit: Submit | None = None) -> Answer | str:
        """Return the answer, or the name of what went wrong with the connection."""
        try:
            self._connection.send("POST", request.path, request.body, request.headers)
            if submit is not None:
                self._ledger.sent(submit)
            return self._connection.receive()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return type(error).__name__

    def _pause(self) -> None:
        time.sleep(self._chance.uniform(0.05, 0.2))


def new_key(chance: Random) -> str:
    """This function will return a UUID as the key of a new submit."""
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))
