"""Pickled weights into safetensors, read by torch's loader of tensors and nothing else."""

from __future__ import annotations

import hashlib
import json
import pickle
from pathlib import Path

import torch
from safetensors.torch import save_file

from flagging.scorers.base import UnsafeModelError
from flagging.scorers.places import sha256


def convert_folder(folder: Path) -> str:
    """This function will write every *.bin and *.ckpt of a folder as safetensors, remove it, and return the sha256
    of their digests.

    Raises UnsafeModelError for a file in which something else than tensors and plain values is pickled.
    """
    pickled = sorted(path for pattern in ("*.bin", "*.ckpt") for path in folder.rglob(pattern))
    digests: list[str] = []
    homes: dict[str, str] = {}
    top = [path for path in pickled if path.parent == folder or path.suffix == ".ckpt"]
    for number, path in enumerate(top, 1):
        name = "model.safetensors" if len(top) == 1 else f"model-{number:05}-of-{len(top):05}.safetensors"
        digests.append(sha256(path))
        homes |= dict.fromkeys(_convert(path, folder / name), name)
    for path in (path for path in pickled if path not in top):
        digests.append(sha256(path))
        _convert(path, path.parent / "model.safetensors")
    if len(top) > 1:
        index = {"metadata": {}, "weight_map": homes}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=1), encoding="utf-8")
    for path in pickled:
        path.unlink()
    return hashlib.sha256(" ".join(digests).encode()).hexdigest()


def _convert(path: Path, to: Path) -> list[str]:
    try:
        read = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        said = str(error).strip().splitlines()
        raise UnsafeModelError(
            f"{path} holds more than tensors and was not read: {said[0] if said else ''}"
        ) from None
    read = read.get("state_dict", read)
    # safetensors keeps no two names of one memory.
    tensors = {
        name: value.clone().contiguous() for name, value in read.items() if isinstance(value, torch.Tensor)
    }
    if not tensors:
        raise UnsafeModelError(f"{path} holds no tensors.")
    save_file(tensors, to, metadata={"format": "pt"})
    return list(tensors)
