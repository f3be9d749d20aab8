"""One file of a release: as it is kept, else rendered from its rows when somebody asks for it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, cast

from exports import storing
from exports.errors import ChangedBytesError
from exports.formats.render import write_table
from exports.formats.tables import FORMATS
from exports.models import Release
from exports.queries import tables_of


def open_table(release: Release, format_name: str, config: str, split: str) -> tuple[str, BinaryIO]:
    """This function will return a file's name and the file, open for reading and gone once it is closed.

    Raises KeyError for a table or format that the release does not have, ChangedBytesError where the file was
    rendered before with other bytes.
    """
    made = FORMATS[format_name]
    file = release.files.filter(path=made.path(config, split)).first()
    if file is not None and storing.is_kept(release, file.sha256):
        return file.path, cast("BinaryIO", storing.open_kept(release, file.sha256))
    tables = {(table.config, table.split): table for table in tables_of(release)}
    with TemporaryDirectory() as folder:
        written = write_table(Path(folder), tables[config, split], made)
        recorded = release.files.filter(path=written.path).exclude(sha256=written.sha256).first()
        if recorded is not None:
            raise ChangedBytesError(f"{written.path} no longer renders to the bytes it was published with")
        # The open file outlives its name, which goes with the folder.
        return written.path, (Path(folder) / written.path).open("rb")
