"""Fetching a model from its hub: safetensors, tokenizer and config alone, at one commit, whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError

from flagging.scorers.base import LicenceError, ScorerEntry, ScorerError, UnsafeModelError
from flagging.scorers.places import Lock, describe, write_lock

TOKENIZER_FILES = frozenset(
    [
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
        "chat_template.jinja",
        "spiece.model",
        "sentencepiece.bpe.model",
        "vocab.txt",
        "vocab.json",
        "merges.txt",
    ]
)
CONFIG = "config.json"
_DENSE = "2_Dense/"
_PICKLED = (".bin", ".ckpt")
_NO_WEIGHTS = ("training_args.bin", "optimizer.bin", "scheduler.bin")


class FetchError(ScorerError):
    """The hub did not give what was asked for."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a repository at one commit."""

    repository: str
    commit: str
    files: frozenset[str]


def listing(repository: str, revision: str | None) -> Listing:
    """This function will ask the hub for a commit (the newest for None) and its files; FetchError where it cannot."""
    try:
        info = HfApi(endpoint=_endpoint()).model_info(repository, revision=revision)
    except GatedRepoError as error:
        raise FetchError(
            f"{repository} is gated: ask for access on its page, then sign in here with `hf auth login`. ({error})"
        ) from error
    except (HfHubHTTPError, OSError) as error:
        raise FetchError(f"The hub does not answer for {repository}: {error}") from error
    files = frozenset(one.rfilename for one in info.siblings or ())
    if not info.sha:
        raise FetchError(f"The hub names no commit for {repository}: nothing could be pinned.")
    return Listing(repository, info.sha, files)


def fetch(
    entry: ScorerEntry,
    models: Path,
    *,
    licence_accepted: bool = False,
    convert: bool = False,
    say: Callable[[str], object] = lambda line: None,
) -> Lock:
    """This function will fetch an entry's model into `models`/its name and write the lock beside it.

    A repository that publishes pickled weights alone is refused; with `convert` they are fetched, read by a
    loader that takes tensors and nothing else, written as safetensors, and removed.

    Raises LicenceError for a gated model whose licence is not accepted, FetchError, and UnsafeModelError.
    """
    if entry.gated and not licence_accepted:
        raise LicenceError(
            f"{entry.title} is under {entry.licence}. Read it at https://huggingface.co/{entry.repository}, then: "
            f"python manage.py fetch_model {entry.name} --accept-licence"
        )
    model = listing(entry.repository, entry.revision)
    words = listing(entry.tokenizer, entry.tokenizer_revision) if entry.tokenizer else model
    weights = chosen_weights(entry, model.files, convert=convert)
    waiting = models / f".{entry.name}.fetching"
    waiting.mkdir(parents=True, exist_ok=True)
    _download(model, [*weights, *(model.files & {CONFIG})], waiting, say)
    missing = set() if CONFIG in model.files else {CONFIG}
    _download(words, words.files & (TOKENIZER_FILES | missing), waiting, say)
    shutil.rmtree(waiting / ".cache", ignore_errors=True)
    converted = ""
    if any(name.endswith(_PICKLED) for name in weights):
        from flagging.scorers.converting import convert_folder

        converted = convert_folder(waiting)
    lock = Lock(
        entry.name,
        entry.repository,
        model.commit,
        words.repository,
        words.commit,
        entry.licence,
        describe(waiting),
        converted,
    )
    write_lock(waiting, lock)
    _replace(waiting, models / entry.name)
    return lock


def chosen_weights(entry: ScorerEntry, files: Iterable[str], *, convert: bool) -> list[str]:
    """This function will return the files of weights to fetch; UnsafeModelError where there are only pickles."""
    near = sorted(name for name in files if "/" not in name or name.startswith(_DENSE))
    safe = [name for name in near if name.endswith((".safetensors", ".safetensors.index.json"))]
    if any("/" not in name for name in safe):
        return safe
    pickled = [
        name
        for name in sorted(files)
        if name.endswith(_PICKLED)
        and (name in near or name.startswith("checkpoints/"))
        and name not in _NO_WEIGHTS
    ]
    if not pickled:
        raise UnsafeModelError(f"{entry.repository} publishes no weights that are known here.")
    if not convert:
        raise UnsafeModelError(
            f"{entry.repository} publishes its weights as {', '.join(pickled)} alone, which can run code when it is "
            f"read. To fetch and convert them: python manage.py fetch_model {entry.name} --convert"
        )
    return pickled


def _download(found: Listing, names: Iterable[str], folder: Path, say: Callable[[str], object]) -> None:
    for name in sorted(names):
        say(f"{found.repository} {found.commit[:12]} {name}")
        try:
            hf_hub_download(
                found.repository, name, revision=found.commit, local_dir=folder, endpoint=_endpoint()
            )
        except (HfHubHTTPError, OSError) as error:
            raise FetchError(
                f"{name} of {found.repository} could not be fetched: {error} What came so far is kept; the same "
                "command goes on."
            ) from error


def _replace(waiting: Path, place: Path) -> None:
    if place.exists():
        old = place.with_name(f".{place.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        place.rename(old)
        waiting.rename(place)
        shutil.rmtree(old)
    else:
        waiting.rename(place)


def _endpoint() -> str | None:
    return os.environ.get("HF_ENDPOINT") or None
