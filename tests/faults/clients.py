"""People at work: each claims and submits all the time, and sends what was not answered again under its key.

A person answers what was asked: a verdict with the key as its note, so that the row itself says which submit
it comes from.
"""

from __future__ import annotations

import http.client
import threading
import time
import uuid
from dataclasses import dataclass
from random import Random
from typing import Protocol
from urllib.parse import urlencode

from tests.faults.campaign import SOURCE, TARGET, Person, World
from tests.faults.ledger import Ledger, Submit

ANSWER_SECONDS = 60
# What may be said again under the same key: too many requests, and every fault of the server's.
TRY_AGAIN = {429, *range(500, 600)}
LANGUAGES = {"verification": TARGET, "sensitivity": SOURCE}
SENSITIVITY_ANSWERS = {
    "tags": [], "not_sure": True, "spans": [], "culture": "", "region": "", "country": "", "time_sensitive": False,
}  # fmt: skip


@dataclass(frozen=True)
class Work:
    """What somebody holds: the slot, what kind it is, and the versions they were shown."""

    slot: str
    kind: str
    item_version: int = 1
    translation_version: int | None = 1


@dataclass(frozen=True)
class Answer:
    """What came back: `location` is where the page was sent to."""

    status: int
    body: str
    location: str = ""


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
        return Answer(answer.status, body, answer.headers.get("Location", ""))

    def close(self) -> None:
        """This function will close the connection, read or not."""
        if self._http is not None:
            self._http.close()
            self._http = None


@dataclass(frozen=True)
class Request:
    """A request ready to be sent any number of times."""

    path: str
    body: str
    headers: dict[str, str]


class Door(Protocol):
    """A way to work: the API's or the page's."""

    def claim(self, slug: str, kind: str) -> Request:
        """This function will return the request for the next piece of work."""

    def held(self, answer: Answer, kind: str) -> Work | None:
        """This function will return what the answer to a claim says one holds; None where nothing is left."""

    def submit(self, work: Work, key: str) -> tuple[Request, object]:
        """This function will return the request that hands in work, and what its row will have to say."""

    def taken(self, answer: Answer) -> bool:
        """This function will say whether the answer to a submit says that it is kept."""


class Page:
    """The workbench's own form, without a script."""

    def __init__(self, session: str) -> None:
        """Take the session's cookie."""
        csrf = "a" * 32
        self._headers = {
            "Cookie": f"sessionid={session}; csrftoken={csrf}",
            "X-CSRFToken": csrf,
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def claim(self, slug: str, kind: str) -> Request:
        """This function will return the press of the button that starts a queue."""
        return Request(f"/campaigns/{slug}/{LANGUAGES[kind]}/{kind}/next/", "", self._headers)

    def held(self, answer: Answer, kind: str) -> Work | None:
        """This function will return the slot that the answer leads to."""
        if not answer.location.startswith("/work/"):
            return None
        return Work(answer.location.split("/")[2], kind)

    def submit(self, work: Work, key: str) -> tuple[Request, object]:
        """This function will return the form as the page sends it: an accept, or "not sure"."""
        form = {"key": key, "note": key, "item_version": str(work.item_version)}
        if work.kind == "verification":
            form |= {"verdict": "accept", "translation_version": str(work.translation_version)}
        else:
            form |= {"tags": "not_sure"}
        said: object = "accept" if work.kind == "verification" else SENSITIVITY_ANSWERS
        return Request(f"/work/{work.slot}/", urlencode(form), self._headers), said

    def taken(self, answer: Answer) -> bool:
        """This function will say whether the page went on to the next item, as it does after keeping one."""
        return answer.status == 302 and not answer.location.startswith("/accounts/")


class Worker(threading.Thread):
    """One person's program: claim, submit, and so on until it is asked to stop."""

    def __init__(
        self, person: Person, door: Door, world: World, ledger: Ledger, *, port: int, seed: int
    ) -> None:
        """Take who works, by which door, and the chance that decides what and how fast."""
        super().__init__(name=f"person {person.contributor}", daemon=True)
        self._person, self._door, self._world, self._ledger = person, door, world, ledger
        self._connection = Connection(port)
        self._chance = Random(seed)
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
        key = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
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
