"""The formats the corpus is read from: JSONL, CSV, TSV, gzipped or not, and Parquet.

A format is known by its name's ending and checked against the first bytes. No other is read; above
all nothing that can run code when it is opened, such as a pickle.
"""

from __future__ import annotations

from pathlib import Path

from corpus.formats import delimited, jsonl, parquet
from corpus.formats.base import FileError, RawRow, RowError, Rows

__all__ = ["READ", "FileError", "RawRow", "RowError", "Rows", "open_rows"]

READ = ".jsonl, .ndjson, .csv, .tsv (each also with .gz), .parquet"

_GZIP = b"\x1f\x8b"
_PARQUET = b"PAR1"
_FOREIGN = {
    b"PK\x03\x04": "a ZIP archive (or a spreadsheet)",
    b"\x80": "a Python pickle",
    b"SQLite": "a SQLite database",
    b"ARROW1": "an Arrow file",
    b"Obj\x01": "an Avro file",
    b"\x28\xb5\x2f\xfd": "zstd-compressed",
    b"BZh": "bzip2-compressed",
    b"\xfd7zXZ": "xz-compressed",
}


def open_rows(path: str | Path) -> Rows:
    """This function will yield the file's records in order, holding no more than one batch in memory.

    A record that cannot be read comes as a `RowError`, and reading goes on. Raises `FileError` at the
    first step when the file is missing or of another format, and later where it cannot be read on.
    """
    path = Path(path)
    name = path.name.lower()
    gzipped = name.endswith(".gz")
    suffix = Path(name.removesuffix(".gz")).suffix
    _check_magic(path, suffix, gzipped)
    match suffix:
        case ".jsonl" | ".ndjson":
            yield from jsonl.read(path, gzipped=gzipped)
        case ".csv":
            yield from delimited.read(path, gzipped=gzipped, delimiter=",")
        case ".tsv":
            yield from delimited.read(path, gzipped=gzipped, delimiter="\t")
        case ".parquet" if not gzipped:
            yield from parquet.read(path)
        case _:
            raise FileError(str(path), f"is of a kind that is not read; these are: {READ}")


def _check_magic(path: Path, suffix: str, gzipped: bool) -> None:
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
    except OSError as error:
        raise FileError(str(path), f"cannot be opened: {error.strerror}") from error
    if gzipped:
        if not head.startswith(_GZIP):
            raise FileError(str(path), "is named .gz and is not gzip; rename it or compress it")
        return
    if head.startswith(_GZIP):
        raise FileError(str(path), "is gzip; let its name end in .gz")
    if head.startswith(_PARQUET) != (suffix == ".parquet"):
        what = "is not Parquet" if suffix == ".parquet" else "is Parquet"
        raise FileError(str(path), f"{what}, against its name; rename it. Read are: {READ}")
    for magic, kind in _FOREIGN.items():
        if head.startswith(magic):
            raise FileError(str(path), f"is {kind}, which is not read; these are: {READ}")
