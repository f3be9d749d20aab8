"""Models read from and written by statements of our own, which a connection keeps prepared.

For the few paths that work takes a thousand times an hour: there Django's mapper needs more processor time to write
such a statement than the database to run it, and the database more to plan than to run it (docs/decisions/0013).
Everywhere else the mapper is right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, Model

M = TypeVar("M", bound=Model)
Values = Mapping[str, Any] | Sequence[Any]


class _Cursor(psycopg.Cursor[Any]):
    """Of prepared statements too it knows the text, for Django's log."""

    def _send_query_prepared(self, name: bytes, pgq: Any, **options: Any) -> None:
        self._query = pgq
        super()._send_query_prepared(name, pgq, **options)


def cursor() -> CursorWrapper:
    """This function will return a cursor that binds values on the server, so that its statements can be kept
    prepared; Django's binds them in the text.

    A value that stands in two places of different types needs a cast, and a list is one value: `= ANY(%s)`.
    """
    connection.ensure_connection()
    # Django takes this choice for all statements of a project or for none; for all, a list of ids has a limit.
    wrapped: CursorWrapper = connection._prepare_cursor(_Cursor(connection.connection))  # type: ignore[attr-defined]
    return wrapped


def columns(model: type[Model], alias: str) -> str:
    """This function will return all columns of a model's table for a SELECT, in the order that `first` reads them."""
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


def first(statement: str, values: Values, *models: type[Model]) -> list[Any] | None:
    """This function will return the first row of a statement: an instance of each of `models`, then the columns
    that follow as they come; None without a row.

    The columns of the models come first, written by `columns`. An instance is None where its key is: an outer
    join found nothing.
    """
    with cursor() as sent:
        sent.execute(statement, values)
        row = sent.fetchone()
    if row is None:
        return None
    found: list[Any] = []
    start = 0
    for model in models:
        names, loaders = _shape(model)
        end = start + len(names)
        found.append(_instance(model, names, loaders, row[start:end]))
        start = end
    return [*found, *row[start:]]


def one(statement: str, values: Values, model: type[M]) -> M | None:
    """This function will return the first row of a statement as an instance of `model`; None without a row."""
    found = first(statement, values, model)
    return found[0] if found else None


def insert(row: Model) -> None:
    """This function will insert a new row and set its key. No signal is sent; a column that the database fills needs
    a value."""
    statement, fields = _insertion(type(row))
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    with cursor() as sent:
        sent.execute(statement, values)
        row.pk = sent.fetchone()[0]
    row._state.adding, row._state.db = False, "default"


Loaders = tuple[tuple[int, Any], ...]


@cache
def _shape(model: type[Model]) -> tuple[list[str], Loaders]:
    fields = model._meta.concrete_fields
    loaders = (
        (place, one) for place, field in enumerate(fields) for one in field.get_db_converters(connection)
    )
    return [field.attname for field in fields], tuple(loaders)


def _instance(model: type[Model], names: list[str], loaders: Loaders, values: Sequence[Any]) -> Model | None:
    read = list(values)
    for place, load in loaders:
        read[place] = load(read[place], None, connection)
    found = model.from_db("default", names, read)
    return None if found.pk is None else found


@cache
def _insertion(model: type[Model]) -> tuple[str, list[Field]]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(["%s"] * len(fields))
    table, key = model._meta.db_table, model._meta.pk.column
    return f'INSERT INTO "{table}" ({names}) VALUES ({values}) RETURNING "{key}"', fields  # noqa: S608 (names of ours)
