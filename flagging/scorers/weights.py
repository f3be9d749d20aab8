"""Single tensors out of safetensors files, in one file or in shards."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import safe_open

from flagging.scorers.base import ScorerError, UnsafeModelError
from flagging.scorers.scorer import Source


def _holding(folder: Path, name: str) -> Path | None:
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, framework="pt") as file:
            if name in file.keys():  # noqa: SIM118 - the file is no mapping
                return path
    return None


def one_row(source: Source, names: tuple[str, ...], row: int) -> torch.Tensor:
    """This function will read one row of the first of these tensors that the folder holds.

    Raises UnsafeModelError where it holds none, ScorerError where the tensor is too short.
    """
    for name in names:
        if path := _holding(source.folder, name):
            with safe_open(path, framework="pt") as file:
                part = file.get_slice(name)
                rows = part.get_shape()[0]
                if rows <= row:
                    raise ScorerError(
                        f"{name} in {path} has {rows} rows; {source.entry.name} needs row {row}."
                    )
                taken: torch.Tensor = part[row : row + 1]
                return taken[0]
    raise UnsafeModelError(
        f"{source.folder} holds none of {', '.join(names)}: it is no {source.entry.kind} model."
    )


def all_tensors(folder: Path) -> dict[str, torch.Tensor]:
    """This function will read every tensor of the folder's safetensors files."""
    found: dict[str, torch.Tensor] = {}
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, framework="pt") as file:
            found |= {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - the file is no mapping
    return found
