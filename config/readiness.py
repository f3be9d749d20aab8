"""Whether this process could answer people now: the database, its tables, the broker, the storage."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cache

import redis
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader

from config.startup_checks import client_url

OK = "ok"


@cache
def _migrations_here() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def database() -> str:
    """This function will say whether PostgreSQL answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        return f"does not answer ({type(error).__name__})"
    return OK


def migrations() -> str:
    """This function will say whether the tables are those of this version of the code."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            missing = _migrations_here() - set(cursor.fetchall())
    except Error as error:
        return f"unknown ({type(error).__name__})"
    return f"{len(missing)} not applied: run manage.py migrate" if missing else OK


def broker() -> str:
    """This function will say whether the broker answers within two seconds."""
    address = client_url(settings.CELERY_BROKER_URL)
    try:
        with redis.Redis.from_url(address, socket_connect_timeout=2, socket_timeout=2) as client:
            client.ping()
    except redis.exceptions.RedisError as error:
        return f"does not answer ({type(error).__name__})"
    return OK


def storage() -> str:
    """This function will say whether uploads and releases can be written, by writing and deleting a file."""
    for name in ("uploads", "releases"):
        try:
            place = storages[name]
            place.delete(place.save(f".ready/{secrets.token_hex(8)}", ContentFile(b"ready")))
        except _storage_errors() as error:
            return f"{name} cannot be written ({type(error).__name__})"
    return OK


def _storage_errors() -> tuple[type[Exception], ...]:
    if not settings.STORAGE_URL:
        return (OSError,)
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    return (OSError, Boto3Error, BotoCoreError, ClientError)


PARTS: dict[str, Callable[[], str]] = {
    "database": database,
    "migrations": migrations,
    "broker": broker,
    "storage": storage,
}


def report() -> tuple[int, dict[str, str]]:
    """This function will return a status, 200 or 503, and what each part says; no addresses, no secrets.

    Without a broker the site is `degraded` yet ready: rows in PostgreSQL are the truth of every job, people
    go on working, and the sweeper sends what waited. Taking the site away would lose what still works.
    """
    said = {name: part() for name, part in PARTS.items()}
    wrong = {name for name, words in said.items() if words != OK}
    state = "ready" if not wrong else "degraded" if wrong == {"broker"} else "not ready"
    return 503 if state == "not ready" else 200, {"status": state, **said}
