"""What the people sent and what they were told: the truth that the database is held against."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass
class Submit:
    """One judgement somebody sends under one key, again and again until it is answered.

    `said` is what must stand in the row: the verdict, or the answers as they are stored.
    """

    key: str
    slot: str
    contributor: int
    said: object
    tries: int = 0
    # When the try under way was on the wire, None while there is none.
    on_the_wire_since: float | None = None
    status: int | None = None


@dataclass
class Ledger:
    """All submits of a run. Every method may be called from any thread."""

    submits: list[Submit] = field(default_factory=list)
    # Tries that ended without an answer that counts, by what was seen: a status, or the name of an error.
    failures: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    claims: int = 0
    # The latest instant of sending of which it is known that what was sent then was taken in.
    last_sent_and_taken: float = 0.0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def begin(self, submit: Submit) -> None:
        """This function will note a submit before its first byte is sent."""
        with self._changed:
            self.submits.append(submit)

    def sent(self, submit: Submit) -> None:
        """This function will note that a try has been sent whole."""
        with self._changed:
            submit.tries += 1
            submit.on_the_wire_since = time.monotonic()
            self._changed.notify_all()

    def failed(self, submit: Submit, seen: str) -> None:
        """This function will note that a try ended with no answer that counts; it is going to be sent again."""
        with self._changed:
            submit.on_the_wire_since = None
            self.failures[seen] += 1

    def answered(self, submit: Submit, status: int, body: str) -> None:
        """This function will note the answer that ends a submit: taken in, or refused for good."""
        with self._changed:
            if 200 <= status < 300:
                self.last_sent_and_taken = max(self.last_sent_and_taken, submit.on_the_wire_since or 0)
            submit.status, submit.on_the_wire_since = status, None
            if not 200 <= status < 300:
                self.refused.append(f"{submit.key} on slot {submit.slot}: {status} {body[:300]}")
            self._changed.notify_all()

    def claimed(self) -> None:
        """This function will count a claim that was answered."""
        with self._changed:
            self.claims += 1

    def in_flight(self) -> list[Submit]:
        """This function will return the submits that are sent and not answered at this moment."""
        with self._changed:
            return [one for one in self.submits[-200:] if one.on_the_wire_since is not None]

    def tried_again(self, tries: Mapping[str, int]) -> int:
        """This function will count the submits, of those given by key with their tries, that were tried again."""
        with self._changed:
            return sum(one.tries > tries[one.key] for one in self.submits[-2000:] if one.key in tries)

    def acknowledged(self) -> list[Submit]:
        """This function will return the submits whose senders were told that they are kept."""
        with self._changed:
            return [one for one in self.submits if one.status is not None and 200 <= one.status < 300]

    def known_keys(self) -> set[str]:
        """This function will return the keys of all submits, answered or not."""
        with self._changed:
            return {one.key for one in self.submits}

    def wait_for_one_in_flight(self, seconds: float) -> bool:
        """This function will wait until a submit is sent and not answered; False when none was."""
        return self._wait(
            lambda: any(one.on_the_wire_since is not None for one in self.submits[-200:]), seconds
        )

    def _wait(self, ready: Callable[[], bool], seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(ready, seconds)
