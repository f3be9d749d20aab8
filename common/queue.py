"""The one door to Celery: by task name, on commit, ids only."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger("isogloss.queue")


def enqueue(name: str, ids: Iterable[int | str], *, expires: float | None = None) -> None:
    """This function will send one task `name` for each id once the running transaction has committed; one that no
    worker began within `expires` seconds is dropped.

    The rows in PostgreSQL are the truth of every job: when the broker does not answer, the jobs stay waiting
    there and the sweeper sends them again, so that nothing is raised here.
    """
    waiting = list(ids)

    def send() -> None:
        try:
            for number, job in enumerate(waiting):  # noqa: B007 - told below
                current_app.send_task(name, args=[job], retry=False, expires=expires)
        except OperationalError as error:
            logger.warning(
                "The broker did not take %d of %d × %s (%s); the sweeper will send them.",
                len(waiting) - number, len(waiting), name, error,
            )  # fmt: skip

    transaction.on_commit(send)
