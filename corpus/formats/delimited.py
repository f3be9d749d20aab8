"""CSV and TSV: UTF-8, a header line, cells quoted with `"` where they need it (TSV too)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from corpus.formats.base import MAX_RECORD_BYTES, FileError, RawRow, RowError, Rows, checked
from corpus.formats.lines import numbered_lines

_UNDECODED = re.compile("[\udc80-\udcff]")


def read(path: Path, *, gzipped: bool, delimiter: str) -> Rows:
    """This function will yield a row or an error for every record; all cells are text, never null.

    Raises `FileError` when there is no usable header, or a quoted cell swallows `MAX_RECORD_BYTES`.
    """
    csv.field_size_limit(MAX_RECORD_BYTES)
    # strict: a stray quote is an error to name, not a byte to drop
    reader = csv.reader(_decoded(path, gzipped), delimiter=delimiter, strict=True)
    header = _header(path, reader)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _broken(path, line, reader.line_num, error)
            continue
        if cells:
            yield _row(path, line, header, cells)


def _decoded(path: Path, gzipped: bool) -> Iterator[str]:
    for number, line in numbered_lines(path, gzipped=gzipped):
        if line is None:
            raise FileError(str(path), f"is longer than {MAX_RECORD_BYTES} bytes", number)
        # Bytes that are no UTF-8 come through as U+DC80…U+DCFF, which strict UTF-8 never gives: the
        # record that holds them is refused, and the rest of the file is still read.
        yield line.decode("utf-8", "surrogateescape")


def _header(path: Path, reader: Iterator[list[str]]) -> list[str]:
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise FileError(str(path), f"the header line cannot be read: {error}", 1) from error
    if not header:
        raise FileError(str(path), "is empty; the first line must name the columns", 1)
    for name in header:
        if not name or header.count(name) > 1 or not name.isprintable():
            raise FileError(
                str(path), f"the header names the column {name!r} badly: each needs one name of its own", 1
            )
    return header


def _broken(path: Path, line: int, last: int, error: csv.Error) -> RowError:
    if "unexpected end of data" in str(error):
        message = f'a quoted cell that opens here is never closed (read to line {last}); close it with "'
        return RowError(str(path), line, None, message)
    if "field larger than field limit" in str(error):
        message = f'a quoted cell that opens here runs over {MAX_RECORD_BYTES} characters; close it with "'
        raise FileError(str(path), message, line) from error
    return RowError(str(path), line, None, f"cannot be read: {error}")


def _row(path: Path, line: int, header: list[str], cells: list[str]) -> RawRow | RowError:
    if len(cells) != len(header):
        message = f"has {len(cells)} cells where the header names {len(header)} columns"
        return RowError(str(path), line, None, message)
    for name, cell in zip(header, cells, strict=True):
        if _UNDECODED.search(cell):
            return RowError(str(path), line, name, "is not UTF-8; save the file as UTF-8")
    return checked(str(path), line, dict(zip(header, cells, strict=True)))
