"""Databases of a measurement's own: made from one migrated template, removed at the end."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import psycopg
from psycopg import sql


@dataclass
class Scratch:
    """A database server, and the databases that this run has made on it."""

    address: str
    prefix: str
    made: list[str] = field(default_factory=list)

    def url(self, name: str) -> str:
        """This function will return the address of a database of the server."""
        parts = urlsplit(self.address)
        # Not urlunsplit: it leaves the two slashes out where no host follows them.
        return f"{parts.scheme}://{parts.netloc}/{name}" + (f"?{parts.query}" if parts.query else "")

    def connect(self, name: str) -> psycopg.Connection:
        """This function will open a connection that commits every statement."""
        return psycopg.connect(self.url(name), autocommit=True)

    def make(self, name: str, template: str = "template1") -> str:
        """This function will make a database after another, and return its full name."""
        full = f"{self.prefix}_{name}"
        self._manage(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(full), sql.Identifier(template))
        )
        self.made.append(full)
        return full

    def drop(self, full: str) -> None:
        """This function will remove a database, whoever still uses it."""
        self._manage(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(full)))
        self.made.remove(full)

    def _manage(self, statement: sql.Composed) -> None:
        with self.connect("postgres") as connection:
            connection.execute(statement)


@contextmanager
def scratch() -> Iterator[Scratch]:
    """This function will set Django up on an empty, migrated database, and remove all databases at the end."""
    address = os.environ.get("DATABASE_URL")
    if not address:
        sys.exit("bench: no DATABASE_URL; `make bench` starts servers for the time it takes")
    found = Scratch(address, f"isogloss_bench_{os.getpid()}")
    template = found.make("template")
    os.environ["DATABASE_URL"] = found.url(template)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    try:
        _set_up()
        yield found
    finally:
        _disconnect()
        for name in reversed(list(found.made)):
            found.drop(name)
        os.environ["DATABASE_URL"] = address


def _set_up() -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    call_command("migrate", verbosity=0)
    _disconnect()


def _disconnect() -> None:
    from django.db import connection

    connection.close()


@contextmanager
def database(found: Scratch, name: str, template: str | None = None) -> Iterator[str]:
    """This function will point Django at a fresh database for the block, made after `template`; gives its name."""
    from django.db import connection

    before = connection.settings_dict["NAME"]
    _disconnect()
    full = found.make(name, template or f"{found.prefix}_template")
    connection.settings_dict["NAME"] = full
    try:
        yield full
    finally:
        _disconnect()
        connection.settings_dict["NAME"] = before
        found.drop(full)
