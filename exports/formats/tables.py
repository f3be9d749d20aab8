"""Writers of one table each: Parquet and JSONL, which are exact, and CSV, whose cells are defused.

Each takes one batch of rows at a time, so memory does not grow with the release, and several can be fed from one
pass over the rows. The same rows give the same bytes: settings are fixed here and nothing tells the time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from exports.formats.batches import BATCH
from exports.formats.lines import csv_head, csv_lines, json_lines


class TableWriter(Protocol):
    """A file being written; ``memory`` is how many bytes its rows take as Arrow, 0 where a writer does not know."""

    memory: int

    def __enter__(self) -> "TableWriter":
        """This function will open the file."""

    def write(self, batch: pa.Table) -> None:
        """This function will write a batch."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """This function will close the file."""


class ParquetWriter:
    """Rows as Parquet: zstd, format 2.6, row groups of 1,000 rows."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.memory = 0
        self._file = pq.ParquetWriter(
            path,
            schema,
            version="2.6",
            compression="zstd",
            compression_level=9,
            use_dictionary=True,
            write_statistics=True,
            data_page_version="1.0",
            store_schema=True,
        )

    def __enter__(self) -> "ParquetWriter":
        """This function will return the writer."""
        return self

    def write(self, batch: pa.Table) -> None:
        """This function will write a batch as a row group."""
        self._file.write_table(batch, row_group_size=BATCH)
        self.memory += batch.nbytes

    def __exit__(self, *_error: Any) -> None:
        """This function will write the footer."""
        self._file.close()


class LineWriter:
    """Rows as lines of text."""

    memory = 0

    def __init__(self, path: Path, head: bytes, lines: Callable[[pa.Table], pa.Buffer]) -> None:
        self._file = path.open("wb")
        self._file.write(head)
        self._lines = lines

    def __enter__(self) -> "LineWriter":
        """This function will return the writer."""
        return self

    def write(self, batch: pa.Table) -> None:
        """This function will write a batch's lines."""
        self._file.write(self._lines(batch))

    def __exit__(self, *_error: Any) -> None:
        """This function will close the file."""
        self._file.close()


def jsonl_writer(path: Path, schema: pa.Schema) -> LineWriter:
    """This function will write one JSON object a line, UTF-8, ``\\n`` between lines, text unescaped."""
    return LineWriter(path, b"", json_lines)


def csv_writer(path: Path, schema: pa.Schema) -> LineWriter:
    """This function will write CSV for people: every cell quoted, lists as JSON, dangerous texts defused."""
    return LineWriter(path, csv_head(schema), csv_lines)


@dataclass(frozen=True, slots=True)
class Format:
    """A file format of a release: where its files lie and who writes them."""

    name: str
    pattern: str
    open: Callable[[Path, pa.Schema], TableWriter]

    def path(self, config: str, split: str) -> str:
        """This function will give a table's place in the release, with ``/`` between folders."""
        return self.pattern.format(config=config, split=split)


PARQUET = Format("parquet", "{config}/{split}-00000-of-00001.parquet", ParquetWriter)
FORMATS = {
    "parquet": PARQUET,
    "jsonl": Format("jsonl", "jsonl/{config}/{split}.jsonl", jsonl_writer),
    "csv": Format("csv", "csv/{config}/{split}.csv", csv_writer),
}
