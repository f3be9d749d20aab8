"""Models read and written by statements of our own are what the mapper reads and writes."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from common.models import AuditEvent, Workspace
from common.rows import columns, cursor, first, insert

pytestmark = pytest.mark.django_db
READ = f"""
SELECT {columns(AuditEvent, "a")}, {columns(Workspace, "w")}, 7
FROM common_auditevent a LEFT JOIN common_workspace w ON w.id = a.workspace_id AND %(joined)s
"""


@pytest.fixture
def event(cast, now) -> AuditEvent:
    data = {"text": "سؤال", "count": 2, "none": None}
    row = AuditEvent(
        workspace=cast.workspace, verb="x.done", object_type="x.y", object_id=2**40, data=data, at=now
    )
    insert(row)
    return row


def test_an_inserted_row_is_what_the_mapper_reads(event):
    kept = AuditEvent.objects.get(pk=event.pk)
    for field in AuditEvent._meta.concrete_fields:
        assert getattr(kept, field.attname) == getattr(event, field.attname)


def test_read_rows_are_what_the_mapper_reads_and_can_be_saved_again(event, cast):
    row, workspace, seven = first(
        READ + "WHERE a.id = %(id)s", {"joined": True, "id": event.pk}, AuditEvent, Workspace
    )
    assert (row, row.data, row.at, workspace, seven) == (event, event.data, event.at, cast.workspace, 7)
    workspace.name = "Another"
    workspace.save()
    assert Workspace.objects.get().name == "Another"


def test_what_an_outer_join_lacks_is_none_and_so_is_no_row(event):
    said = {"joined": False, "id": event.pk}
    assert first(READ + "WHERE a.id = %(id)s", said, AuditEvent, Workspace)[1:] == [None, 7]
    assert first(READ + "WHERE a.id = %(id)s", {**said, "id": 0}, AuditEvent, Workspace) is None


def test_the_databases_own_rules_hold_for_inserted_rows(cast, now):
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Workspace(slug=cast.workspace.slug, name="Twice", created_at=now))


def test_a_statement_sent_often_is_kept_prepared(event):
    with CaptureQueriesContext(connection) as captured:
        for _ in range(5):
            first(READ + "WHERE a.id = %(id)s", {"joined": True, "id": event.pk}, AuditEvent, Workspace)
    assert all("common_auditevent" in one["sql"] for one in captured)
    with cursor() as sent:
        sent.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%common_auditevent%%'", []
        )
        assert sent.fetchone()[0] == 1


def test_what_is_sent_is_counted_and_its_errors_are_djangos(event, django_assert_num_queries):
    with django_assert_num_queries(1):
        first(READ + "WHERE a.id = %(id)s", {"joined": True, "id": event.pk}, AuditEvent, Workspace)
    with pytest.raises(ProgrammingError), transaction.atomic():
        first("SELECT nothing FROM nowhere WHERE %(id)s = 1", {"id": 1})
