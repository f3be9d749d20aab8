"""Translations with judgements, read from JSON lines; what is wrong with a file is said by line and field."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class JudgedFileError(ValueError):
    """A file of judged translations cannot be read; the message names file, line, field and cure."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One translation: languages, texts, how good it was judged (higher = better), its split ("" where
    the file has none), and every other number of its row by name."""

    key: str
    source_language: str
    target_language: str
    source: str
    target: str
    goodness: float
    split: str
    numbers: Mapping[str, float]

    @property
    def pair(self) -> str:
        """The language pair, such as `en-de`."""
        return f"{self.source_language}-{self.target_language}"


def read(paths: Iterable[Path]) -> dict[str, list[Judged]]:
    """This function will read JSON lines, gzipped or not, and return the rows by language pair in the
    order of the files; `JudgedFileError` for a row that cannot be used. An id, a number or text, may be missing
    or stand in several files: rows are told apart by their place."""
    pairs: dict[str, list[Judged]] = {}
    for path in paths:
        for row in _rows(path):
            pairs.setdefault(row.pair, []).append(row)
    return pairs


def _rows(path: Path) -> Iterator[Judged]:
    opened = gzip.open if path.suffix == ".gz" else open
    number = 0
    try:
        with opened(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _row(line, f"{path}, line {number}")
    except FileNotFoundError:
        raise JudgedFileError(f"There is no file {path}. Give the path of a JSON lines file.") from None
    except (OSError, EOFError, UnicodeDecodeError) as error:
        cure = "Give JSON lines in UTF-8, gzipped where the name ends in .gz."
        raise JudgedFileError(f"{path}, line {number + 1}: cannot be read ({error}). {cure}") from None
    if not number:
        raise JudgedFileError(f"{path}: has no rows. Give a file with one JSON object a line.")


def _row(line: str, place: str) -> Judged:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise JudgedFileError(f"{place}: is no JSON ({error}). Write one object a line.") from None
    if not isinstance(row, dict):
        raise JudgedFileError(f"{place}: is {type(row).__name__}, not an object. Write one object a line.")
    return Judged(
        f"{place}, {row.get('id', '')}",
        _text(row, "src_lang", place),
        _text(row, "tgt_lang", place),
        _text(row, "source", place),
        _text(row, "target", place, blank=True),
        _number(row, "score", place),
        _text(row, "split", place, blank=True) if row.get("split") is not None else "",
        {name: float(value) for name, value in row.items() if name != "score" and _is_number(value)},
    )


def _text(row: Mapping[str, Any], field: str, place: str, *, blank: bool = False) -> str:
    value = row.get(field)
    if not isinstance(value, str):
        raise JudgedFileError(f"{place}: field {field}: is {value!r}, not text. Write a string.")
    if not blank and not value.strip():
        raise JudgedFileError(
            f"{place}: field {field}: is empty. Write what it stands for, or leave the row out."
        )
    return value


def _number(row: Mapping[str, Any], field: str, place: str) -> float:
    value = row.get(field)
    if not _is_number(value):
        cure = "Write a number, higher = better, or leave the row out."
        raise JudgedFileError(f"{place}: field {field}: is {value!r}, not a number. {cure}")
    return float(value)  # type: ignore[arg-type]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
