"""The two ways in: the API for programs, and the workbench's form for a browser without a script.

What is said carries the key as its note, so that the row itself tells which submit it comes from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

LANGUAGES = {"verification": "de", "sensitivity": "en"}
NOT_SURE = {
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
    """What came back: `location` is where the page was sent to, `replayed` whether it is an earlier answer."""

    status: int
    body: str
    location: str = ""
    replayed: bool = False


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


class Api:
    """The API, with a token."""

    def __init__(self, token: str) -> None:
        """Take the person's token."""
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def claim(self, slug: str, kind: str) -> Request:
        """This function will return the claim of a queue."""
        body = json.dumps({"kind": kind, "language": LANGUAGES[kind]})
        return Request(f"/api/v1/campaigns/{slug}/claims/", body, self._headers)

    def held(self, answer: Answer, kind: str) -> Work | None:
        """This function will return the slot of a 201, with the versions it came with."""
        if answer.status != 201:
            return None
        told = json.loads(answer.body)
        translation = told["translation"]
        return Work(told["slot"], kind, told["item"]["version"], translation and translation["version"])

    def submit(self, work: Work, key: str) -> tuple[Request, object]:
        """This function will return an accept, or "not sure", under an Idempotency-Key."""
        said: dict[str, object] = {"item_version": work.item_version, "note": key}
        if work.kind == "verification":
            said |= {"verdict": "accept", "translation_version": work.translation_version}
        else:
            said |= {"tags": [], "not_sure": True}
        headers = {**self._headers, "Idempotency-Key": key}
        kept: object = "accept" if work.kind == "verification" else NOT_SURE
        return Request(f"/api/v1/slots/{work.slot}/submission/", json.dumps(said), headers), kept

    def taken(self, answer: Answer) -> bool:
        """This function will say whether the judgement is kept in its own slot."""
        return answer.status == 201 and json.loads(answer.body)["kept_as"] == "own slot"


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
        said: object = "accept" if work.kind == "verification" else NOT_SURE
        return Request(f"/work/{work.slot}/", urlencode(form), self._headers), said

    def taken(self, answer: Answer) -> bool:
        """This function will say whether the page went on to the next item, as it does after keeping one."""
        return answer.status == 302 and not answer.location.startswith("/accounts/")
