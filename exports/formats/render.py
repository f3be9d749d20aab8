"""A whole release folder from its rows: tables, dataset card, manifest."""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

from exports.formats.card import render_card
from exports.formats.folder import MANIFEST, rendered_folder
from exports.formats.info import ReleaseInfo, Table
from exports.formats.manifest import render_manifest
from exports.formats.schema import schema_of
from exports.formats.tables import FORMATS, PARQUET, Format
from exports.formats.written import Written, describe

CARD = "README.md"
# As the `datasets` client takes them, and so that no name leads out of its folder.
FILE_NAME = re.compile(r"[0-9A-Za-z_][0-9A-Za-z_.-]{0,99}")


class UnsafePathError(ValueError):
    """A config or split that cannot name a file."""


class UnknownFormatError(ValueError):
    """A format was asked for that no writer knows."""


def formats_named(names: Iterable[str]) -> list[Format]:
    """This function will give the formats of those names; Parquet is always one of them, and first."""
    wanted = {name.strip().lower() for name in names} - {""}
    unknown = sorted(wanted - FORMATS.keys())
    if unknown:
        raise UnknownFormatError(f"format {unknown[0]!r} is none of {', '.join(FORMATS)}")
    return [made for made in FORMATS.values() if made is PARQUET or made.name in wanted]


def render_release(
    target: Path,
    info: ReleaseInfo,
    tables: Sequence[Table],
    formats: Sequence[Format],
    check: Callable[[Sequence[Written]], None] = lambda files: None,
) -> list[Written]:
    """This function will put the release at ``target``, whole or not at all, and tell of every file but the
    manifest. Memory does not grow with the rows. ``check`` sees the files before they are put there and may
    raise. Raises FolderError where the target holds something else.
    """
    with rendered_folder(target, release=info.id) as folder:
        by_table = [write_tables(folder, table, formats) for table in tables]
        files = [files[number] for number in range(len(formats)) for files in by_table]
        parquet = [file for file in files if file.path.endswith(".parquet")]
        files.append(write_card(folder, info, parquet))
        check(files)
        (folder / MANIFEST).write_text(render_manifest(info, files), "utf-8", newline="")
    return files


def write_card(folder: Path, info: ReleaseInfo, parquet: Sequence[Written]) -> Written:
    """This function will write the dataset card of a release with those Parquet files to its place in the folder."""
    card = folder / CARD
    card.write_text(render_card(info, parquet), "utf-8", newline="")
    return describe(folder, card)


def write_table(folder: Path, table: Table, made: Format) -> Written:
    """This function will write one table in one format to its place in the folder."""
    return write_tables(folder, table, [made])[0]


def write_tables(folder: Path, table: Table, formats: Sequence[Format]) -> list[Written]:
    """This function will write one table in each format to its place in the folder, in one pass over its rows.

    Raises UnsafePathError for a config or split that would lead out of the folder.
    """
    paths = [_path(folder, table, made) for made in formats]
    schema, rows = schema_of(table.config), 0
    with ExitStack() as stack:
        writers = [
            stack.enter_context(made.open(path, schema)) for made, path in zip(formats, paths, strict=True)
        ]
        for batch in table.batches():
            rows += batch.num_rows
            for writer in writers:
                writer.write(batch)
    return [
        describe(folder, path, config=table.config, split=table.split, rows=rows, memory=writer.memory)
        for path, writer in zip(paths, writers, strict=True)
    ]


def check_file_name(name: str) -> None:
    """This function will raise UnsafePathError for a config or split that is no name for a file."""
    if not FILE_NAME.fullmatch(name):
        raise UnsafePathError(
            f"{name[:100]!r} is no name for a file: use letters, digits, dots, dashes and underscores"
        )


def _path(folder: Path, table: Table, made: Format) -> Path:
    check_file_name(table.config)
    check_file_name(table.split)
    path = folder / made.path(table.config, table.split)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
