"""Run by `corpus.formats.parquet` as a script: reads a Parquet file within bounds, writes an Arrow stream.

Ends with 3 and two lines (what is wrong, what cures it) on stderr for a file it refuses; a file that breaks it
kills this process and no other. Imports nothing of the project, so that it starts quickly.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

BATCH_ROWS = 256
# What is written at once, so that the other side need not hold more.
BATCH_BYTES = 8 * 1024 * 1024
BUFFER_BYTES = 1024 * 1024
AGAIN = "write it again with smaller row groups, or as JSONL"


class RefusedError(Exception):
    """What is wrong with the file, and what cures it."""


def main() -> int:
    """Read the file that the arguments name, within the bounds that they give."""
    path, (memory, seconds, footer, fields, rows, record, freely, inflation) = (
        Path(sys.argv[1]), map(int, sys.argv[2:])
    )  # fmt: skip
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        check_footer(path, footer)
        with pq.ParquetFile(
            # pre_buffer would hold a whole row group's bytes, and one row group may be the whole file
            path, pre_buffer=False, buffer_size=BUFFER_BYTES,
            thrift_string_size_limit=footer, thrift_container_size_limit=1_000_000,
        ) as file:  # fmt: skip
            check_shape(file, fields, rows)
            most = max(freely, inflation * path.stat().st_size)
            write(file, seconds, record, most)
    except RefusedError as refusal:
        told, cure = refusal.args
    except MemoryError:
        told, cure = f"a page or row group takes more than {memory:,} bytes to read", AGAIN
    except (pa.ArrowException, OSError) as error:
        told, cure = (
            f"the Parquet file is broken or cut off ({str(error)[:300]!r})",
            "fetch or write it again",
        )
    else:
        return 0
    sys.stderr.write(f"{told}\n{cure}\n")
    return 3


def check_footer(path: Path, most: int) -> None:
    """Refuse a footer longer than `most` before anything parses it."""
    with path.open("rb") as stream:
        stream.seek(-8, 2)
        end = stream.read(8)
    length = int.from_bytes(end[:4], "little")
    if end[4:] == b"PAR1" and length > most:
        raise RefusedError(
            f"its footer is {length:,} bytes long", f"{most:,} are the most; write fewer columns"
        )


def check_shape(file: pq.ParquetFile, fields: int, rows: int) -> None:
    """Refuse too many columns or rows."""
    # Columns inside columns count too.
    columns = file.metadata.num_columns
    if columns > fields:
        raise RefusedError(f"has {columns} columns", f"{fields} are the most")
    if not 0 <= file.metadata.num_rows <= rows:
        told = f"says that it has {file.metadata.num_rows:,} rows"
        raise RefusedError(told, f"{rows:,} are the most; split it")


def write(file: pq.ParquetFile, seconds: int, record: int, most: int) -> None:
    """Write the rows, in batches of bounded size, each within its seconds."""
    total = 0
    schema = pa.schema([plain(field) for field in file.schema_arrow])
    with pa.ipc.new_stream(sys.stdout.buffer, schema) as sink:
        for coded in timed(file.iter_batches(batch_size=BATCH_ROWS, use_threads=False), seconds):
            batch = decoded(coded, schema)
            total += batch.nbytes
            if total > most:
                told = "swells out of all proportion to its size, as no table of texts does"
                raise RefusedError(told, "write it as JSONL if it is what it should be")
            for part in parts(batch):
                if part.num_rows == 1 and part.nbytes > record:
                    told = f"holds a row of {part.nbytes:,} bytes"
                    raise RefusedError(told, f"{record:,} are the most; shorten its texts")
                sink.write_batch(part)


def plain(field: Any) -> Any:
    """Give a field the type of its values where it is a dictionary: only so their sizes are known."""
    if pa.types.is_dictionary(field.type):
        return pa.field(field.name, field.type.value_type)
    if "dictionary<" in str(field.type):
        raise RefusedError(f"the column {field.name[:200]!r} holds a dictionary inside a list", AGAIN)
    return field


def decoded(batch: Any, schema: Any) -> Any:
    """Write the values of dictionaries out."""
    columns = [
        column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def timed(batches: Iterator[Any], seconds: int) -> Iterator[Any]:
    """Let no batch take more than `seconds` of the processor: the kernel ends this process then."""
    while True:
        limit = int(time.process_time()) + seconds + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        try:
            batch = next(batches)
        except StopIteration:
            return
        yield batch


def parts(batch: Any) -> Iterator[Any]:
    """Cut a batch so that each part is small; a single row stays whole."""
    if batch.num_rows > 1 and batch.nbytes > BATCH_BYTES:
        half = batch.num_rows // 2
        yield from parts(batch.slice(0, half))
        yield from parts(batch.slice(half))
    else:
        yield batch


if __name__ == "__main__":
    sys.exit(main())
