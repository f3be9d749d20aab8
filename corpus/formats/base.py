"""What every reader of a file gives, and what it says when it cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from corpus.bounds import LONGEST_COLUMN, MOST_DEPTH, MOST_FIELDS
from corpus.text import unstorable


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
    cure: str = ""

    @property
    def told(self) -> str:
        """This function will return `message; cure`, the cure only where there is one."""
        return f"{self.message}; {self.cure}" if self.cure else self.message

    def __str__(self) -> str:
        """This function will return `file:line: field: message; cure`, the field only where there is one."""
        field = f"{self.field}: " if self.field else ""
        return f"{self.file}:{self.line}: {field}{self.told}"


class FileError(Exception):
    """The file as a whole cannot be read, or cannot be read on from here."""

    def __init__(self, file: str, message: str, line: int | None = None, *, cure: str = "") -> None:
        """This function will keep the file's name, the message, the last line reached, if any, and the cure."""
        where = file if line is None else f"{file}:{line}"
        super().__init__(f"{where}: {message}; {cure}" if cure else f"{where}: {message}")
        self.file, self.line, self.message, self.cure = file, line, message, cure


Rows = Iterator[RawRow | RowError]


def checked(file: str, line: int, values: dict[str, object]) -> RawRow | RowError:
    """This function will return the row, or the error of the first value that cannot be taken from any file."""
    if len(values) > MOST_FIELDS:
        return RowError(file, line, None, f"has {len(values)} fields", f"{MOST_FIELDS} are the most")
    if _is_flat_and_sound(values):
        return RawRow(file, line, values)
    for column, value in values.items():
        if len(column) > LONGEST_COLUMN:
            told = f"is the beginning of a name of {len(column)} characters"
            return RowError(file, line, shown(column), told, f"{LONGEST_COLUMN} are the most")
        problem = unstorable(column) or _first_problem(value, MOST_DEPTH)
        if problem:
            message, _, cure = problem.partition(": ")
            return RowError(file, line, shown(column), message, cure)
    return RawRow(file, line, values)


def _is_flat_and_sound(values: dict[str, object]) -> bool:
    """One look at all names and texts together, as most rows are: texts, numbers and nothing within them."""
    texts = list(values)
    if any(len(column) > LONGEST_COLUMN for column in texts):
        return False
    for value in values.values():
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, Mapping | list):
            return False
    return unstorable("".join(texts)) is None


def shown(column: str) -> str:
    """This function will return the name of a column so that it can be printed and kept: short, and no surrogates."""
    return column[:LONGEST_COLUMN].encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def first_twice(names: Iterable[str]) -> str | None:
    """This function will return the first name that stands there twice, if any."""
    return next((name for name, times in Counter(names).items() if times > 1), None)


def _first_problem(value: object, depth: int) -> str | None:
    if isinstance(value, str):
        return unstorable(value)
    if not isinstance(value, Mapping | list):
        return None
    if depth == 0:
        return f"is nested too deeply: {MOST_DEPTH} levels are the most"
    inner = [*value, *value.values()] if isinstance(value, Mapping) else value
    return next((problem for one in inner if (problem := _first_problem(one, depth - 1))), None)
