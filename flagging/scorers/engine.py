"""Many texts through one model: token-budget batches, tokenising ahead, and no text that sinks the others."""

from __future__ import annotations

import logging
import math
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

from flagging.scorers.base import Stats
from flagging.scorers.batches import batches, windows

if TYPE_CHECKING:
    import torch

# What a network is given for one number: source and target, or one text, or more.
Texts: TypeAlias = tuple[str, ...]
logger = logging.getLogger(__name__)

WINDOW = 2048
# Tokens a batch, padding included: about what keeps each device busy without filling its memory.
BUDGETS = {"cpu": 2048, "cuda": 32768}


@dataclass(frozen=True, slots=True)
class Encoded:
    """The tokens of one text; `types` where the model tells segments apart."""

    ids: list[int]
    truncated: bool = False
    types: list[int] | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """What came of one text: the model's numbers, or why there are none."""

    row: torch.Tensor | None
    truncated: bool = False
    error: str = ""


class Network(ABC):
    """A model as the engine sees it: `encode` texts (in a thread), `forward` a batch on the device.

    `forward` is given `input_ids`, `attention_mask` and, where there are types, `token_type_ids`, and returns
    a float32 tensor of one row a text.
    """

    device: torch.device
    pad_id: int
    pad_left: bool = False

    @abstractmethod
    def encode(self, texts: Sequence[Texts]) -> list[Encoded]:
        """This function will turn texts into tokens, cut to the model's limit."""

    @abstractmethod
    def forward(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        """This function will return one row of float32 a text."""

    def size(self, text: Texts) -> int:
        """This function will guess how long a text is, before it is turned into tokens."""
        return sum(len(part) for part in text)


@dataclass
class Engine:
    """Runs a network over texts. `budget` is in tokens a batch, padding included; `waste` the padding allowed."""

    network: Network
    budget: int
    waste: float = 0.05
    window: int = WINDOW
    stats: Stats = field(default_factory=Stats)
    # Callers in several threads take turns: one on the device while another's texts become tokens. Tokenizers do not
    # bear two threads at once.
    _tokenizing: Lock = field(default_factory=Lock, repr=False)
    _on_device: Lock = field(default_factory=Lock, repr=False)

    def run(self, texts: Sequence[Texts]) -> list[Output]:
        """This function will return what came of each text, in the order given; equal texts are run once.

        A text that cannot be turned into tokens, fails alone on the device, or gives no finite number has an
        `error`; the others are as they would be without it.
        """
        distinct = list(dict.fromkeys(texts))
        found: dict[Texts, Output] = {}
        for chosen, encoded in self._encoded(distinct):
            found |= self._window([distinct[index] for index in chosen], encoded)
        return [found[text] for text in texts]

    def _encoded(self, texts: list[Texts]) -> Iterator[tuple[list[int], list[Encoded | str]]]:
        """Windows of texts with their tokens, the next one being made while one is used."""
        waiting: deque[tuple[list[int], Future[list[Encoded | str]]]] = deque()
        plan = windows([self.network.size(text) for text in texts], window=self.window)
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="tokenizer") as pool:
            for chosen in plan:
                waiting.append((chosen, pool.submit(self._encode, [texts[index] for index in chosen])))
                if len(waiting) > 1:
                    yield self._taken(*waiting.popleft())
            while waiting:
                yield self._taken(*waiting.popleft())

    def _taken(
        self, chosen: list[int], future: Future[list[Encoded | str]]
    ) -> tuple[list[int], list[Encoded | str]]:
        started = time.perf_counter()
        encoded = future.result()
        self.stats.waited_seconds += time.perf_counter() - started
        return chosen, encoded

    def _encode(self, texts: list[Texts]) -> list[Encoded | str]:
        with self._tokenizing:
            started = time.perf_counter()
            try:
                return list(self.network.encode(texts))
            except Exception:  # noqa: BLE001 - whatever a tokenizer raises; each text is tried alone to find whose it is
                return [self._encode_one(text) for text in texts]
            finally:
                self.stats.tokenizer_seconds += time.perf_counter() - started

    def _encode_one(self, text: Texts) -> Encoded | str:
        try:
            return self.network.encode([text])[0]
        except Exception as error:  # noqa: BLE001 - it is reported with its text, and the others go on
            return f"The tokenizer failed on it: {_words(error)}"

    def _window(self, texts: list[Texts], encoded: list[Encoded | str]) -> dict[Texts, Output]:
        good = [(text, one) for text, one in zip(texts, encoded, strict=True) if isinstance(one, Encoded)]
        found = {
            text: Output(None, error=one)
            for text, one in zip(texts, encoded, strict=True)
            if isinstance(one, str)
        }
        with self._on_device:
            started = time.perf_counter()
            rows = self._forward([one for _, one in good])
            self.stats.device_seconds += time.perf_counter() - started
            self.stats.texts += len(texts)
        for (text, one), row in zip(good, rows, strict=True):
            found[text] = _output(one, row)
        return found

    def _forward(self, encoded: list[Encoded]) -> list[torch.Tensor | str]:
        """One row or one error a text. Rows stay on the device until the whole window is computed."""
        import torch

        done: dict[int, torch.Tensor | str] = {}
        results: list[tuple[list[int], torch.Tensor]] = []
        waiting = deque(batches([len(one.ids) for one in encoded], budget=self.budget, waste=self.waste))
        with torch.inference_mode():
            while waiting:
                batch = waiting.popleft()
                outcome = self._attempt([encoded[index] for index in batch])
                if not isinstance(outcome, str):
                    results.append((batch, outcome))
                elif len(batch) == 1:
                    done[batch[0]] = outcome
                else:
                    half = len(batch) // 2
                    waiting.extendleft([batch[half:], batch[:half]])
            for batch, rows in results:
                done |= dict(zip(batch, rows.float().cpu(), strict=True))
        return [done[index] for index in range(len(encoded))]

    def _attempt(self, chosen: list[Encoded]) -> torch.Tensor | str:
        """The rows of a batch, or why there are none; then it is halved, whatever the reason.

        After running out of memory the budget is halved for good.
        """
        import torch

        try:
            outcome = self.network.forward(self._padded(chosen))
        except torch.OutOfMemoryError as error:
            self._shrink(chosen)
            reason = f"The device has too little memory for it: {_words(error)}"
        except RuntimeError as error:
            if "can't allocate memory" in str(error):
                self._shrink(chosen)
            reason = f"The model failed on it: {_words(error)}"
        except Exception as error:  # noqa: BLE001 - it is reported with its text, and the others go on
            reason = f"The model failed on it: {_words(error)}"
        else:
            self._count(chosen)
            return outcome
        self.stats.halvings += 1
        return reason

    def _shrink(self, chosen: list[Encoded]) -> None:
        import torch

        cost = len(chosen) * len(chosen[0].ids)
        self.budget = max(1, min(self.budget, cost // 2))
        logger.warning("Out of memory at %s tokens a batch; %s from now on", cost, self.budget)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _count(self, chosen: list[Encoded]) -> None:
        tokens = sum(len(one.ids) for one in chosen)
        self.stats.batches += 1
        self.stats.tokens += tokens
        self.stats.padded_tokens += len(chosen) * max(len(one.ids) for one in chosen) - tokens

    def _padded(self, chosen: list[Encoded]) -> dict[str, torch.Tensor]:
        return padded(self.network, chosen)


def padded(network: Network, chosen: Sequence[Encoded], *, length: int = 0) -> dict[str, torch.Tensor]:
    """This function will lay a batch out as tensors on the network's device, padded to its longest text.

    `length` asks for more padding than that; no score may depend on it.
    """
    import torch

    longest = max(length, *(len(one.ids) for one in chosen), 1)
    rows = {"input_ids": [(one.ids, network.pad_id) for one in chosen]}
    rows["attention_mask"] = [([1] * len(one.ids), 0) for one in chosen]
    if chosen[0].types is not None:
        rows["token_type_ids"] = [(one.types or [], 0) for one in chosen]
    inputs = {}
    for name, filled in rows.items():
        made = [_filled(values, filler, longest, left=network.pad_left) for values, filler in filled]
        inputs[name] = torch.tensor(made, dtype=torch.long)
    if network.device.type == "cuda":
        return {name: one.pin_memory().to(network.device, non_blocking=True) for name, one in inputs.items()}
    return {name: one.to(network.device) for name, one in inputs.items()}


def _filled(values: list[int], filler: int, length: int, *, left: bool) -> list[int]:
    padding = [filler] * (length - len(values))
    return padding + values if left else values + padding


def _output(encoded: Encoded, row: torch.Tensor | str) -> Output:
    if isinstance(row, str):
        return Output(None, encoded.truncated, row)
    if not all(math.isfinite(number) for number in row.tolist()):
        return Output(None, encoded.truncated, "The model gave no finite number for it.")
    return Output(row, encoded.truncated)


def _words(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200] if lines else ''}"
