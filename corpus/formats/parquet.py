"""Parquet, read in batches of rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.formats.base import FileError, RawRow, RowError, Rows, checked

_BATCH_ROWS = 256
_BUFFER_BYTES = 1024 * 1024


def read(path: Path) -> Rows:
    """This function will yield a row or an error for every row; `line` is the 1-based row number.

    Raises `FileError` when the file is no Parquet, is cut off, or names one column twice.
    """
    number = 0
    for batch in _batches(path):
        yield from _records(path, number, batch)
        number += batch.num_rows


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    try:
        # pre_buffer would hold a whole row group's bytes, and one row group may be the whole file
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=_BUFFER_BYTES) as file:
            names = file.schema_arrow.names
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice is not None:
                raise FileError(str(path), f"names the column {twice!r} twice")
            yield from file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False)
    except (pa.ArrowException, OSError) as error:
        message = f"the Parquet file is broken or cut off ({error}); fetch it again"
        raise FileError(str(path), message) from error


def _records(path: Path, before: int, batch: pa.RecordBatch) -> Iterator[RawRow | RowError]:
    try:
        records = batch.to_pylist()
    except UnicodeDecodeError:
        # one bad cell fails the whole batch: go cell by cell to find whose it is
        for index in range(batch.num_rows):
            yield _one_by_one(path, before + index + 1, batch.slice(index, 1))
        return
    for index, values in enumerate(records, start=before + 1):
        yield checked(str(path), index, values)


def _one_by_one(path: Path, number: int, row: pa.RecordBatch) -> RawRow | RowError:
    values: dict[str, object] = {}
    for name, column in zip(row.schema.names, row.columns, strict=True):
        try:
            values[name] = column[0].as_py()
        except UnicodeDecodeError as error:
            message = f"is not UTF-8 at byte {error.start} ({error.reason}); write it as UTF-8"
            return RowError(str(path), number, name, message)
    return checked(str(path), number, values)
