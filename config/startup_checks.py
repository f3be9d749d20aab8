"""What refuses to start: servers that may lose what was confirmed, and the key everybody knows.

Called when gunicorn, a worker or the beat starts (`config/gunicorn.py`, `config/celery.py`), once a
process tree, before it takes work. Management commands are not checked: they repair such servers.
"""

import logging
import re
import sys
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg
import redis
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

logger = logging.getLogger("isogloss.startup")

# EX_CONFIG: the launcher does not restart what ends with it.
EXIT_CODE = 78
# EX_TEMPFAIL: a server that is down, or still reading its log after a crash, comes back; so does what waits for it.
AWAY_EXIT_CODE = 75

DURABLE_SETTINGS = ("fsync", "full_page_writes", "synchronous_commit")


class UnsafeStartError(Exception):
    """The configuration may lose confirmed work or is open to everyone; names the value and the cure."""

    exit_code = EXIT_CODE


class ServerAwayError(UnsafeStartError):
    """A server does not answer, so that nothing is known of its settings; it may be back in a moment."""

    exit_code = AWAY_EXIT_CODE


def check_all() -> None:
    """Check key, database and broker; print the reason and end the process if one is unsafe (code 78) or away (75)."""
    try:
        check_secret_key(settings.SECRET_KEY, settings.DEVELOPMENT_SECRET_KEY, debug=settings.DEBUG)
        check_database(connection.get_connection_params())
        check_broker(
            settings.CELERY_BROKER_URL, checked_elsewhere=settings.BROKER_PERSISTENCE_CHECKED_ELSEWHERE
        )
    except UnsafeStartError as error:
        print(f"Refusing to start: {error}", file=sys.stderr, flush=True)  # noqa: T201
        raise SystemExit(error.exit_code) from error
    if settings.EMAIL_BACKEND.endswith(".dummy.EmailBackend"):
        logger.warning("EMAIL_URL is not set: no mail is sent, and nobody can set a password by mail.")


def check_secret_key(key: str, development_key: str, *, debug: bool) -> None:
    """Raise UnsafeStartError when the key that stands in the source is used outside debug."""
    if key == development_key and not debug:
        raise UnsafeStartError(
            "SECRET_KEY is the development key, which stands in the source, while DEBUG is off. "
            "Set SECRET_KEY to 50 or more random characters, or DEBUG=true on a machine for trials."
        )


def check_database(parameters: Mapping[str, object]) -> None:
    """Raise UnsafeStartError when a setting of PostgreSQL lets a crash lose or damage committed work.

    `parameters` are those of `psycopg.connect`, so that settings of this user and database are seen.
    """
    try:
        with psycopg.connect(_address(parameters)) as session:
            values = {name: _show(session, name) for name in DURABLE_SETTINGS}
    except psycopg.OperationalError as error:
        raise ServerAwayError(
            f"PostgreSQL does not answer ({error}). Start it, or mend DATABASE_URL."
        ) from error
    for name, value in values.items():
        if value == "off":
            raise UnsafeStartError(
                f"PostgreSQL runs with {name} = off, and a crash would lose confirmed work. "
                f"Set {name} = on in postgresql.conf (and look for ALTER SYSTEM, ROLE and DATABASE)."
            )


def _address(parameters: Mapping[str, object]) -> str:
    """Return what says where the server is as one string; Django adds cursor classes and a pool."""
    kept = {name: value for name, value in parameters.items() if isinstance(value, str | int)}
    kept.pop("prepare_threshold", None)
    return make_conninfo("", **{"connect_timeout": 10, **kept})


def _show(session: psycopg.Connection[tuple[object, ...]], name: str) -> str:
    row = session.execute("SELECT current_setting(%s)", [name]).fetchone()
    return str(row[0]) if row else ""


def check_broker(url: str, *, checked_elsewhere: bool) -> None:
    """Raise UnsafeStartError when the broker keeps no append-only file or evicts keys.

    `checked_elsewhere` stands for a person's word where the broker denies CONFIG; it is logged.
    """
    if checked_elsewhere:
        logger.warning(
            "BROKER_PERSISTENCE_CHECKED_ELSEWHERE is set: nobody checks here that the broker at %s writes to "
            "disk and evicts nothing.",
            without_password(url),
        )
        return
    values = _broker_settings(url)
    if values.get("appendonly") != "yes":
        raise _broker_error(url, "appendonly", values.get("appendonly"), "yes", "a restart would lose tasks")
    if values.get("maxmemory-policy") != "noeviction":
        policy = values.get("maxmemory-policy")
        raise _broker_error(url, "maxmemory-policy", policy, "noeviction", "full memory would lose tasks")


def _broker_settings(url: str) -> dict[str, str]:
    try:
        with redis.Redis.from_url(client_url(url), socket_connect_timeout=10) as client:
            found = client.config_get("appendonly", "maxmemory-policy")
    except redis.exceptions.ConnectionError as error:
        raise ServerAwayError(
            f"The broker at {without_password(url)} does not answer ({error}). Start it, or mend BROKER_URL."
        ) from error
    except redis.exceptions.ResponseError as error:
        raise UnsafeStartError(
            f"The broker at {without_password(url)} does not let its settings be read ({error}). See by "
            "other means that it has appendonly yes and maxmemory-policy noeviction, then set "
            "BROKER_PERSISTENCE_CHECKED_ELSEWHERE=1."
        ) from error
    return {_text(name): _text(value) for name, value in found.items()}


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _broker_error(url: str, name: str, value: str | None, wanted: str, harm: str) -> UnsafeStartError:
    return UnsafeStartError(
        f"The broker at {without_password(url)} runs with {name} = {value}, and {harm}. "
        f"Set {name} {wanted} in its configuration."
    )


def client_url(url: str) -> str:
    """Return a broker address as the redis client reads it: kombu's `redis+socket://` becomes `unix://`."""
    parts = urlsplit(url)
    if parts.scheme != "redis+socket":
        return url
    number = parse_qs(parts.query).get("virtual_host", ["0"])[0]
    return f"unix://{unquote(parts.path)}?db={number}"


def without_password(url: str) -> str:
    """Return an address that can be printed: the password is replaced by three stars."""
    # Up to the last @: a password may hold anything.
    return re.sub(r"(://[^/@:]*:).*@", r"\1***@", url)
