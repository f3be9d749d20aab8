"""Examples of both kinds of work, for the schema. docs/api.md has them in the order of a piece of work."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

_SLOT = "3f2b8c1e-5d47-4a1c-9b0e-6f1d2c3b4a59"
_ITEM: dict[str, Any] = {
    "id": "quiz/test/0", "subject": "quiz", "language": "en", "version": 1,
    "fields": {"question": "Which planet is nearest to the Sun?", "option_a": "Mercury", "option_b": "Venus"},
    "attributes": {"answer": "A"},
}  # fmt: skip
_WORK: dict[str, Any] = {
    "slot": _SLOT, "campaign": "mini", "kind": "verification", "language": "de",
    "lease_until": "2026-11-02T10:45:30.125000Z", "opened_at": "2026-11-02T10:15:30.125000Z", "guideline": 1,
    "item": _ITEM,
    "translation": {
        "language": "de", "system": "mt-alpha", "origin": "machine", "version": 1,
        "fields": {"question": "Welcher Planet ist der Sonne am nächsten?", "option_a": "Merkur",
                   "option_b": "Venus"},
    },
    "others": [], "flags": [], "previous": None,
}  # fmt: skip


def _request(name: str, **value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def _answer(name: str, value: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=["201"])


CLAIM = [
    _request("verification", kind="verification", language="de"),
    _request("sensitivity", kind="sensitivity", language="en"),
    _answer("verification", _WORK),
    _answer("sensitivity", {**_WORK, "kind": "sensitivity", "language": "en", "translation": None}),
]
SUBMISSION = [
    _request("accept", item_version=1, translation_version=1, verdict="accept", active_ms=4200),
    _request(
        "reject, and claim the next", item_version=1, translation_version=1, verdict="reject",
        reason="accuracy.omission", severity="major", note="The unit is missing.", next=True,
    ),
    _request(
        "edit", item_version=1, translation_version=1, verdict="edit", reason="fluency", severity="minor",
        fields={"question": "Welcher Planet steht der Sonne am nächsten?", "option_a": "Merkur",
                "option_b": "Venus"},
    ),
    _request(
        "sensitivity", item_version=1, tags=["cultural"], culture="Western Culture", region="Europe",
        country="France", time_sensitive=False,
        spans=[{"start": 6, "end": 12, "label": "Cultural", "quote": "planet"}],
    ),
    _answer(
        "kept",
        {"annotation": "a9c04e72-1b3d-4f68-92d4-8e7f6a5b4c3d", "slot": _SLOT, "kept_as": "own slot",
         "submitted_at": "2026-11-02T10:15:30.125000Z"},
    ),
]  # fmt: skip
