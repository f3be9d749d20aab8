"""CSV and TSV: UTF-8, a header line, cells quoted with `"` where they need it (TSV too)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from corpus.bounds import LONGEST_COLUMN, LONGEST_RECORD, MOST_FIELDS, MOST_LINES_OF_RECORD
from corpus.formats.base import FileError, RawRow, RowError, Rows, checked, first_twice
from corpus.formats.lines import numbered_lines

_UNDECODED = re.compile("[\udc80-\udcff]")


def read(path: Path, name: str, *, gzipped: bool, delimiter: str) -> Rows:
    """This function will yield a row or an error for every record; all cells are text, never null.

    Raises `FileError` when there is no usable header, or a quoted cell swallows `LONGEST_RECORD`.
    """
    csv.field_size_limit(LONGEST_RECORD)
    text = _Text(path, name, gzipped)
    # strict: a stray quote is an error to name, not a byte to drop
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    header = _header(name, reader)
    while True:
        line = text.begin_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _broken(name, line, reader.line_num, error)
            continue
        if cells:
            yield _row(name, line, header, cells)


class _Text:
    """The file's lines as text, for `csv.reader`; no record of it may be longer than `LONGEST_RECORD`."""

    def __init__(self, path: Path, name: str, gzipped: bool) -> None:
        self.lines = numbered_lines(path, name, gzipped=gzipped)
        self.name, self.number, self.begun, self.held = name, 0, 1, 0

    def begin_record(self) -> int:
        self.held, self.begun = 0, self.number + 1
        return self.begun

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.number, line = next(self.lines)
        if line is None:
            told = f"the line is longer than {LONGEST_RECORD} bytes"
            raise FileError(self.name, told, self.number, cure="shorten its cells, or check the delimiter")
        self.held += len(line)
        if self.held > LONGEST_RECORD or self.number - self.begun >= MOST_LINES_OF_RECORD:
            told = f"a quoted cell that opens here runs over {LONGEST_RECORD} bytes"
            told += f" or {MOST_LINES_OF_RECORD} lines"
            raise FileError(self.name, told, self.begun, cure='close it with "')
        # Bytes that are no UTF-8 come through as U+DC80…U+DCFF, which strict UTF-8 never gives: the
        # record that holds them is refused, and the rest of the file is still read.
        return line.decode("utf-8", "surrogateescape")


def _header(name: str, reader: Iterator[list[str]]) -> list[str]:
    try:
        header = next(reader, [])
    except csv.Error as error:
        cure = "write one name for each column, in quotes where it holds the delimiter"
        raise FileError(name, f"the header line cannot be read: {error}", 1, cure=cure) from error
    if not header:
        raise FileError(name, "is empty", 1, cure="the first line must name the columns")
    if len(header) > MOST_FIELDS:
        told = f"the header names {len(header)} columns"
        raise FileError(name, told, 1, cure=f"{MOST_FIELDS} are the most; check the delimiter")
    twice = first_twice(header)
    for column in header:
        if not column or column == twice or not column.isprintable() or len(column) > LONGEST_COLUMN:
            told = f"the header names the column {column[:LONGEST_COLUMN]!r} badly"
            cure = (
                f"each needs one name of its own, printable, in UTF-8, of at most {LONGEST_COLUMN} characters"
            )
            raise FileError(name, told, 1, cure=cure)
    return header


def _broken(name: str, line: int, last: int, error: csv.Error) -> RowError:
    if "unexpected end of data" in str(error):
        told = f"a quoted cell that opens here is never closed (read to line {last})"
        return RowError(name, line, None, told, 'close it with "')
    return RowError(name, line, None, f"cannot be read: {error}", 'write " inside a quoted cell as ""')


def _row(name: str, line: int, header: list[str], cells: list[str]) -> RawRow | RowError:
    if len(cells) != len(header):
        told = f"has {len(cells)} cells where the header names {len(header)} columns"
        return RowError(name, line, None, told, "put cells that hold the delimiter or a line feed in quotes")
    for column, cell in zip(header, cells, strict=True):
        if _UNDECODED.search(cell):
            return RowError(name, line, column, "is not UTF-8", "save the file as UTF-8")
    return checked(name, line, dict(zip(header, cells, strict=True)))
