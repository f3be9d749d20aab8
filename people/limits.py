"""How often something may be tried in a while, counted in PostgreSQL: for all workers on all machines together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from axes.models import AccessAttempt
from django.db import connection
from django.db.models import F
from django.utils.crypto import salted_hmac

from people.models import Tally


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries of the kind `name` within `window`, which begins with the first of them."""

    name: str
    most: int
    window: timedelta


# A shared office line is one network: these bounds stop a machine, and no room full of people. Guessing one
# person's password is bounded far lower, by axes.
SIGN_IN = Limit("sign-in", 100, timedelta(minutes=15))
RESET_BY_NETWORK = Limit("reset by network", 60, timedelta(hours=1))
RESET_BY_ADDRESS = Limit("reset by address", 5, timedelta(hours=1))
PASSWORD_CHANGE = Limit("password change", 10, timedelta(minutes=15))
TOKEN_MAKING = Limit("token making", 20, timedelta(hours=1))
TOKEN_FAILED = Limit("token failed", 100, timedelta(minutes=5))
ATTEMPTS_KEPT = timedelta(days=1)

_COUNT = """
INSERT INTO people_tally AS t (digest, count, ends_at) VALUES (%(digest)s, 1, %(ends_at)s)
ON CONFLICT (digest) DO UPDATE SET
    count = CASE WHEN t.ends_at <= %(now)s THEN 1 ELSE t.count + 1 END,
    ends_at = CASE WHEN t.ends_at <= %(now)s THEN EXCLUDED.ends_at ELSE t.ends_at END
RETURNING count, ends_at
"""


def take(limit: Limit, who: str, *, now: datetime) -> int:
    """This function will count one try of `who` and return 0, or the seconds to wait where it is one too many.

    One statement: two tries at once are both counted.
    """
    wanted: dict[str, bytes | datetime] = {
        "digest": _digest(limit, who), "now": now, "ends_at": now + limit.window,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, wanted)
        count, ends_at = cursor.fetchone()
    return 0 if count <= limit.most else max(1, ceil((ends_at - now).total_seconds()))


def give_back(limit: Limit, who: str, *, now: datetime) -> None:
    """This function will take back one try that turned out to be none. One statement."""
    Tally.objects.filter(digest=_digest(limit, who), ends_at__gt=now, count__gt=0).update(
        count=F("count") - 1
    )


def forget_old_tallies(*, now: datetime) -> int:
    """This function will delete the counts whose window is over, and return how many.

    So do the failed sign-ins that axes keeps, with addresses, after the day that an attack takes to look into.
    """
    AccessAttempt.objects.filter(attempt_time__lt=now - ATTEMPTS_KEPT).delete()
    return Tally.objects.filter(ends_at__lte=now).delete()[0]


def _digest(limit: Limit, who: str) -> bytes:
    """Network and e-mail addresses are personal data; what is kept cannot be turned back without the key."""
    return salted_hmac(f"people.limits.{limit.name}", who, algorithm="sha256").digest()
