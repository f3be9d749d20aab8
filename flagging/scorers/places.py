"""Where a model lies on this machine, and whether it is what was fetched. No torch here."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from flagging.scorers.base import ModelAbsentError, ScorerEntry, UnsafeModelError

LOCK = "isogloss-model.json"
_BLOCK = 8 * 1024 * 1024
_PICKLES = ("*.bin", "*.ckpt", "*.pt", "*.pth")


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file of weights as it was when the lock was written: sha256, bytes, and modification time in ns."""

    sha256: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Lock:
    """What was fetched into a folder: the entry's name, repository, commit, licence, and its weights by path.

    `converted_from` is the sha256 of the pickled weights these were made of, "" where they came as they are.
    """

    name: str
    repository: str
    revision: str
    tokenizer: str
    tokenizer_revision: str
    licence: str
    weights: Mapping[str, WeightFile]
    converted_from: str = ""


def models_folder() -> Path:
    """This function will return the folder of all models: ISOGLOSS_MODELS, else DATA_DIR/models, else .data/models."""
    if given := os.environ.get("ISOGLOSS_MODELS"):
        return Path(given)
    root = Path(__file__).resolve().parents[2]
    return Path(os.environ.get("DATA_DIR") or root / ".data") / "models"


def weight_files(folder: Path) -> list[Path]:
    """This function will return the safetensors files of a folder and the folders in it, sorted."""
    return sorted(folder.rglob("*.safetensors"))


def sha256(path: Path) -> str:
    """This function will return the digest of a file, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def describe(folder: Path) -> dict[str, WeightFile]:
    """This function will return digest, size and time of every file of weights, by its path in the folder."""
    found = {}
    for path in weight_files(folder):
        facts = path.stat()
        name = path.relative_to(folder).as_posix()
        found[name] = WeightFile(sha256(path), facts.st_size, facts.st_mtime_ns)
    return found


def write_lock(folder: Path, lock: Lock) -> None:
    """This function will write the lock beside the weights, whole or not at all."""
    waiting = folder / (LOCK + ".new")
    waiting.write_text(json.dumps(asdict(lock), indent=1) + "\n", encoding="utf-8")
    waiting.replace(folder / LOCK)


def read_lock(folder: Path) -> Lock | None:
    """This function will read a folder's lock, None where it has none; UnsafeModelError for one that is broken."""
    path = folder / LOCK
    if not path.exists():
        return None
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        weights = {name: WeightFile(**facts) for name, facts in row.pop("weights").items()}
        return Lock(**row, weights=weights)
    except (ValueError, TypeError, KeyError) as error:
        raise UnsafeModelError(
            f"{path} cannot be read ({error}). Fetch the model again, or remove this file to use the folder as a "
            "local model."
        ) from None


def checked_revision(folder: Path, entry: ScorerEntry) -> str:
    """This function will return what the scores of this folder are filed under: the commit that was fetched,
    or `local:` and a digest of the weights where the folder has no lock.

    Raises UnsafeModelError for a folder without safetensors, and for one that is not as its lock says.
    """
    if not weight_files(folder):
        raise UnsafeModelError(_no_weights(folder, entry))
    lock = read_lock(folder)
    if lock is None:
        return "local:" + _digest({name: facts.sha256 for name, facts in describe(folder).items()})
    if lock.name != entry.name or lock.repository != entry.repository:
        raise UnsafeModelError(
            f"{folder} holds {lock.name} of {lock.repository}, and {entry.name} of {entry.repository} was asked for. "
            f"Fetch that: python manage.py fetch_model {entry.name}"
        )
    if entry.revision not in (None, lock.revision):
        raise UnsafeModelError(
            f"{folder} holds commit {lock.revision} of {lock.repository}, and {entry.revision} is pinned. "
            f"Fetch that: python manage.py fetch_model {entry.name}"
        )
    _check_weights(folder, lock)
    return lock.revision


def _check_weights(folder: Path, lock: Lock) -> None:
    names = {path.relative_to(folder).as_posix() for path in weight_files(folder)}
    changed = names ^ set(lock.weights)
    for name in names & set(lock.weights):
        facts, kept = (folder / name).stat(), lock.weights[name]
        # Gigabytes are read again only where something has touched the file.
        touched = (facts.st_size, facts.st_mtime_ns) != (kept.size, kept.mtime_ns)
        if touched and sha256(folder / name) != kept.sha256:
            changed.add(name)
    if changed:
        raise UnsafeModelError(
            f"{', '.join(sorted(changed))} in {folder} is not as it was fetched. "
            f"Fetch the model again: python manage.py fetch_model {lock.name}"
        )


def _digest(parts: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(sorted(parts.items())).encode()).hexdigest()


def _no_weights(folder: Path, entry: ScorerEntry) -> str:
    pickles = sorted(path.name for pattern in _PICKLES for path in folder.glob(pattern))
    if pickles:
        return (
            f"{folder} holds its weights as {', '.join(pickles)}, which can run code when it is read. Only "
            f"safetensors are loaded: python manage.py fetch_model {entry.name} --convert"
        )
    return f"{folder} holds no *.safetensors. Fetch it: python manage.py fetch_model {entry.name}"


def locate(entry: ScorerEntry, models: Path) -> Path:
    """This function will return the folder of an entry's model; ModelAbsentError names the cure where it is not."""
    folder = models / entry.name
    if not folder.is_dir():
        licence = " --accept-licence" if entry.gated else ""
        raise ModelAbsentError(
            f"{entry.title} is not on this machine (looked in {folder}). "
            f"Fetch it: python manage.py fetch_model {entry.name}{licence}"
        )
    return folder
