"""The formats the corpus is read from: JSONL, CSV, TSV, gzipped or not, and Parquet.

A format is known by its name's ending and checked against the first bytes. No other is read; above
all nothing that can run code when it is opened, such as a pickle. Bounds stand in `corpus.bounds`.
"""

from __future__ import annotations

from pathlib import Path

from corpus.bounds import MOST_ROWS
from corpus.formats import delimited, jsonl, magic, parquet
from corpus.formats.base import FileError, RawRow, RowError, Rows
from corpus.formats.magic import READ

__all__ = ["READ", "FileError", "RawRow", "RowError", "Rows", "kind_of", "open_rows"]

_TEXT = (".jsonl", ".ndjson", ".csv", ".tsv")


def kind_of(name: str) -> tuple[str, bool]:
    """This function will return the ending of a file's name and whether `.gz` follows it.

    Raises `FileError` for a kind that is not read.
    """
    lower = name.lower()
    gzipped = lower.endswith(".gz")
    suffix = Path(lower.removesuffix(".gz")).suffix
    if suffix in _TEXT or (suffix == ".parquet" and not gzipped):
        return suffix, gzipped
    if suffix in (".xlsx", ".xls", ".ods"):
        cure = "save the sheet as CSV in UTF-8"
    else:
        cure = f"these are: {READ}"
    raise FileError(name, f"is of a kind that is not read ({suffix or 'no ending'})", cure=cure)


def open_rows(path: str | Path, name: str | None = None) -> Rows:
    """This function will yield the file's records in order, holding no more than one batch in memory.

    A record that cannot be read comes as a `RowError`, and reading goes on. Raises `FileError` at the
    first step when the file is missing or of another format, and later where it cannot be read on.
    `name` is what the file is called in errors; left out, its path.
    """
    path = Path(path)
    name = str(path) if name is None else name
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    magic.check(path, name, suffix, gzipped=path.name.lower().endswith(".gz"))
    for number, row in enumerate(_rows(path, name), start=1):
        if number > MOST_ROWS:
            raise FileError(
                name, f"has more than {MOST_ROWS:,} rows", row.line, cure="split it into several files"
            )
        yield row


def _rows(path: Path, name: str) -> Rows:
    try:
        suffix, gzipped = kind_of(path.name)
    except FileError as error:
        raise FileError(name, error.message, cure=error.cure) from error
    match suffix:
        case ".csv":
            return delimited.read(path, name, gzipped=gzipped, delimiter=",")
        case ".tsv":
            return delimited.read(path, name, gzipped=gzipped, delimiter="\t")
        case ".parquet":
            return parquet.read(path, name)
        case _:
            return jsonl.read(path, name, gzipped=gzipped)
