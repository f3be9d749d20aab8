"""Lines of bytes from a plain or gzipped file, one at a time, never more than one record in memory."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from corpus.bounds import (
    INFLATED_FREELY,
    LONGEST_LINE,
    LONGEST_RECORD,
    MIB,
    MOST_BLANK_LINES,
    MOST_INFLATION,
    MOST_LINES,
)
from corpus.formats.base import FileError
from corpus.formats.magic import BOM, broken_gzip


def numbered_lines(path: Path, name: str, *, gzipped: bool) -> Iterator[tuple[int, bytes | None]]:
    """This function will yield (1-based number, line with its line feed), split at b"\\n" alone.

    A line over `LONGEST_RECORD` is read past and yielded as None. A UTF-8 byte order mark at the start is
    left out. Raises `FileError` when a line goes on over `LONGEST_LINE`, when there are too many of them,
    and for gzip that is broken, cut off or swells out of all proportion.
    """
    number = blank = 0
    try:
        with path.open("rb") as raw:
            stream = _Measured(name, raw, gzipped)
            while line := stream.readline(LONGEST_RECORD + 1, number):
                number += 1
                if number == 1:
                    line = line.removeprefix(BOM)
                if len(line) > LONGEST_RECORD:
                    _skip_rest(name, stream, line, number)
                    yield number, None
                else:
                    yield number, line
                blank = blank + 1 if line.isspace() else 0
                _check_lines(name, number, blank)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise broken_gzip(name, error, number) from error


def _check_lines(name: str, number: int, blank: int) -> None:
    if number >= MOST_LINES:
        cure = f"split the file into parts of {MOST_LINES:,} lines"
        raise FileError(name, f"has more than {MOST_LINES:,} lines", number, cure=cure)
    if blank >= MOST_BLANK_LINES:
        told = f"has {MOST_BLANK_LINES:,} lines in a row with nothing on them"
        raise FileError(name, told, number, cure="take them out")


class _Measured:
    """A stream that knows how much came out of how much."""

    def __init__(self, name: str, raw: BinaryIO, gzipped: bool) -> None:
        self.name, self.raw = name, raw
        self.stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw, mode="rb")) if gzipped else raw
        self.read = 0
        self.looked_at = INFLATED_FREELY if gzipped else None

    def readline(self, most: int, number: int) -> bytes:
        line = self.stream.readline(most)
        self.read += len(line)
        if self.looked_at is not None and self.read > self.looked_at:
            self._look(number)
        return line

    def _look(self, number: int) -> None:
        self.looked_at = self.read + MIB
        if self.read > MOST_INFLATION * self.raw.tell():
            told = (
                f"swells to more than {MOST_INFLATION} times its compressed size, as no table of texts does"
            )
            raise FileError(self.name, told, number, cure="send it unpacked if it is what it should be")


def _skip_rest(name: str, stream: _Measured, line: bytes, number: int) -> None:
    skipped = len(line)
    while line and not line.endswith(b"\n"):
        line = stream.readline(MIB, number)
        skipped += len(line)
        if skipped > LONGEST_LINE:
            told = f"the line is longer than {LONGEST_LINE:,} bytes"
            raise FileError(name, told, number, cure="write one record a line; this is no table of texts")
