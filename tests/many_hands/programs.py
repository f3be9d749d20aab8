"""Programs of people: they claim, dawdle, give back, come late, send twice, and note what they were answered."""

from __future__ import annotations

import http.client
import json
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.many_hands.world import LANGUAGE, Person

# Of a hundred pieces of work: this many sit out their lease, are given back, are kept by a heartbeat, sent twice.
LATE, BACK, KEPT, TWICE = 4, 3, 4, 4
ANSWER_SECONDS = 60
MOST_TRIES = 5


@dataclass
class Book:
    """What all programs were answered."""

    requests: Counter[str] = field(default_factory=Counter)
    kept_as: Counter[str] = field(default_factory=Counter)
    late: Counter[str] = field(default_factory=Counter)
    acknowledged: set[str] = field(default_factory=set)
    # Acknowledged, and sent after their person had been told that they are withdrawn.
    after_withdrawal: list[str] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=lambda: {"claim": [], "submission": []})
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, status: int, took: float) -> None:
        """This function will count an answer."""
        with self.lock:
            self.requests[f"{what} {status}"] += 1
            if what in self.seconds:
                self.seconds[what].append(took)


class Program(threading.Thread):
    """One of the two programs that somebody runs with one token."""

    def __init__(self, person: Person, book: Book, *, port: int, seed: int, lease_seconds: float) -> None:
        super().__init__(daemon=True)
        self.person, self.book, self.chance, self.lease = person, book, Random(seed), lease_seconds
        self.withdrawn, self.enough = threading.Event(), threading.Event()
        self.broke: BaseException | None = None
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)

    def run(self) -> None:
        """This function will work until it is told that there is enough, or that its person may not any more."""
        try:
            while not self.enough.is_set():
                status, work = self._post(
                    "claim", "campaigns/hands/claims/", {"kind": "verification", "language": LANGUAGE}
                )
                if status == 404 and self.withdrawn.is_set():
                    return
                if status == 201:
                    self._work(work)
                elif status == 204:
                    self.enough.wait(0.2)
                elif status not in (403, 404):
                    self._surprise("claim", status, work)
        except BaseException as error:
            self.broke = error
            raise
        finally:
            self._http.close()

    def _work(self, work: dict[str, Any]) -> None:
        while work is not None and not self.enough.is_set():
            fate = self.chance.randrange(100)
            late = fate < LATE
            if late:
                time.sleep(self.lease * self.chance.uniform(1.05, 1.5))
            elif fate < LATE + BACK:
                self._post("give-back", f"slots/{work['slot']}/give-back/", {})
                return
            elif fate < LATE + BACK + KEPT:
                self._post("heartbeat", f"slots/{work['slot']}/heartbeat/", {"active_ms": 5})
            work = self._submit(work, late=late, twice=fate >= 100 - TWICE)

    def _submit(self, work: dict[str, Any], *, late: bool, twice: bool) -> Any:
        key = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        body = {**self._said(work), "note": key, "next": self.chance.random() < 0.5}
        withdrawn = self.withdrawn.is_set()
        status, answer = self._post("submission", f"slots/{work['slot']}/submission/", body, key)
        if twice:
            again, same = self._post("submission", f"slots/{work['slot']}/submission/", body, key)
            if (status, answer.get("annotation")) != (
                again,
                same.get("annotation"),
            ) and not self.withdrawn.is_set():
                self._surprise("twin", again, same)
        with self.book.lock:
            if late:
                self.book.late[answer["kept_as"] if status == 201 else answer["code"]] += 1
            if status == 201:
                self.book.acknowledged.add(key)
                self.book.kept_as[answer["kept_as"]] += 1
                if withdrawn:
                    self.book.after_withdrawal.append(key)
                return answer.get("next")
        # The other program of the same person has judged this task, or the person was withdrawn.
        if answer["code"] != "handed_in" and not (status in (403, 404) and self.withdrawn.wait(5)):
            self._surprise("submission", status, answer)
        return None

    def _said(self, work: dict[str, Any]) -> dict[str, Any]:
        versions = {
            "item_version": work["item"]["version"],
            "translation_version": work["translation"]["version"],
        }
        verdict = self.chance.choices(("accept", "edit", "reject"), (80, 10, 10))[0]
        if verdict == "edit":
            fields = {**work["translation"]["fields"], "question": f"{self.chance.random()}"}
            return {**versions, "verdict": verdict, "fields": fields}
        reason = {"reason": "fluency"} if verdict == "reject" else {}
        return {**versions, "verdict": verdict, **reason}

    def _post(self, what: str, path: str, body: dict[str, Any], key: str = "") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.person.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        before = time.monotonic()
        for attempt in range(MOST_TRIES):
            try:
                self._http.request("POST", f"/api/v1/{path}", json.dumps(body), headers)
                answer = self._http.getresponse()
                read = answer.read()
                break
            except (OSError, http.client.HTTPException):
                # gunicorn closes connections that rest, and now and then a request meets the closing of its own.
                self._http.close()
                if attempt + 1 == MOST_TRIES:
                    raise
        self.book.note(what, answer.status, time.monotonic() - before)
        if answer.status >= 500:
            self._surprise(what, answer.status, read[:300])
        return answer.status, json.loads(read) if read and answer.status < 500 else {}

    def _surprise(self, what: str, status: int, answer: Any) -> None:
        with self.book.lock:
            self.book.surprises.append(f"{what}: {status} {answer}")
