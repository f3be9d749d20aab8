"""Opening a model: device, number format, safetensors alone, and no code that comes with a model."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
import transformers

from flagging.scorers.base import Build, ScorerEntry, ScorerError, UnsafeModelError
from flagging.scorers.scorer import Loaded, Scorer, Source

_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def open_scorer(
    entry: ScorerEntry, folder: Path, revision: str, *, device: str, dtype: str, fields: bool, budget: int
) -> Loaded:
    """This function will open the model of a checked folder and say what it is made of."""
    place = chosen_device(device)
    source = Source(entry, folder, place, chosen_dtype(dtype, place))
    if place.type == "cpu":
        use_cores()
    module = import_module(entry.module)
    scorer: Scorer = module.open_scorer(source)
    settings: dict[str, str | int | float] = {
        "template": entry.template,
        "max_tokens": entry.max_tokens,
        "version": entry.version,
        "fields": int(fields),
        **entry.options,
        **scorer.settings,
    }
    build = Build(
        name=entry.name,
        repository=entry.repository,
        revision=revision,
        dtype=str(source.dtype).removeprefix("torch."),
        device=device_name(place),
        libraries={name: version(name) for name in ("torch", "transformers", "tokenizers")},
        settings=settings,
    )
    return Loaded(scorer, build, fields=fields, budget=budget)


def chosen_device(name: str) -> torch.device:
    """This function will return the device: with `auto` a CUDA card where there is one, else the processor."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        raise ScorerError(f"{name!r} is no device. Use auto, cpu, cuda or cuda:N.") from None
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ScorerError(f"{name!r} was asked for, and this machine has no CUDA card. Use auto or cpu.")
    return device


def chosen_dtype(name: str, device: torch.device) -> torch.dtype:
    """This function will return the number format: with `auto` bfloat16 on a card that has it, else float32."""
    if name == "auto":
        has_it = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
        return torch.bfloat16 if has_it else torch.float32
    if name not in _DTYPES:
        raise ScorerError(
            f"{name!r} is not possible: mT5 overflows in float16. Use auto, bfloat16 or float32."
        )
    return _DTYPES[name]


def device_name(device: torch.device) -> str:
    """This function will name the device as people know it: `NVIDIA H100 80GB HBM3`, or `cpu`."""
    name: str = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    return name


def use_cores() -> None:
    """This function will give torch every core this process may use, unless OMP_NUM_THREADS says otherwise."""
    if "OMP_NUM_THREADS" not in os.environ and hasattr(os, "sched_getaffinity"):
        torch.set_num_threads(len(os.sched_getaffinity(0)))


def open_model(source: Source, model_class: Any, **settings: Any) -> Any:
    """This function will load a model of the folder for inference, with SDPA attention where it has that.

    Raises UnsafeModelError where the weights do not fill the model: what is missing would be random.
    """
    for attention in ("sdpa", "eager"):
        try:
            with quietly():
                model, report = model_class.from_pretrained(
                    source.folder,
                    dtype=source.dtype,
                    attn_implementation=attention,
                    use_safetensors=True,
                    trust_remote_code=False,
                    local_files_only=True,
                    output_loading_info=True,
                    **settings,
                )
        except (OSError, ValueError) as error:
            if attention == "sdpa" and "attention" in str(error):
                continue
            raise ScorerError(f"The model in {source.folder} cannot be opened: {error}") from error
        break
    refuse_gaps(source, set(report["missing_keys"]) | {str(one) for one in report["mismatched_keys"]})
    return model.to(source.device).eval()


@contextmanager
def quietly() -> Iterator[None]:
    """This function will keep transformers from drawing bars and tables; what matters of them raises an error."""
    logs = transformers.utils.logging
    level, bars = logs.get_verbosity(), logs.is_progress_bar_enabled()
    logs.set_verbosity_error()
    logs.disable_progress_bar()
    try:
        yield
    finally:
        logs.set_verbosity(level)
        if bars:
            logs.enable_progress_bar()


def refuse_gaps(source: Source, missing: set[str]) -> None:
    """This function will raise UnsafeModelError where a model lacks weights."""
    if missing:
        some = ", ".join(sorted(missing)[:5])
        raise UnsafeModelError(
            f"{source.folder} lacks {len(missing)} of the weights that {source.entry.name} needs ({some}): it is "
            "another model. Use the folder of one that was trained for this."
        )


def open_tokenizer(source: Source) -> Any:
    """This function will load the tokenizer of the folder; ScorerError where it has none."""
    try:
        return transformers.AutoTokenizer.from_pretrained(
            source.folder, use_fast=True, trust_remote_code=False, local_files_only=True
        )
    except (OSError, ValueError, TypeError) as error:
        raise ScorerError(
            f"The tokenizer in {source.folder} cannot be read ({error}). "
            f"Fetch it: python manage.py fetch_model {source.entry.name}"
        ) from error
