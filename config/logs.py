"""One JSON object a line, without anything that says who somebody is or what they wrote.

Exceptions are told by their types, SQLSTATE and places in the code: their messages quote rows, addresses and
texts. Of records by other people's code only the template is kept, since the arguments may be anything.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

BASE = Path(__file__).resolve().parent.parent
MOST_PLACES = 12
# Whose arguments are known to be harmless: our own, and what servers say of themselves.
KNOWN = ("isogloss", "gunicorn", "celery.worker", "celery.beat", "celery.apps", "kombu")
# gunicorn puts the address and the first line of what it could not read into one text.
_UNREADABLE = re.compile(r"^(Invalid request|Error handling request|Ignored premature).*", re.DOTALL)

# What every line of this request or task bears: `request_id`, `task_id`.
context: ContextVar[Mapping[str, str]] = ContextVar("log_context")
NOTHING: Mapping[str, str] = {}


class Lines(logging.Formatter):
    """Writes a record as one line; fields of its own come as `extra={"told": {…}}`."""

    def format(self, record: logging.LogRecord) -> str:
        """This function will return the record as JSON."""
        return json.dumps(fields(record), ensure_ascii=False, default=str)


class Columns(logging.Formatter):
    """The same for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """This function will return the record as `time level logger event key=value …`."""
        told = fields(record)
        first = [told.pop(name) for name in ("time", "level", "logger", "event")]
        return " ".join([*first, *(f"{name}={value}" for name, value in told.items())])


def fields(record: logging.LogRecord) -> dict[str, Any]:
    """This function will return what may be said of a record, in the order of the line."""
    return {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "event": _event(record),
        **getattr(record, "told", NOTHING),
        **context.get(NOTHING),
        **(without_messages(record.exc_info) if record.exc_info else {}),
    }


def _event(record: logging.LogRecord) -> str:
    if not record.name.startswith(KNOWN):
        return str(record.msg)
    return _UNREADABLE.sub(r"\1", record.getMessage()) if record.name[0] == "g" else record.getMessage()


def without_messages(given: Any) -> dict[str, Any]:
    """This function will return types, SQLSTATE and places of an exception, and none of its messages."""
    error = _error(given)
    if error is None:
        return {}
    chain = list(_chain(error))
    told: dict[str, Any] = {
        "exception": " from ".join(type(one).__name__ for one in chain),
        "at": _places(error.__traceback__),
    }
    states = [state for one in chain if (state := getattr(one, "sqlstate", None))]
    return {**told, "sqlstate": states[0]} if states else told


def _error(given: Any) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    found = given[1] if isinstance(given, tuple) else sys.exc_info()[1] if given else None
    return found if isinstance(found, BaseException) else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__


def _places(trace: TracebackType | None) -> list[str]:
    frames = [
        (frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in traceback.walk_tb(trace)
    ]
    return [f"{_short(path)}:{line} {function}" for path, line, function in frames[-MOST_PLACES:]]


def _short(path: str) -> str:
    place = path.rpartition("site-packages/")[2]
    return place.removeprefix(f"{BASE}/")


def formatter(*, as_json: bool) -> logging.Formatter:
    """This function will return what writes every line: JSON, or columns for a person at a terminal."""
    return Lines() if as_json else Columns()


def logging_settings(*, level: str, own_level: str, form: str) -> dict[str, Any]:
    """This function will return Django's LOGGING; `form` is `json`, `plain`, or empty to ask the terminal.

    Raises ValueError for another form.
    """
    if form not in ("", "json", "plain"):
        raise ValueError(f"LOG_FORMAT={form} is unknown. Use json or plain, or leave it out.")
    as_json = form == "json" or (not form and not sys.stderr.isatty())
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "config.logs.formatter", "as_json": as_json}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "isogloss": {"level": own_level},
            # The request's own line says all of it; Django's would add the path.
            "django": {"handlers": [], "propagate": True},
            "django.request": {"level": "CRITICAL"},
            "django.server": {"handlers": [], "propagate": True},
        },
    }
