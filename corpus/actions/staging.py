"""Reading an import's files into the staging table, a chunk a transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice

from django.db import connection, transaction

from corpus.actions.requests import ImportRequest, Tally
from corpus.bounds import CHUNK_CHARACTERS, CHUNK_ROWS, MOST_REFUSED, REFUSED_AT_START
from corpus.formats import FileError, RowError, open_rows
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

# What a row that does not say its place in the subject is staged with.
NO_POSITION = -1

_COPY = """
COPY corpus_stagedrow (imported_by_id, number, file, line, external_id, fields, attributes, sha256,
                       subject, subject_category, split, position, votes) FROM STDIN
"""

StagedValues = tuple[object, ...]
_FIELDS = 5


def stage(request: ImportRequest, import_row: Import, tally: Tally) -> None:
    """This function will check every row of the request's files and keep the sound ones in staging.

    Each chunk is a transaction of its own. Raises `FileError` where a file cannot be read on.
    """
    rows = _sound_rows(request, import_row.pk, tally)
    while _stage_chunk(rows):
        tally.watch.on_read(tally.counts["read"])


@transaction.atomic
def _stage_chunk(rows: Iterator[StagedValues]) -> int:
    """Rows go in as they are read, so that the server works on the last while the next is checked; a transaction
    ends after many or long ones. Returns how many."""
    staged = held = 0
    fault: FileError | None = None
    with connection.cursor() as cursor:
        # A crash of the server empties the unlogged staging table anyhow: nothing is gained by waiting for the disk.
        cursor.execute("SET LOCAL synchronous_commit = off")
        with cursor.copy(_COPY) as copy:
            try:
                for row in islice(rows, CHUNK_ROWS):
                    copy.write_row(row)
                    staged += 1
                    held += len(str(row[_FIELDS]))
                    if held > CHUNK_CHARACTERS:
                        break
            except FileError as error:
                # Raised in here, it would be told to the server, whose log is not to hold what files say.
                fault = error
    if fault is not None:
        raise fault
    return staged


def _sound_rows(request: ImportRequest, import_id: int, tally: Tally) -> Iterator[StagedValues]:
    item_type = by_name(request.item_type)
    for index, (path, name) in enumerate(zip(request.files, request.labels, strict=True)):
        patience = _Patience(tally)
        for row in open_rows(path, name):
            tally.counts["read"] += 1
            if isinstance(row, RowError):
                patience.refuse([row])
                continue
            try:
                parsed = _parsed(request, item_type, row.values)
                votes = _votes(request, row.values)
            except RefusedRowError as error:
                patience.refuse(
                    [RowError(row.file, row.line, one.field, one.message, one.cure) for one in error.errors]
                )
                continue
            patience.sound = True
            tally.warnings.update({found.code for found in item_type.warnings(parsed.fields)})
            place = (import_id, tally.counts["read"], index, row.line)
            yield (*place, *_staged_texts(request, parsed), votes)


class _Patience:
    """Gives a file up that is something else than it says: all of its beginning is refused, or very much of it."""

    def __init__(self, tally: Tally) -> None:
        self.tally, self.refused, self.sound = tally, 0, False
        self.first: RowError | None = None

    def refuse(self, faults: list[RowError]) -> None:
        self.tally.refuse(faults)
        self.refused += 1
        self.first = self.first or faults[0]
        if not self.sound and self.refused >= REFUSED_AT_START:
            told = f"the first {REFUSED_AT_START:,} rows are all refused"
        elif self.refused >= MOST_REFUSED:
            told = f"more than {MOST_REFUSED:,} rows are refused"
        else:
            return
        first = f"line {self.first.line}: {self.first.field or 'row'}: {self.first.message}"
        file, line = faults[0].file, faults[0].line
        raise FileError(file, f"{told}, the first of them {first}", line, cure=self.first.cure)


def _parsed(request: ImportRequest, item_type: ItemType, values: dict[str, object]) -> Parsed:
    is_translation = request.kind == Import.Kind.TRANSLATIONS
    parsed = item_type.parse(values, request.mapping, translation=is_translation)
    said = parsed.columns.split
    if not is_translation and not (said or request.split):
        message = "is not said: neither a column nor an id <subject>/<split>/<N> names it"
        raise RefusedRowError([FieldError("split", message, "give --split")])
    if said and request.split and said != request.split:
        message = f"is {said!r}, and --split says {request.split!r}"
        raise RefusedRowError([FieldError("split", message, "leave it out")])
    return parsed


def _votes(request: ImportRequest, values: dict[str, object]) -> str | None:
    if request.kind != Import.Kind.ANNOTATIONS:
        return None
    try:
        return json.dumps(asdict(parse_votes(values)), ensure_ascii=False)
    except VotesError as error:
        cure = "write the votes as they were published, or import the rows as items"
        raise RefusedRowError([FieldError(error.field, error.message, cure)]) from error


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
