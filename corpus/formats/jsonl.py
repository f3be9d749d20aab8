"""JSONL: one JSON object a line, UTF-8."""

from __future__ import annotations

import json
import re
from pathlib import Path

from corpus.bounds import LONGEST_PARSED, LONGEST_RECORD, LONGEST_TEXT, MOST_DIGITS, MOST_FIELDS, MOST_VALUES
from corpus.formats.base import FileError, RawRow, RowError, Rows, checked, first_twice, shown
from corpus.formats.lines import numbered_lines

# A name and the text it stands for. Possessive: a text that never ends is read once, not from every quote.
_TEXT = re.compile(rb'"((?:[^"\\]|\\.){0,200}+)"\s*+:\s*+"([^"\\]*+(?:\\.[^"\\]*+)*+)"')


class _NotARecordError(ValueError):
    """The JSON is well formed, or nearly, but is no record that can be kept as it stands."""

    def __init__(self, message: str, cure: str) -> None:
        super().__init__(message)
        self.cure = cure


def read(path: Path, name: str, *, gzipped: bool) -> Rows:
    """This function will yield a row or an error for every line that is not blank.

    Raises `FileError` when the first of them does not begin as an object does.
    """
    begun = False
    for number, line in numbered_lines(path, name, gzipped=gzipped):
        if line is None:
            yield _too_long(name, number, LONGEST_RECORD)
        elif line.strip():
            if not begun:
                _check_beginning(name, number, line)
            yield _row(name, number, line)
        begun = begun or line is None or bool(line.strip())


def _check_beginning(name: str, number: int, line: bytes) -> None:
    start = line.lstrip()[:1]
    if start == b"{":
        return
    cure = "write one JSON object a line, in UTF-8"
    if start == b"[":
        raise FileError(name, "begins with a JSON list, not an object; JSONL is no list", number, cure=cure)
    raise FileError(name, f"is no JSONL: it begins with {line.lstrip()[:12]!r}", number, cure=cure)


def _row(file: str, number: int, line: bytes) -> RawRow | RowError:
    if len(line) > LONGEST_PARSED:
        return _long(file, number, line)
    try:
        return checked(file, number, _record(line))
    except (ValueError, RecursionError) as error:
        return RowError(file, number, None, *_explained(error))


def _long(file: str, number: int, line: bytes) -> RowError:
    """Name the text that makes the record long, without parsing it."""
    for found in _TEXT.finditer(line):
        if len(found[2]) > LONGEST_TEXT:
            field = shown(found[1].decode("utf-8", "replace"))
            told, cure = f"has {len(found[2])} bytes", f"{LONGEST_TEXT} characters are the most; shorten it"
            return RowError(file, number, field, told, cure)
    return _too_long(file, number, LONGEST_PARSED)


def _too_long(file: str, number: int, most: int) -> RowError:
    return RowError(file, number, None, f"is longer than {most} bytes", "one line holds one record")


def _record(line: bytes) -> dict[str, object]:
    if line.count(b"[") + line.count(b"{") + line.count(b'":') > MOST_VALUES:
        told = f"holds more than {MOST_VALUES} names, lists and objects"
        raise _NotARecordError(told, "write one flat object a line")
    value = _DECODER.decode(line.decode("utf-8"))
    if not isinstance(value, dict):
        told = f"is a JSON {type(value).__name__}, not an object"
        raise _NotARecordError(told, "JSONL holds one {…} a line")
    return value


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) != len(pairs):
        twice = first_twice(name for name, _ in pairs) or ""
        raise _NotARecordError(f"names {shown(twice)!r} twice in one object", "keep one of them")
    if len(values) > MOST_FIELDS:
        raise _NotARecordError(f"has {len(values)} names in one object", f"{MOST_FIELDS} are the most")
    return values


def _constant(name: str) -> object:
    raise _NotARecordError(f"holds {name}, which is no JSON", "write null")


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise _NotARecordError(f"holds a number of {len(digits)} digits", "write it in quotes")
    return int(digits)


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant, parse_int=_whole)


def _explained(error: Exception) -> tuple[str, str]:
    if isinstance(error, UnicodeDecodeError):
        return f"is not UTF-8 at byte {error.start} of the line ({error.reason})", "save the file as UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON: {error.msg} at column {error.colno}", "mend the line"
    if isinstance(error, RecursionError):
        return "is nested too deeply to be a record", "write one flat object a line"
    return str(error), error.cure if isinstance(error, _NotARecordError) else ""
