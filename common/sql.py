"""SQL that several rooms' migrations use."""

from __future__ import annotations

from django.db.migrations import RunSQL

FORBID_CHANGE_FUNCTION = """
CREATE OR REPLACE FUNCTION common_forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows of % are never changed or removed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""


def append_only(table: str, *, operations: str = "UPDATE OR DELETE") -> RunSQL:
    """This function will return a migration step after which rows of `table` can only be added.

    TRUNCATE stays possible: test suites and a restore need it, and no role of the application holds it.
    """
    return RunSQL(
        f"CREATE TRIGGER {table}_append_only BEFORE {operations} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION common_forbid_change();",
        f"DROP TRIGGER {table}_append_only ON {table};",
    )
