"""JSONL: one JSON object a line, UTF-8."""

from __future__ import annotations

import json
from pathlib import Path

from corpus.formats.base import MAX_RECORD_BYTES, RawRow, RowError, Rows, checked
from corpus.formats.lines import numbered_lines


class _NotARecordError(ValueError):
    """The JSON is well formed, or nearly, but is no record that can be kept as it stands."""


def read(path: Path, *, gzipped: bool) -> Rows:
    """This function will yield a row or an error for every line that is not blank."""
    for number, line in numbered_lines(path, gzipped=gzipped):
        if line is None:
            message = f"is longer than {MAX_RECORD_BYTES} bytes; one line holds one record"
            yield RowError(str(path), number, None, message)
        elif line.strip():
            yield _row(str(path), number, line)


def _row(file: str, number: int, line: bytes) -> RawRow | RowError:
    try:
        return checked(file, number, _record(line))
    except (ValueError, RecursionError) as error:
        return RowError(file, number, None, _explained(error))


def _record(line: bytes) -> dict[str, object]:
    value = _DECODER.decode(line.decode("utf-8"))
    if not isinstance(value, dict):
        raise _NotARecordError(
            f"is a JSON {type(value).__name__}, not an object; JSONL holds one {{…}} a line"
        )
    return value


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _NotARecordError(f"names {twice!r} twice in one object; keep one of them")
    return values


def _constant(name: str) -> object:
    raise _NotARecordError(f"holds {name}, which is no JSON; write null")


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant)


def _explained(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"is not UTF-8 at byte {error.start} of the line ({error.reason}); save the file as UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON: {error.msg} at column {error.colno}"
    if isinstance(error, RecursionError):
        return "is nested too deeply to be a record"
    return str(error)
