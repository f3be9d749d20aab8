"""Writers of one table each: Parquet and JSONL, which are exact, and CSV, whose cells are defused.

Each takes an iterable of rows and holds one batch of them at a time, so memory does not grow with the
release. The same rows give the same bytes: settings are fixed here and nothing tells the time.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from exports.formats.schema import Row, in_column_order

BATCH = 1000
"""Rows of a Parquet row group; a row group is what is held in memory."""

MARKER = "'"
"""Put before a CSV cell that a spreadsheet would run."""

RUNS_IN_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Count:
    """Rows written, and the bytes they take in memory (0 where a writer does not know)."""

    rows: int
    memory: int = 0


Writer = Callable[[Path, pa.Schema, Iterable[Row]], Count]


def write_parquet(path: Path, schema: pa.Schema, rows: Iterable[Row]) -> Count:
    """This function will write rows as Parquet: zstd, format 2.6, row groups of 1,000 rows."""
    written = memory = 0
    with pq.ParquetWriter(
        path,
        schema,
        version="2.6",
        compression="zstd",
        compression_level=9,
        use_dictionary=True,
        write_statistics=True,
        data_page_version="1.0",
        store_schema=True,
    ) as writer:
        for batch in _batches(schema, rows):
            table = pa.Table.from_pylist(batch, schema=schema)
            writer.write_table(table, row_group_size=BATCH)
            written, memory = written + table.num_rows, memory + table.nbytes
    return Count(written, memory)


def write_jsonl(path: Path, schema: pa.Schema, rows: Iterable[Row]) -> Count:
    """This function will write one JSON object a line, UTF-8, ``\\n`` between lines, text unescaped."""
    written = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        for batch in _batches(schema, rows):
            stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in batch)
            written += len(batch)
    return Count(written)


def write_csv(path: Path, schema: pa.Schema, rows: Iterable[Row]) -> Count:
    """This function will write CSV for people: every cell quoted, lists as JSON, dangerous cells defused."""
    written = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(schema.names)
        for batch in _batches(schema, rows):
            writer.writerows([defuse(_cell(value)) for value in row.values()] for row in batch)
            written += len(batch)
    return Count(written)


def defuse(cell: str) -> str:
    """This function will put ``'`` before a cell that starts as a formula does, or with ``'`` itself.

    Thereby taking one leading ``'`` off any cell (``exact``) gives the exact text back. The signs are
    those of OWASP's page on CSV injection: = + - @, tab, carriage return, line feed and the full-width
    forms.
    """
    return MARKER + cell if cell.startswith((MARKER, *RUNS_IN_A_SPREADSHEET)) else cell


def exact(cell: str) -> str:
    """This function will undo ``defuse``."""
    return cell.removeprefix(MARKER)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _batches(schema: pa.Schema, rows: Iterable[Row]) -> Iterator[list[dict[str, Any]]]:
    stream = iter(rows)
    while batch := list(islice(stream, BATCH)):
        yield [in_column_order(schema, row) for row in batch]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format of a release: where its files lie and who writes them."""

    name: str
    pattern: str
    write: Writer

    def path(self, config: str, split: str) -> str:
        """This function will give a table's place in the release, with ``/`` between folders."""
        return self.pattern.format(config=config, split=split)


PARQUET = Format("parquet", "{config}/{split}-00000-of-00001.parquet", write_parquet)
FORMATS = {
    "parquet": PARQUET,
    "jsonl": Format("jsonl", "jsonl/{config}/{split}.jsonl", write_jsonl),
    "csv": Format("csv", "csv/{config}/{split}.csv", write_csv),
}
