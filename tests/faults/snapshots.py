"""The whole database and both storages as they stand, without what chance and the clock decide."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, models

from common.models import Language
from tests.emptied import empty

ROOMS = ("common", "people", "corpus", "flagging", "annotation", "review", "exports")
# Drawn by chance, or by how often something was tried.
DRAWN = {
    "people.user.password", "people.contributor.pseudonym", "common.job.attempts", "common.job.faults",
    "flagging.chunk.attempts",
}  # fmt: skip
# An id of a row whose model stands in another column.
GENERIC = {"common.auditevent.object_id": "object_type"}
# Ids in an array: how many there are.
COUNTED = {"flagging.chunk.version_ids"}
CONTRIBUTORS = {"common.auditevent.actor_id", "common.job.actor_id"}

Snapshot = Mapping[str, list[tuple[Any, ...]]]


def snapshot(ignored: Collection[str] = (), unranked: Collection[str] = ()) -> Snapshot:
    """This function will return every row of every room's tables; ids are replaced by ranks, instants by whether
    there is one, and columns of `ignored` (`room.model.column`) left out. References to tables of `unranked` say
    only that there is one.

    Two databases with the same history, up to when and under which ids, have the same snapshot.
    """
    ranks = {model._meta.label_lower: _ranks(model) for room in ROOMS for model in _models(room)}
    for name in unranked:
        ranks[name] = dict.fromkeys(ranks[name], "there")
    return {
        model._meta.label_lower: sorted(
            (_row(model, row, ranks, ignored) for row in model._default_manager.order_by("pk").values()),
            key=repr,
        )
        for room in ROOMS
        for model in _models(room)
    }


def _models(room: str) -> list[type[models.Model]]:
    return [model for model in apps.get_app_config(room).get_models() if model is not Language]


def _ranks(model: type[models.Model]) -> dict[Any, object]:
    keys = model._default_manager.order_by("pk").values_list("pk", flat=True)
    return {bytes(pk) if isinstance(pk, memoryview) else pk: rank for rank, pk in enumerate(keys)}


def _row(
    model: type[models.Model],
    row: Mapping[str, Any],
    ranks: Mapping[str, dict[Any, object]],
    ignored: Collection[str],
) -> tuple[Any, ...]:
    found = []
    for field in model._meta.concrete_fields:
        name = f"{model._meta.label_lower}.{field.attname}"
        if field.primary_key or name in DRAWN or name in ignored:
            continue
        found.append(_value(name, field, row, ranks))
    return tuple(found)


def _value(
    name: str, field: models.Field[Any, Any], row: Mapping[str, Any], ranks: Mapping[str, dict[Any, object]]
) -> Any:
    value = row[field.attname]
    if isinstance(value, datetime | uuid.UUID):
        return "there"
    if isinstance(value, memoryview | bytes):
        return "bytes"
    if name in COUNTED:
        return len(value)
    if name in GENERIC:
        return ranks.get(row[GENERIC[name]], {}).get(value)
    target = "people.contributor" if name in CONTRIBUTORS else _target(field)
    return ranks[target].get(value) if target in ranks and value is not None else value


def _target(field: models.Field[Any, Any]) -> str:
    return field.related_model._meta.label_lower if isinstance(field.related_model, type) else ""


def empty_everything(*folders: Path) -> None:
    """This function will remove all rows but those of migrations, start ids anew, and remove the storages' files."""
    empty(connection, ids_anew=True)
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                path.unlink()


def files_in(folder: Path) -> list[Path]:
    """This function will return the files that a storage shows; drafts are not shown."""
    return [path for path in folder.rglob("*") if path.is_file() and ".drafts" not in path.parts]
