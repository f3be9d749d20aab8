"""Reading an import's files into the staging table, a chunk a transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice

from django.db import connection, transaction

from corpus.actions.requests import ImportRequest, Tally
from corpus.formats import RowError, open_rows
from corpus.item_types import (
    FieldError,
    ItemType,
    Parsed,
    RefusedRowError,
    by_name,
    canonical_json,
    digest_of,
)
from corpus.models import Import
from corpus.votes import VotesError, parse_votes

CHUNK_ROWS = 1000
# What a row that does not say its place in the subject is staged with.
NO_POSITION = -1

_COPY = """
COPY corpus_stagedrow (imported_by_id, number, file, line, external_id, fields, attributes, sha256,
                       subject, subject_category, split, position, votes) FROM STDIN
"""

StagedValues = tuple[object, ...]


def stage(request: ImportRequest, import_row: Import, tally: Tally) -> None:
    """This function will check every row of the request's files and keep the sound ones in staging.

    Each chunk is a transaction of its own. Raises `FileError` where a file cannot be read on.
    """
    rows = _sound_rows(request, import_row.pk, tally)
    while chunk := list(islice(rows, CHUNK_ROWS)):
        with transaction.atomic(), connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for row in chunk:
                copy.write_row(row)
        tally.watch.on_read(tally.counts["read"])


def _sound_rows(request: ImportRequest, import_id: int, tally: Tally) -> Iterator[StagedValues]:
    item_type = by_name(request.item_type)
    for index, (path, name) in enumerate(zip(request.files, request.labels, strict=True)):
        for row in open_rows(path, name):
            tally.counts["read"] += 1
            if isinstance(row, RowError):
                tally.refuse([row])
                continue
            try:
                parsed = _parsed(request, item_type, row.values)
                votes = _votes(request, row.values)
            except RefusedRowError as error:
                faults = error.errors
                tally.refuse([RowError(row.file, row.line, fault.field, fault.message) for fault in faults])
                continue
            tally.warnings.update({found.code for found in item_type.warnings(parsed.fields)})
            place = (import_id, tally.counts["read"], index, row.line)
            yield (*place, *_staged_texts(request, parsed), votes)


def _parsed(request: ImportRequest, item_type: ItemType, values: dict[str, object]) -> Parsed:
    is_translation = request.kind == Import.Kind.TRANSLATIONS
    parsed = item_type.parse(values, request.mapping, translation=is_translation)
    said = parsed.columns.split
    if not is_translation and not (said or request.split):
        message = "is not said: neither a column nor an id <subject>/<split>/<N> names it; give --split"
        raise RefusedRowError([FieldError("split", message)])
    if said and request.split and said != request.split:
        raise RefusedRowError([FieldError("split", f"is {said!r}, and --split says {request.split!r}")])
    return parsed


def _votes(request: ImportRequest, values: dict[str, object]) -> str | None:
    if request.kind != Import.Kind.ANNOTATIONS:
        return None
    try:
        return json.dumps(asdict(parse_votes(values)), ensure_ascii=False)
    except VotesError as error:
        raise RefusedRowError([FieldError(error.field, error.message)]) from error


def _staged_texts(request: ImportRequest, parsed: Parsed) -> StagedValues:
    columns = parsed.columns
    # The answer of a translation is its source's: it is compared with it and not kept a second time.
    fields, attributes = canonical_json(parsed.fields), canonical_json(parsed.attributes)
    kept = "{}" if request.kind == Import.Kind.TRANSLATIONS else attributes
    return (
        parsed.external_id,
        fields,
        attributes,
        digest_of(fields, kept),
        columns.subject,
        columns.subject_category,
        columns.split or request.split,
        NO_POSITION if columns.position is None else columns.position,
    )
