"""Lines of bytes from a plain or gzipped file, one at a time, never more than one record in memory."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from corpus.formats.base import MAX_RECORD_BYTES, FileError

BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_CHUNK = 1024 * 1024


def numbered_lines(path: Path, *, gzipped: bool) -> Iterator[tuple[int, bytes | None]]:
    """This function will yield (1-based number, line with its line feed), split at b"\\n" alone.

    A line over `MAX_RECORD_BYTES` is read past and yielded as None. A UTF-8 byte order mark at the
    start is left out. Raises `FileError` when the file is UTF-16, or gzip that is broken or cut off.
    """
    number = 0
    try:
        with _opened(path, gzipped) as stream:
            while line := stream.readline(MAX_RECORD_BYTES + 1):
                number += 1
                if number == 1:
                    line = _without_bom(path, line)
                if len(line) > MAX_RECORD_BYTES:
                    _skip_rest(stream, line)
                    yield number, None
                else:
                    yield number, line
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        message = f"the gzip stream is broken or cut off ({error}); fetch or compress the file again"
        raise FileError(str(path), message, number) from error


def _opened(path: Path, gzipped: bool) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if gzipped else path.open("rb")


def _without_bom(path: Path, line: bytes) -> bytes:
    if line.startswith(_UTF_16):
        raise FileError(str(path), "the text is UTF-16; save it as UTF-8", 1)
    return line.removeprefix(BOM)


def _skip_rest(stream: BinaryIO, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = stream.readline(_CHUNK)
