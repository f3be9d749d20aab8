"""What a writer tells of the file it wrote."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file: its place in the release, its rows, its size in bytes on disk and in memory."""

    path: str
    config: str
    split: str
    rows: int
    size: int
    sha256: str
    memory: int = 0


def describe(
    folder: Path, file: Path, *, config: str = "", split: str = "", rows: int = 0, memory: int = 0
) -> Written:
    """This function will measure and hash a finished file, read in blocks of one MiB."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return Written(
        file.relative_to(folder).as_posix(),
        config,
        split,
        rows,
        file.stat().st_size,
        digest.hexdigest(),
        memory,
    )


def sha256_of(content: bytes) -> str:
    """This function will return the hash of bytes in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
