"""Every table emptied after a test that commits.

Django's own way truncates all of them and then writes its content types anew, which takes longer than most tests
do. Here rows are deleted with triggers off, which few rows make quick; after many, tables are truncated, so that
no test has to read past the dead rows of one before it.
"""

from __future__ import annotations

from typing import Any

from django.db import connections, transaction

from common.conflicts import again_on_conflict

# What migrations wrote, which no test changes.
KEPT = ("django_migrations", "django_content_type", "auth_permission", "common_language")
MANY_BYTES = 4_000_000

_TABLES = """
SELECT quote_ident(relname), pg_relation_size(oid) > %s FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL(%s)
ORDER BY 1
"""


_START_ANEW = """
SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace
"""


def tear_down(case: Any) -> None:
    """This function will stand in for `TransactionTestCase._fixture_teardown`."""
    for name in case._databases_names(include_mirrors=False):
        empty(connections[name])


def empty(connection: Any, *, ids_anew: bool = False) -> None:
    """This function will remove all rows but those of migrations; `ids_anew` where ids are to begin at one again."""
    # A process that was killed may still be at its last statement in the server.
    again_on_conflict(lambda: _empty(connection, ids_anew), attempts=10)


def _empty(connection: Any, ids_anew: bool) -> None:
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(_TABLES, [MANY_BYTES, list(KEPT)])
        tables = cursor.fetchall()
        names = ", ".join(table for table, _many in tables)
        cursor.execute("SELECT current_setting('is_superuser') = 'on'")
        may_silence_triggers = cursor.fetchone()[0]
        if not may_silence_triggers or any(many for _table, many in tables):
            cursor.execute(f"TRUNCATE {names}")
        else:
            # The lock waits for whoever still writes, as TRUNCATE would.
            cursor.execute(
                f"SET LOCAL session_replication_role = replica; LOCK TABLE {names} IN EXCLUSIVE MODE"
            )
            cursor.execute("; ".join(f"DELETE FROM {table}" for table, _many in tables))
        if ids_anew:
            cursor.execute(_START_ANEW)
