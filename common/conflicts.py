"""What is done again where another transaction stood in its way."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, OperationalError
from psycopg.errors import DeadlockDetected

T = TypeVar("T")
# Seconds. Whoever was waited for has to wake up and take its rows first, or the same two meet again.
PAUSE = 0.1


def again_on_conflict(do: Callable[[], T], *, attempts: int) -> T:
    """This function will return what `do` returns, done again where somebody else's row came first or two waited for
    each other; what the last of `attempts` raises goes on to the caller.

    `do` is a transaction or a savepoint of its own: what it had written is undone before it is done again.
    """
    for _attempt in range(attempts - 1):
        try:
            return do()
        except IntegrityError:
            continue
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
            time.sleep(PAUSE)
    return do()
