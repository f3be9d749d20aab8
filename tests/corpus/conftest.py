"""Files to import, and short ways to import them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from corpus.actions.imports import run_import
from corpus.actions.requests import ImportRequest, Outcome, Watch
from corpus.formats import RowError
from corpus.models import Import

Row = Mapping[str, object]
RunImport = Callable[..., Outcome]


class Heard(Watch):
    """Keeps what an import tells."""

    def __init__(self) -> None:
        self.read: list[int] = []
        self.refused: list[str] = []
        self.changed: list[str] = []

    def on_read(self, rows: int) -> None:
        self.read.append(rows)

    def on_refused(self, row: RowError) -> None:
        self.refused.append(f"{Path(row.file).name}:{row.line}: {row.field}: {row.told}")

    def on_changed(self, row: RowError) -> None:
        self.changed.append(f"{Path(row.file).name}:{row.line}: {row.field}: {row.told}")


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def write_rows(tmp_path: Path) -> Callable[..., Path]:
    """This function will write rows as JSONL under a name and return the path."""

    def write(rows: Sequence[Row], name: str = "rows.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8", newline="")
        return path

    return write


@pytest.fixture
def import_rows(write_rows: Callable[..., Path], heard: Heard, now: datetime) -> RunImport:
    """This function will import rows, or files, as items of the benchmark `quiz` unless told otherwise."""

    def run(rows: Sequence[Row] | Sequence[Path], **options: Any) -> Outcome:
        files = tuple(row for row in rows if isinstance(row, Path)) or (write_rows(rows),)
        request = ImportRequest(
            **{"kind": Import.Kind.ITEMS, "benchmark": "quiz", "language": "en", "files": files, **options}
        )
        return run_import(request=request, by=None, now=now, watch=heard)

    return run


@pytest.fixture
def import_german(import_rows: RunImport) -> RunImport:
    """This function will import rows as German translations by `mt-one`."""

    def run(rows: Sequence[Row], **options: Any) -> Outcome:
        given = {"kind": Import.Kind.TRANSLATIONS, "language": "de", "system": "mt-one", "origin": "machine"}
        return import_rows(rows, **{**given, **options})

    return run


def row(number: int, **changes: object) -> dict[str, object]:
    """This function will return one good row: `arithmetic/test/<number>`, whose answer is B."""
    values: dict[str, object] = {
        "sample_id": f"arithmetic/test/{number}",
        "subject": "arithmetic",
        "subject_category": "STEM",
        "question": f"What is {number} plus one?",
        "option_a": str(number),
        "option_b": str(number + 1),
        "option_c": "none of these",
        "answer": "B",
    }
    return {**values, **changes}


def german(number: int, **changes: object) -> dict[str, object]:
    """This function will return the German of the row of that number."""
    return {**row(number, question=f"Was ist {number} plus eins?", option_c="keines davon"), **changes}


def voted(
    number: int, knowledge: str = "['none', 'regional', 'none']", **changes: object
) -> dict[str, object]:
    """This function will return a published row of that number with three votes."""
    votes: dict[str, object] = {
        "required_knowledge": knowledge,
        "time_sensitive": "['No', 'No', 'Yes']",
        "reference": "['-', {'end': 4, 'label': 'Geographic', 'score': None, 'start': 0}, '-']",
        "culture": "[]",
        "region": "['Europe']",
        "country": "[]",
        "cultural_sensitivity_label": "CA",
        "is_annotated": True,
    }
    return {**row(number), **votes, **changes}
