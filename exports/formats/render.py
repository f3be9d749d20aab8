"""A whole release folder from its rows: tables, dataset card, manifest."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from exports.formats.card import render_card
from exports.formats.folder import MANIFEST, rendered_folder
from exports.formats.info import ReleaseInfo, Table
from exports.formats.manifest import render_manifest
from exports.formats.schema import schema_of
from exports.formats.tables import FORMATS, PARQUET, Format
from exports.formats.written import Written, describe

CARD = "README.md"


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
        files = [write_table(folder, table, made) for made in formats for table in tables]
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
    path = folder / made.path(table.config, table.split)
    path.parent.mkdir(parents=True, exist_ok=True)
    count = made.write(path, schema_of(table.config), table.rows())
    return describe(
        folder, path, config=table.config, split=table.split, rows=count.rows, memory=count.memory
    )
