"""The registry of scorers, and `load`. A new scorer is one file here and one line in REGISTRY.

Importing this imports no torch; loading a scorer does.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from flagging.scorers import biencoder, cometkiwi, judge, metricx, regressor
from flagging.scorers.base import (
    Build,
    FieldScore,
    ItemPair,
    ItemScores,
    LicenceError,
    ModelAbsentError,
    SameFamilyError,
    ScorerEntry,
    ScorerError,
    Stats,
    UnsafeModelError,
)
from flagging.scorers.families import check_families, family_of
from flagging.scorers.places import checked_revision, locate, models_folder, read_lock
from flagging.scorers.scorer import Loaded

REGISTRY: tuple[ScorerEntry, ...] = (
    *metricx.ENTRIES,
    *regressor.ENTRIES,
    *biencoder.ENTRIES,
    *judge.ENTRIES,
    *cometkiwi.ENTRIES,
)
_BY_NAME = {name: entry for entry in REGISTRY for name in (entry.repository, entry.name)}


def entries() -> tuple[ScorerEntry, ...]:
    """This function will return every scorer there is, in the order of the registry."""
    return REGISTRY


def entry(name: str) -> ScorerEntry:
    """This function will return the entry of a name or a repository; `KeyError` names those there are."""
    try:
        return _BY_NAME[name]
    except KeyError:
        known = " ".join(one.name for one in REGISTRY)
        raise KeyError(f"{name!r} is no scorer. Use one of: {known}.") from None


def load(
    name_or_folder: str | Path,
    *,
    models: Path | None = None,
    device: str = "auto",
    dtype: str = "auto",
    offline: bool = True,
    licence_accepted: bool = False,
    like: str | None = None,
    fields: bool = False,
    budget: int = 0,
) -> Loaded:
    """This function will load a scorer by its name, its repository, or the folder it lies in.

    A folder without a lock file needs `like`, the name of the entry whose template and rules it follows.
    `device` is auto, cpu, cuda or cuda:N; `dtype` auto (bfloat16 where the device has it), float32 or
    bfloat16. Nothing is fetched unless `offline` is False. `fields` also scores fields of four words or more
    one by one; `budget` is in tokens a batch, 0 for what suits the device.

    Raises KeyError for an unknown name, ModelAbsentError where the model is not on this machine, LicenceError
    where its licence has to be accepted, UnsafeModelError for a folder that is not what was fetched, and
    ScorerError for settings that are not possible.
    """
    folder, chosen = _found(name_or_folder, models or models_folder(), like, offline, licence_accepted)
    if chosen.gated and not licence_accepted:
        raise LicenceError(
            f"{chosen.title} is under {chosen.licence}: {chosen.repository} is loaded only after somebody who may "
            "has recorded that this licence was accepted."
        )
    revision = checked_revision(folder, chosen)
    opening = _needing_torch("flagging.scorers.opening")
    loaded: Loaded = opening.open_scorer(
        chosen, folder, revision, device=device, dtype=dtype, fields=fields, budget=budget
    )
    return loaded


def _needing_torch(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise ScorerError(
            f"The model requirements are not installed here ({error.name} is missing). "
            "Install them: pip install -r requirements-model.txt"
        ) from None


def _found(
    name_or_folder: str | Path, models: Path, like: str | None, offline: bool, licence_accepted: bool
) -> tuple[Path, ScorerEntry]:
    """The folder, and the entry it belongs to; where that is asked for, a model that is absent is fetched."""
    if isinstance(name_or_folder, str) and name_or_folder in _BY_NAME:
        chosen = entry(name_or_folder)
        if not offline and not (models / chosen.name).is_dir():
            fetching = _needing_torch("flagging.scorers.fetching")
            fetching.fetch(chosen, models, licence_accepted=licence_accepted)
        return locate(chosen, models), chosen
    folder = Path(name_or_folder)
    if not folder.is_dir():
        if folder.name != str(name_or_folder):
            raise ModelAbsentError(
                f"There is no folder {folder}. Registered models need no folder: {_names()}."
            )
        return Path(), entry(str(name_or_folder))
    lock = read_lock(folder)
    if like is None and lock is None:
        raise ScorerError(
            f"{folder} does not say what it holds. Name the scorer it is like, one of: {_names()}."
        )
    return folder, entry(like or (lock.name if lock else ""))


def _names() -> str:
    return " ".join(one.name for one in REGISTRY)


__all__ = [
    "REGISTRY",
    "Build",
    "FieldScore",
    "ItemPair",
    "ItemScores",
    "LicenceError",
    "Loaded",
    "ModelAbsentError",
    "SameFamilyError",
    "ScorerEntry",
    "ScorerError",
    "Stats",
    "UnsafeModelError",
    "check_families",
    "entries",
    "entry",
    "family_of",
    "load",
    "models_folder",
]
