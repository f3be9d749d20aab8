"""A folder that is complete or not there: rendered beside its place and moved there in one step."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"


class FolderError(Exception):
    """A release cannot be rendered to this place."""


@contextmanager
def rendered_folder(target: Path, *, release: str) -> Iterator[Path]:
    """This function will give an empty folder to write into, and put it at ``target`` when all went well.

    It lies beside the target, hidden, so that the move is one rename; what a killed run left there is
    cleared first. An error inside leaves the target as it was. ``target`` may be missing, empty, or hold
    an earlier rendering of the same release (told by its manifest) and nothing else; FolderError otherwise.
    """
    check_target(target, release=release)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.parent / f".{target.name}.rendering"
    with _locked_empty_folder(temporary):
        try:
            yield temporary
            _sync(temporary)
            check_target(target, release=release)
            _move(temporary, target)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise


def check_target(target: Path, *, release: str) -> None:
    """This function will refuse a place that holds anything but this release, before any work is done."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise FolderError(f"{target} is not a folder: name one that is not there yet")
    if not target.exists() or not any(target.iterdir()):
        return
    manifest = _read_manifest(target / MANIFEST)
    if manifest.get("release") != release:
        raise FolderError(f"{target} holds something else: name an empty folder or one that is not there yet")
    strangers = _files(target) - {MANIFEST, *(file["path"] for file in manifest["files"])}
    if strangers:
        raise FolderError(f"{target} holds {min(strangers)}, which is not of the release: move it away")


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) and isinstance(manifest.get("files"), list) else {}


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


@contextmanager
def _locked_empty_folder(path: Path) -> Iterator[None]:
    """The lock is on the folder itself and dies with its holder, so a left-over can be told from a twin."""
    path.mkdir(exist_ok=True)
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(handle, path)
        for child in path.iterdir():
            shutil.rmtree(child) if child.is_dir() and not child.is_symlink() else child.unlink()
        yield
    finally:
        os.close(handle)


def _lock(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Another rendering may have moved the folder away between our opening and locking it.
        moved = path.stat().st_ino != os.fstat(handle).st_ino
    except (BlockingIOError, FileNotFoundError):
        moved = True
    if moved:
        raise FolderError(f"{path.parent} is being rendered into by another run: wait until it ends")


def _sync(folder: Path) -> None:
    """Names must not reach the disk before what they name."""
    for path in (*sorted(folder.rglob("*")), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _move(temporary: Path, target: Path) -> None:
    earlier = target.parent / f".{target.name}.earlier"
    shutil.rmtree(earlier, ignore_errors=True)
    if target.exists() and any(target.iterdir()):
        target.rename(earlier)
    _undoing(temporary.rename, target, earlier)
    shutil.rmtree(earlier, ignore_errors=True)


def _undoing(rename: Callable[[Path], Path], target: Path, earlier: Path) -> None:
    try:
        rename(target)
    except OSError:
        if earlier.exists():
            earlier.rename(target)
        raise
