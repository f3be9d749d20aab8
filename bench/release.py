"""Rendering a release's files against pyarrow writing the same rows.

The floor has the rows in memory, as the dictionaries a driver gives, and lets pyarrow make a table of them and write
it: Parquet with the settings of a release, and CSV. pyarrow writes no JSON; the floor of JSONL is `json.dumps`.
Rendering reads the rows from the database, checks their columns and defuses cells besides.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.gauges import Reading, reading
from bench.scratch import Scratch, database
from bench.sizes import Sizes
from bench.states import NOW, judge, make_state

GOAL = 0.5


def measure(scratch: Scratch, sizes: Sizes) -> Iterator[str]:
    """This function will yield a line for each format, and one for a whole release with its peak memory."""
    from annotation.models import Campaign
    from exports.actions import make_release
    from exports.formats.tables import FORMATS
    from exports.queries import tables_of

    with database(scratch, "release"), TemporaryDirectory() as folder:
        state = make_state(items=sizes.release_items, languages=1)
        judge(state, share=0.4)
        with reading() as made:
            release = make_release(
                campaign=Campaign.objects.get(pk=state.campaign),
                version="1",
                by=None,
                now=NOW,
                allow_open=True,
            )
        rows = release.rows.count()
        yield f"release: made from the tables    {_rate(rows, made)}"
        tables = tables_of(release)
        for name, made_format in FORMATS.items():
            ours, floor = Reading(), Reading()
            for _ in range(min(3, sizes.repeats)):
                ours = ours.least(_ours(tables, made_format, Path(folder)))
                floor = floor.least(_floor(tables, name, Path(folder)))
            yield f"release: rendered as {name:<11} {_rate(rows, ours)}   {_ratio(floor, ours)}"
        yield from _whole(release, rows, Path(folder))


def _whole(release: Any, rows: int, folder: Path) -> Iterator[str]:
    from exports.actions import render
    from exports.formats.tables import FORMATS

    with reading() as whole:
        render(release=release, target=folder / "whole", formats=list(FORMATS), by=None, now=NOW)
    yield f"release: all files, hashed, synced  {_rate(rows * len(FORMATS), whole)}"


def _rate(rows: int, taken: Reading) -> str:
    return f"{rows:>9,} rows {rows / taken.seconds:>9,.0f} rows/s  {taken.peak:>5.0f} MiB at most"


def _ratio(floor: Reading, ours: Reading) -> str:
    return f"{floor.seconds / ours.seconds:.2f} of pyarrow (goal {GOAL})"


def _ours(tables: Sequence[Any], made_format: Any, folder: Path) -> Reading:
    from exports.formats.render import write_table

    with reading() as found:
        for table in tables:
            write_table(folder / "ours", table, made_format)
    return found


def _floor(tables: Sequence[Any], name: str, folder: Path) -> Reading:
    from exports.formats.schema import in_column_order, schema_of

    total = Reading()
    for number, table in enumerate(tables):
        schema = schema_of(table.config)
        rows = [in_column_order(tuple(schema.names), row) for row in table.rows()]
        with reading() as found:
            _write(rows, schema, name, folder / f"floor-{number}.{name}")
        total.seconds += found.seconds
    return total


def _write(rows: Sequence[dict[str, Any]], schema: Any, name: str, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    if name == "jsonl":
        with path.open("w", encoding="utf-8") as stream:
            stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return
    held = pa.Table.from_pylist(rows, schema=schema)
    if name == "parquet":
        pq.write_table(
            held, path, version="2.6", compression="zstd", compression_level=9, row_group_size=1000
        )
    else:
        # CSV has no lists: they are written as JSON, as ours are.
        columns = [
            pa.array([json.dumps(value) for value in column.to_pylist()])
            if pa.types.is_nested(column.type)
            else column
            for column in held.columns
        ]
        pyarrow.csv.write_csv(pa.table(columns, names=held.column_names), path)
