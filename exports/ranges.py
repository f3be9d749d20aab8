"""Which bytes of a file a request wants: RFC 9110, one range, strong comparison."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

ONE_RANGE = re.compile(r"bytes[ \t]*=[ \t]*(\d*)[ \t]*-[ \t]*(\d*)[ \t]*", re.ASCII | re.IGNORECASE)
MOST_DIGITS = 18
BLOCK = 256 * 1024


class UnsatisfiableRangeError(ValueError):
    """A range that begins behind the end of the file."""


def wanted_range(header: str, size: int) -> tuple[int, int] | None:
    """This function will return the half-open range of bytes that a `Range` header names, None for all of them.

    A header that is malformed, in another unit or names several ranges is passed over, as section 14.2 allows.
    Raises UnsatisfiableRangeError.
    """
    found = ONE_RANGE.fullmatch(header)
    if found is None or not any(found.groups()) or max(map(len, found.groups())) > MOST_DIGITS:
        return None
    first, last = found.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), size if not last else min(int(last) + 1, size)
        if last and int(last) < start:
            return None
    if start >= end:
        raise UnsatisfiableRangeError(header)
    return start, end


def names_tag(header: str, tag: str, *, weakly: bool) -> bool:
    """This function will say whether a list of entity tags names `tag`, which is strong; `*` names every tag."""
    listed = [one.strip() for one in header.split(",")]
    bare = [one.removeprefix("W/") if weakly else one for one in listed]
    return "*" in bare or tag in bare


class Part:
    """Bytes of an open file, a block at a time; closes the file at its end."""

    def __init__(self, stream: BinaryIO, start: int, end: int) -> None:
        self._stream, self._start, self._left = stream, start, end - start

    def __iter__(self) -> Iterator[bytes]:
        self._stream.seek(self._start)
        while self._left > 0 and (block := self._stream.read(min(BLOCK, self._left))):
            self._left -= len(block)
            yield block

    def close(self) -> None:
        """This function will close the file."""
        self._stream.close()
