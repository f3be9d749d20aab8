"""The one door to Celery: by task name, on commit, ids only."""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger("isogloss.queue")


def enqueue(name: str, *ids: int | str) -> None:
    """This function will send the task `name` once the running transaction has committed.

    The rows in PostgreSQL are the truth of every job: when the broker does not answer, the job stays waiting
    there and the sweeper sends it again, so that nothing is raised here.
    """

    def send() -> None:
        try:
            current_app.send_task(name, args=ids, retry=False)
        except OperationalError as error:
            logger.warning(
                "The broker did not take %s%r (%s); the sweeper will send it.",
                name,
                ids,
                error,
            )

    transaction.on_commit(send)
