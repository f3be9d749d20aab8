"""Parquet, read in batches of rows by a process of its own.

A Parquet file is a program for its reader: sizes, counts and encodings are believed before they are seen. So
the reader has a bound of its own on memory and time, and when it dies the worker tells why and goes on.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from corpus import bounds
from corpus.formats.base import FileError, RawRow, RowError, Rows, checked, first_twice

_READER = Path(__file__).with_name("parquet_reader.py")
# What the reader ends with when it refuses the file in words.
_REFUSED = 3


def read(path: Path, name: str) -> Rows:
    """This function will yield a row or an error for every row; `line` is the 1-based row number.

    Raises `FileError` when the file is no Parquet, is cut off, names one column twice, or takes more to read
    than `corpus.bounds` allows.
    """
    number = 0
    with _reader(path, name) as stream:
        for batch in _batches(stream, name):
            yield from _records(name, number, batch)
            number += batch.num_rows


@contextmanager
def _reader(path: Path, name: str) -> Iterator[IO[bytes]]:
    """Run the reader, and turn its end into an error where it did not end well."""
    # One arena and the system's allocator: what is asked for is what the bound on memory counts.
    environment = {**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"}
    process = subprocess.Popen(  # noqa: S603 - our own script, by this interpreter
        [sys.executable, "-I", str(_READER), str(path.resolve()), *map(str, _limits())],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        yield process.stdout
        said = process.stderr.read(2000).decode("utf-8", "replace")
        code = process.wait()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()
    if code == _REFUSED:
        message, _, cure = said.partition("\n")
        raise FileError(name, message, cure=cure.strip())
    if code:
        # Killed by its bounds, or by a fault that the file provoked: the same to whoever sent it.
        told = "the Parquet file is broken or cut off, or takes too much memory or time to read"
        raise FileError(name, told, cure="write it again with smaller row groups, or as JSONL")


def _limits() -> tuple[int, ...]:
    return (
        bounds.PARQUET_MEMORY, bounds.PARQUET_SECONDS_PER_BATCH, bounds.LONGEST_FOOTER, bounds.MOST_FIELDS,
        bounds.MOST_ROWS, bounds.LONGEST_RECORD, bounds.INFLATED_FREELY, bounds.MOST_INFLATION,
    )  # fmt: skip


def _batches(stream: IO[bytes], name: str) -> Iterator[Any]:
    try:
        reader = pa.ipc.open_stream(stream)
    except (pa.ArrowException, OSError):
        # The reader ended before it wrote anything, and says why.
        return
    twice = first_twice(reader.schema.names)
    if twice is not None:
        raise FileError(name, f"names the column {twice!r} twice", cure="give each column its own name")
    try:
        yield from reader
    except (pa.ArrowException, OSError):
        return


def _records(name: str, before: int, batch: pa.RecordBatch) -> Iterator[RawRow | RowError]:
    try:
        records = batch.to_pylist()
    except (ValueError, OverflowError, pa.ArrowException):
        # one bad cell fails the whole batch: go cell by cell to find whose it is
        for index in range(batch.num_rows):
            yield _one_by_one(name, before + index + 1, batch.slice(index, 1))
        return
    for index, values in enumerate(records, start=before + 1):
        yield checked(name, index, values)


def _one_by_one(name: str, number: int, row: pa.RecordBatch) -> RawRow | RowError:
    values: dict[str, object] = {}
    for column, cells in zip(row.schema.names, row.columns, strict=True):
        try:
            values[column] = cells[0].as_py()
        except UnicodeDecodeError as error:
            told = f"is not UTF-8 at byte {error.start} ({error.reason})"
            return RowError(name, number, column, told, "write it as UTF-8")
        except (ValueError, OverflowError, pa.ArrowException) as error:
            return RowError(name, number, column, f"cannot be read: {error!s:.200}", "write it as text")
    return checked(name, number, values)
