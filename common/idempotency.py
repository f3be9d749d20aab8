"""The same request sent twice is done once: answers kept by key, in the transaction of their effect."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, transaction
from psycopg.errors import LockNotAvailable

from common import rows
from common.api.errors import ApiError
from common.models import IdempotencyKey

KEPT = timedelta(days=7)
MOST_KEY_LENGTH = 200
# A twin in flight is waited for this long: above what a submit takes, below a proxy's patience.
WAIT = "10s"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered: status, JSON body, and whether it is the answer of an earlier twin."""

    status: int
    body: Any
    replayed: bool = False


# The row is read from the patience so that it is set before the insert waits. What is waited for in the effect is
# another matter: with the row the patience goes back to what it was, else with the transaction.
_INSERT = """
WITH patience AS MATERIALIZED (
    SELECT current_setting('lock_timeout') AS before, set_config('lock_timeout', %s, true)
)
INSERT INTO common_idempotencykey (actor_id, route, key, fingerprint, created_at)
SELECT %s, %s, %s, %s, %s FROM patience ON CONFLICT DO NOTHING
RETURNING id, set_config('lock_timeout', (SELECT before FROM patience), true)
"""
_ANSWER = "UPDATE common_idempotencykey SET status = %s, answer = %s WHERE id = %s"


def once(
    *, key: str | None, route: str, sent: Any, by: int, now: datetime, do: Callable[[], Answer]
) -> Answer:
    """This function will return what `do` answers, or what it answered to the first request with this key.

    The key counts for one person (`by`, a contributor's id) and one `route`; `sent` is everything that makes
    the request what it is, as JSON. A twin in flight is waited for. What `do` raises undoes the key with the
    effect, so a refused request may be mended and sent with the same key. Raises `ApiError`: 400
    `key_missing` or `key_unusable`, 409 `key_reused` for another request under the same key, 503 `twin_in_flight`.
    """
    checked = _checked(key)
    fingerprint = hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).digest()
    with transaction.atomic():
        row = _take(by, route, checked, fingerprint, now)
        if row is None:
            return _answered(by, route, checked, fingerprint)
        answer = do()
        with rows.cursor() as cursor:
            cursor.execute(_ANSWER, [answer.status, json.dumps(answer.body), row])
        return answer


def _checked(key: str | None) -> str:
    if not key:
        raise ApiError(
            400, "key_missing", "The header Idempotency-Key is missing.", field="Idempotency-Key",
            cure="Make a random UUID for each new request, and send the same one when you repeat it.",
        )  # fmt: skip
    if len(key) > MOST_KEY_LENGTH or not key.isprintable() or not key.isascii():
        raise ApiError(
            400, "key_unusable", f"The Idempotency-Key is not 1 to {MOST_KEY_LENGTH} printable ASCII letters.",
            field="Idempotency-Key", cure="Use a random UUID.",
        )  # fmt: skip
    return key


def _take(by: int, route: str, key: str, fingerprint: bytes, now: datetime) -> int | None:
    """Insert the key's row; None where a twin has committed one. Waits for a twin that has not committed yet."""
    try:
        with rows.cursor() as cursor:
            cursor.execute(_INSERT, [WAIT, by, route, key, fingerprint, now])
            row = cursor.fetchone()
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise ApiError(
                503, "twin_in_flight", "The same request is still being worked on.",
                cure="Send it again with the same key in a few seconds.",
            ) from error  # fmt: skip
        raise
    return int(row[0]) if row else None


def _answered(by: int, route: str, key: str, fingerprint: bytes) -> Answer:
    row = IdempotencyKey.objects.get(actor_id=by, route=route, key=key)
    if bytes(row.fingerprint) != fingerprint:
        raise ApiError(
            409, "key_reused", "This Idempotency-Key was used for another request.", field="Idempotency-Key",
            cure="Make a new key for a new request; repeat a request with its own body.",
        )  # fmt: skip
    return Answer(int(row.status or 0), row.answer, replayed=True)


def forget_old_keys(*, now: datetime) -> int:
    """This function will delete the keys older than a week, and return how many."""
    return IdempotencyKey.objects.filter(created_at__lt=now - KEPT).delete()[0]
