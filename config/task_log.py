"""A background task's one line in the log, its figures, and the id of the request that asked for it."""

from __future__ import annotations

import logging
import time
from typing import Any

from celery import signals

from config import logs, metrics

logger = logging.getLogger("isogloss.task")

HEADER = "isogloss_request_id"


def carry_request_id(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """This function will put the request's id into the message of a task that is sent."""
    request_id = logs.context.get(logs.NOTHING).get("request_id")
    if headers is not None and request_id:
        headers[HEADER] = request_id


def begin(task: Any = None, task_id: str = "", **_: Any) -> None:
    """This function will give a task's lines the ids by which they are found."""
    request_id = getattr(task.request, HEADER, None)
    logs.context.set({"task_id": task_id, **({"request_id": request_id} if request_id else {})})
    task.request.isogloss_started = time.perf_counter()


def end(task: Any = None, state: str | None = None, **_: Any) -> None:
    """This function will write the line of a task that ended, and count it."""
    outcome = (state or "lost").lower()
    seconds = time.perf_counter() - getattr(task.request, "isogloss_started", time.perf_counter())
    metrics.task(task.name, outcome, seconds)
    told = {"task": task.name, "outcome": outcome, "ms": round(seconds * 1000, 1)}
    logger.log(logging.INFO if outcome == "success" else logging.WARNING, "task", extra={"told": told})
    logs.context.set(logs.NOTHING)


def failed(sender: Any = None, exception: BaseException | None = None, **_: Any) -> None:
    """This function will write down what broke a task."""
    logger.error("task failed", extra={"told": {"task": sender.name}}, exc_info=exception)


def leave_logging_alone(**_: Any) -> None:
    """This function will keep Celery from setting up logging: the settings have."""


def connect() -> None:
    """This function will listen to Celery, in workers and in whoever sends tasks."""
    signals.before_task_publish.connect(carry_request_id)
    signals.task_prerun.connect(begin)
    signals.task_postrun.connect(end)
    signals.task_failure.connect(failed)
    signals.setup_logging.connect(leave_logging_alone)
