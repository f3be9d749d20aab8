"""What every reader of a file gives, and what it says when it cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from corpus.text import unstorable

# One record. Real items stay under 100 kB; a longer "line" is a file of another format, or one that
# would not fit in memory.
MAX_RECORD_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RawRow:
    """One record as read: `line` is the 1-based line on which it starts (Parquet: the row's number)."""

    file: str
    line: int
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class RowError:
    """One record that is refused; reading goes on after it. `field` is None when no one field is at fault."""

    file: str
    line: int
    field: str | None
    message: str

    def __str__(self) -> str:
        """This function will return `file:line: field: message`, the field only where there is one."""
        field = f"{self.field}: " if self.field else ""
        return f"{self.file}:{self.line}: {field}{self.message}"


class FileError(Exception):
    """The file as a whole cannot be read, or cannot be read on from here."""

    def __init__(self, file: str, message: str, line: int | None = None) -> None:
        """This function will keep the file's name, the message and the last line reached, if any."""
        where = file if line is None else f"{file}:{line}"
        super().__init__(f"{where}: {message}")
        self.file, self.line, self.message = file, line, message


Rows = Iterator[RawRow | RowError]


def checked(file: str, line: int, values: dict[str, object]) -> RawRow | RowError:
    """This function will return the row, or the error of the first value that cannot be stored as text."""
    for name, value in values.items():
        problem = unstorable(name) or _first_problem(value)
        if problem:
            field = name.encode("ascii", "backslashreplace").decode()
            return RowError(file, line, field, problem)
    return RawRow(file, line, values)


def _first_problem(value: object) -> str | None:
    if isinstance(value, str):
        return unstorable(value)
    if isinstance(value, Mapping):
        return next(filter(None, map(_first_problem, [*value, *value.values()])), None)
    if isinstance(value, list):
        return next(filter(None, map(_first_problem, value)), None)
    return None
