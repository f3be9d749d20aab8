"""Importing translations against COPY of the rows that came out of it, encoded before, into twins of their tables.

The twins have the same indexes, checks and foreign keys. What the import does besides is reading and checking
every row, staging it, comparing it with what is kept, and refusing what does not fit.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.gauges import Reading, reading
from bench.scratch import Scratch, database
from bench.sizes import Sizes
from bench.states import NOW, prose

GOAL = 0.35
KINDS = {
    "items": ("corpus_item", "corpus_itemversion"),
    "translations": ("corpus_translation", "corpus_translationversion"),
}


def measure(scratch: Scratch, sizes: Sizes) -> Iterator[str]:
    """This function will yield a line for the items and one for the translations of every size."""
    with TemporaryDirectory() as folder:
        with database(scratch, "warm"):
            # What is compiled and looked up once a process is no cost of a row.
            for kind in KINDS:
                _import(kind, write_rows(Path(folder) / "warm.jsonl", 20))
        for rows in sizes.import_rows:
            path = write_rows(Path(folder) / f"{rows}.jsonl", rows)
            with database(scratch, "import") as name:
                for kind, tables in KINDS.items():
                    ours = _import(kind, path)
                    floor = _copy(scratch, name, tables)
                    yield _line(kind, rows, ours, floor)


def _line(kind: str, rows: int, ours: Reading, floor: Reading) -> str:
    return (
        f"import: {rows:>7,} {kind:<12} {rows / ours.seconds:>7,.0f} rows/s   COPY {rows / floor.seconds:>7,.0f} rows/s"
        f"   {floor.seconds / ours.seconds:.2f} of it (goal {GOAL}), by CPU {_cpu(floor) / _cpu(ours):.2f}"
        f"   {ours.peak:.0f} MiB at most   {ours.cpu / rows * 1e6:.0f} µs Python + {ours.backend / rows * 1e6:.0f} µs"
        " PostgreSQL a row"
    )


def _cpu(taken: Reading) -> float:
    return max(taken.cpu + taken.backend, 1e-9)


def write_rows(path: Path, rows: int, seed: int = 11) -> Path:
    """This function will write questions as JSONL, the same bytes for the same numbers: 400 to 700 characters each."""
    rng, text = random.Random(seed), prose(50_000)

    def piece(least: int, most: int) -> str:
        start = rng.randrange(len(text) - most)
        return text[start : start + rng.randint(least, most)].strip()

    with path.open("w", encoding="utf-8") as stream:
        for number in range(rows):
            row = {
                "sample_id": f"subject_{number % 57}/test/{number}",
                "subject": f"subject_{number % 57}",
                "subject_category": "STEM",
                "question": piece(200, 400),
                **{f"option_{letter}": piece(30, 60) for letter in "abcd"},
                "answer": "ABCD"[number % 4],
            }
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def _import(kind: str, path: Path) -> Reading:
    from django.db import connection

    from corpus.actions.imports import run_import
    from corpus.actions.requests import ImportRequest
    from corpus.models import Import

    said = {"system": "mt-alpha", "origin": "machine"} if kind == "translations" else {}
    request = ImportRequest(
        kind=Import.Kind(kind),
        benchmark="bench",
        language="ar" if said else "en",
        files=(path,),
        licence="CC0-1.0",
        **said,
    )
    connection.ensure_connection()
    with without_news(), reading(connection.connection.info.backend_pid) as found:
        outcome = run_import(request=request, by=None, now=NOW)
    if outcome.counts["created"] != outcome.counts["read"]:
        raise RuntimeError(f"the import took {outcome.counts}: every generated row should be new")
    return found


@contextmanager
def without_news() -> Iterator[None]:
    """This function will let no later room hear of an import: the checks that follow are measured by themselves."""
    from corpus.signals import versions_imported

    receivers, versions_imported.receivers = versions_imported.receivers, []
    versions_imported.sender_receivers_cache.clear()
    try:
        yield
    finally:
        versions_imported.receivers = receivers
        versions_imported.sender_receivers_cache.clear()


def _copy(scratch: Scratch, name: str, tables: tuple[str, str]) -> Reading:
    """The twins stand beside the real tables; rows go in as one transaction, keys checked at its end."""
    with scratch.connect(name) as connection:
        for table in tables:
            connection.execute(f"CREATE TABLE twin_{table} (LIKE {table} INCLUDING ALL)")
        for table in tables:
            _add_keys(connection, table, tables)
        encoded = {table: _encoded(connection, table) for table in tables}
        pid = connection.info.backend_pid
        with reading(pid) as found, connection.transaction(), connection.cursor() as cursor:
            for table, blocks in encoded.items():
                with cursor.copy(f"COPY twin_{table} FROM STDIN") as copy:
                    for block in blocks:
                        copy.write(block)
        for table in tables:
            connection.execute(f"DROP TABLE twin_{table} CASCADE")
    return found


def _add_keys(connection, table: str, twins: tuple[str, ...]) -> None:
    found = connection.execute(
        "SELECT pg_get_constraintdef(oid), confrelid::regclass::text FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype = 'f'",
        [table],
    ).fetchall()
    for definition, target in found:
        if target in twins:
            definition = definition.replace(f"REFERENCES {target}(", f"REFERENCES twin_{target}(")
        connection.execute(f"ALTER TABLE twin_{table} ADD {definition}")


def _encoded(connection, table: str) -> list[bytes]:
    with connection.cursor().copy(f"COPY (SELECT * FROM {table} ORDER BY id) TO STDOUT") as copy:
        return [b"".join(chunk) for chunk in _hundreds(bytes(block) for block in copy)]


def _hundreds(blocks: Iterator[bytes]) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    for block in blocks:
        chunk.append(block)
        if len(chunk) == 100:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
