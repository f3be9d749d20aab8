"""People who work through the API, for locust: point it at a server of your own.

    ISOGLOSS_TOKENS=tokens.txt ISOGLOSS_CAMPAIGN=mini ISOGLOSS_QUEUES=verification:de,sensitivity:en \\
        locust -f bench/locustfile.py --host https://isogloss.example.org

`ISOGLOSS_TOKENS` is a file with one token a line, or the tokens themselves with commas between; each simulated
person takes the next one, and none is shared while there are enough. What they hand in is kept: use a campaign made
for it. `ISOGLOSS_PAUSE` is the seconds between two pieces of work (5).
"""

from __future__ import annotations

import itertools
import os
import random
import uuid
from pathlib import Path
from typing import Any

from locust import FastHttpUser, constant_pacing, events, task
from locust.exception import StopUser


def _tokens() -> list[str]:
    named = os.environ.get("ISOGLOSS_TOKENS", "")
    text = Path(named).read_text(encoding="ascii") if named and "isog_" not in named else named
    return [token.strip() for token in text.replace(",", "\n").splitlines() if token.strip()]


CAMPAIGN = os.environ.get("ISOGLOSS_CAMPAIGN", "")
QUEUES = [tuple(queue.split(":")) for queue in os.environ.get("ISOGLOSS_QUEUES", "").split(",") if queue]
TOKENS = _tokens()
NEXT = itertools.cycle(TOKENS)


@events.init.add_listener
def _check(environment: Any, **_others: Any) -> None:
    if not (TOKENS and CAMPAIGN and QUEUES):
        raise SystemExit(
            "Set ISOGLOSS_TOKENS (a file of tokens), ISOGLOSS_CAMPAIGN (its slug) and ISOGLOSS_QUEUES "
            "(kind:language, with commas between)."
        )


class Annotator(FastHttpUser):
    """Somebody who takes a piece of work, judges it and hands it in."""

    wait_time = constant_pacing(float(os.environ.get("ISOGLOSS_PAUSE", "5")))

    def on_start(self) -> None:
        """This function will give the person their token and a queue."""
        self.known = {"Authorization": f"Bearer {next(NEXT)}"}
        self.kind, self.language = random.choice(QUEUES)

    @task
    def work(self) -> None:
        """This function will claim one slot and hand it in."""
        claim = self.client.post(
            f"/api/v1/campaigns/{CAMPAIGN}/claims/",
            json={"kind": self.kind, "language": self.language},
            headers=self.known,
            name="claim",
        )
        if claim.status_code == 204:
            raise StopUser
        if claim.status_code == 201:
            held = claim.json()
            self.client.post(
                f"/api/v1/slots/{held['slot']}/submission/",
                json=self._said(held),
                headers={**self.known, "Idempotency-Key": str(uuid.uuid4())},
                name=f"submission of {self.kind}",
            )

    def _said(self, held: dict[str, Any]) -> dict[str, Any]:
        item_version = held["item"]["version"]
        if self.kind == "sensitivity":
            return {"item_version": item_version, "tags": [], "active_ms": 3000}
        return {
            "item_version": item_version, "translation_version": held["translation"]["version"],
            "verdict": "accept", "active_ms": 3000,
        }  # fmt: skip
