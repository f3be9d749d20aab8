"""Knows a file by its first bytes, so that one of another kind is refused as a whole, with what to do."""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path

from corpus.formats.base import FileError

READ = ".jsonl, .ndjson, .csv, .tsv (each also with .gz), .parquet"

GZIP = b"\x1f\x8b"
PARQUET = b"PAR1"
BOM = b"\xef\xbb\xbf"
_HEAD = 512
_ZIP_END = b"PK\x05\x06"
# The end of a ZIP archive stands within its longest comment of the file's last byte.
_ZIP_TAIL = 65_557

_AS_CSV = "open it in the program that made it and save the sheet as CSV in UTF-8"
_UNPACK = "unpack it, and import the .jsonl, .csv, .tsv or .parquet files inside"
_OTHER = f"import the table itself; these are read: {READ}"
_SAFE = "write the rows as JSONL: a pickle can run code when it is opened, and is never read"
_GZIP_INSTEAD = "unpack it, or compress it with gzip"

_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive (or a spreadsheet: .xlsx, .ods)", f"{_AS_CSV}, or {_UNPACK}"),
    (_ZIP_END, "an empty ZIP archive", _UNPACK),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file", _AS_CSV),
    (b"\x80", "a Python pickle", _SAFE),
    (b"SQLite format 3", "a SQLite database", "write its table as CSV or JSONL"),
    (b"ARROW1", "an Arrow file", "write it as Parquet"),
    (b"FEA1", "a Feather file", "write it as Parquet"),
    (b"Obj\x01", "an Avro file", "write it as Parquet or JSONL"),
    (b"\x89HDF", "an HDF5 file", "write its table as Parquet"),
    (b"\x93NUMPY", "a NumPy file", "write its table as Parquet"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed", _GZIP_INSTEAD),
    (b"BZh", "bzip2-compressed", _GZIP_INSTEAD),
    (b"\xfd7zXZ", "xz-compressed", _GZIP_INSTEAD),
    (b"\x04\x22\x4d\x18", "lz4-compressed", _GZIP_INSTEAD),
    (b"7z\xbc\xaf", "a 7z archive", _UNPACK),
    (b"Rar!\x1a", "a RAR archive", _UNPACK),
    (b"!<arch>", "an ar archive", _UNPACK),
    (b"\x89PNG", "a PNG image", _OTHER),
    (b"\xff\xd8\xff", "a JPEG image", _OTHER),
    (b"GIF8", "a GIF image", _OTHER),
    (b"RIFF", "an image or a sound (RIFF)", _OTHER),
    (b"%PDF", "a PDF", _OTHER),
    (b"%!PS", "a PostScript file", _OTHER),
    (b"{\\rtf", "an RTF document", _OTHER),
    (b"\x7fELF", "a program (ELF)", _OTHER),
    (b"MZ\x90", "a program (EXE)", _OTHER),
    (b"\xca\xfe\xba\xbe", "a program (class or Mach-O)", _OTHER),
    (b"#!", "a script", _OTHER),
    (b"<", "HTML or XML", "save the table itself as CSV or JSONL, not the page that shows it"),
)


def check(path: Path, name: str, suffix: str, *, gzipped: bool) -> None:
    """This function will raise `FileError` unless the file begins, and does not end against, as its name says."""
    try:
        head, tail = _head(path, gzipped), _tail(path)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise broken_gzip(name, error) from error
    except OSError as error:
        raise FileError(name, f"cannot be opened: {error.strerror}", cure="check its name") from error
    if gzipped and not tail[1]:
        raise FileError(name, "is named .gz and is not gzip", cure="rename it or compress it")
    if (kind := _kind(head, suffix, gzipped=gzipped, tail=tail[0])) is not None:
        raise FileError(name, f"is {kind[0]}", cure=kind[1])


def broken_gzip(name: str, error: Exception, line: int | None = None) -> FileError:
    """This function will return the error of a gzip stream that cannot be read on."""
    told = f"the gzip stream is broken or cut off ({error})"
    return FileError(name, told, line, cure="fetch or compress the file again")


def _head(path: Path, gzipped: bool) -> bytes:
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not gzipped or not head.startswith(GZIP):
        return head
    with gzip.open(path, "rb") as inflated:
        return inflated.read(_HEAD)


def _tail(path: Path) -> tuple[bytes, bool]:
    """Return the last bytes, and whether the file is gzip."""
    with path.open("rb") as stream:
        is_gzip = stream.read(2) == GZIP
        stream.seek(0, os.SEEK_END)
        stream.seek(max(0, stream.tell() - _ZIP_TAIL))
        return stream.read(), is_gzip


def _kind(head: bytes, suffix: str, *, gzipped: bool, tail: bytes) -> tuple[str, str] | None:
    """Return what a file is that is not what its name says, and the cure."""
    if head.startswith(GZIP):
        cure = "unpack it once more" if gzipped else "let its name end in .gz"
        return ("compressed twice" if gzipped else "gzip"), cure
    if head.startswith(PARQUET) != (suffix == ".parquet"):
        what = "not Parquet" if suffix == ".parquet" else "Parquet"
        return f"{what}, against its name", f"rename it; these are read: {READ}"
    if suffix == ".parquet":
        return None
    return _foreign(head.removeprefix(BOM), tail)


def _foreign(head: bytes, tail: bytes) -> tuple[str, str] | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head[:4]:
        return "UTF-16 or UTF-32 text, or no text", "save it as UTF-8"
    for magic, kind, cure in _FOREIGN:
        if head.lstrip().startswith(magic):
            return kind, cure
    if head[257:262] == b"ustar":
        return "a tar archive", _UNPACK
    if _ZIP_END in tail:
        return "a ZIP archive with something else before it", _UNPACK
    return None
