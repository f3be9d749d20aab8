"""The examples of docs/api.md, as programs would send them.

An example is a request and the answer that follows it, each in a fence of its own. Ids and instants are made
anew at every run: an id of the document stands for the one that was answered where it stands first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "api.md"
FENCE = re.compile(r"^```http\n(.*?)^```$", re.MULTILINE | re.DOTALL)
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


@dataclass(frozen=True)
class Example:
    """A request of the document, who sends it (Ana unless it says so), and what it is answered."""

    method: str
    path: str
    headers: dict[str, str]
    body: str
    status: int
    answer: str

    @property
    def sender(self) -> str:
        """This function will name who sends it."""
        return self.headers.get("As", "ana")


def section(heading: str) -> str:
    """This function will return what stands under a heading of the second level."""
    parts = re.split(r"^## ", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = [part for part in parts if part.startswith(f"{heading}\n")]
    assert len(found) == 1, f"docs/api.md has no section {heading!r}"
    return found[0]


def examples(heading: str) -> list[Example]:
    """This function will return the examples under a heading of the second level, in order."""
    return list(_pairs(section(heading)))


def _pairs(text: str) -> Iterator[Example]:
    fences = iter(FENCE.findall(text))
    for request in fences:
        answer = next(fences)
        (method, path), headers, body = _message(request)
        (_, status), _, told = _message(answer)
        yield Example(method, path, headers, body, int(status), told)


def _message(text: str) -> tuple[tuple[str, str], dict[str, str], str]:
    head, _, body = text.partition("\n\n")
    first, *rest = head.strip().splitlines()
    names = dict(line.split(": ", 1) for line in rest)
    one, two = first.split(" ")[:2]
    return (one, two), names, body.strip()


@dataclass
class Reader:
    """Sends the examples in order and holds the answers against the document."""

    send: Callable[[Example, str, str], Any]
    ids: dict[str, str]

    def check(self, example: Example) -> None:
        """This function will send one example; `AssertionError` where it is answered otherwise."""
        path, body = self._known(example.path), self._known(example.body)
        answer = self.send(example, path, body)
        where = f"{example.method} {example.path}"
        assert answer.status_code == example.status, f"{where}: {answer.status_code} {answer.content[:500]}"
        if not example.answer:
            assert not answer.content, where
            return
        self._compare(json.loads(example.answer), json.loads(answer.content), where)

    def _known(self, text: str) -> str:
        return UUID.sub(lambda found: self.ids.get(found[0], found[0]), text)

    def _compare(self, told: Any, found: Any, where: str) -> None:
        if isinstance(told, dict) and isinstance(found, dict):
            assert set(told) == set(found), f"{where}: {list(found)}"
            for name in told:
                self._compare(told[name], found[name], f"{where} {name}")
        elif isinstance(told, list) and isinstance(found, list):
            assert len(told) == len(found), f"{where}: {found}"
            for number, (one, other) in enumerate(zip(told, found, strict=True)):
                self._compare(one, other, f"{where} [{number}]")
        elif isinstance(told, str) and UUID.fullmatch(told):
            assert self.ids.setdefault(told, found) == found, where
        elif isinstance(told, str) and INSTANT.fullmatch(told):
            assert INSTANT.fullmatch(found), f"{where}: {found}"
        elif isinstance(told, str) and told.startswith("http"):
            assert found and found.split("?")[0] == self._known(told).split("?")[0], f"{where}: {found}"
        else:
            assert told == found, f"{where}: {found!r} for {told!r}"
