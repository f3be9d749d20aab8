"""Pairs a second of the model pass: the engine against a bare loop over the same batches.

    python -m bench.model [--pairs 300] [--rounds 5] [--shapes small,xlmr-large,mt5-xl] [--data DIR]

Weights are random and texts made up (both the same every time): the work does not depend on what they say. On
a processor the shape is small (6 layers of 384); on a CUDA card XLM-R-large and mT5-xl in bfloat16, at about
100 tokens a pair. The floor is the same network over the same batches, made before the clock starts.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sentencepiece
import torch
import transformers

from bench.checks import Example, benchlike, data_directory, run
from flagging.checks import Pair
from flagging.scorers import Build, ItemPair, Loaded, ScorerEntry, entry
from flagging.scorers.metricx import MetricX
from flagging.scorers.opening import chosen_device, chosen_dtype, device_name, use_cores
from flagging.scorers.regressor import Regressor, in_float32_after_encoder
from flagging.scorers.scorer import Scorer, Source

# Dense bfloat16 matrix peaks of the makers' data sheets, in TFLOP/s, by a part of the card's name.
PEAKS = {"H200": 989, "H100 PCIe": 756, "H100 NVL": 835, "H100": 989, "A100": 312, "L40S": 362}
CHECK_GOAL = 1_000
GOAL = 0.90
WASTE_GOAL = 0.05


@dataclass(frozen=True, slots=True)
class Shape:
    """A network: layers, width, inner width, heads; `kind` is xlmr or mt5. `budget` in tokens, 0 for the default."""

    kind: str
    layers: int
    width: int
    inner: int
    heads: int
    vocabulary: int
    pairs: int
    budget: int = 0

    @property
    def flops_a_token(self) -> float:
        """Multiplications and additions of the matrices for one token of the input; attention is apart."""
        # mT5 gates its inner layer, and its decoder projects every token of the encoder to keys and values.
        inner, projected = (3, 6) if self.kind == "mt5" else (2, 4)
        return (
            2.0 * self.layers * (projected * self.width * self._attention + inner * self.width * self.inner)
        )

    @property
    def _attention(self) -> int:
        return self.heads * 64 if self.kind == "mt5" else self.width

    def flops(self, lengths: list[int]) -> float:
        """This function will return the operations that texts of these lengths need, padding left out.

        What the decoder does for its own one token is left out too: one hundredth part at 100 tokens.
        """
        squares = sum(length**2 for length in lengths)
        return self.flops_a_token * sum(lengths) + 4.0 * self.layers * self._attention * squares


SHAPES = {
    "small": Shape("xlmr", 6, 384, 1536, 6, 32_000, 300),
    "xlmr-large": Shape("xlmr", 24, 1024, 4096, 16, 250_002, 40_000),
    "mt5-xl": Shape("mt5", 24, 2048, 5120, 32, 250_112, 12_000),
}


def made_up(count: int) -> list[ItemPair]:
    """This function will return pairs of about 100 tokens, some much shorter or longer, the same every time."""
    chance = random.Random(11)
    syllables = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er")]
    words = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(6_000)]
    found = []
    for key in range(count):
        length = max(3, round(chance.lognormvariate(3.2, 0.5)))
        source, target = (" ".join(chance.choices(words, k=round(length * factor))) for factor in (1.0, 1.1))
        found.append(ItemPair(key, {"text": source}, {"text": target}, "en", "de"))
    return found


def tokenizer(kind: str, items: list[ItemPair], folder: Path) -> Any:
    """This function will train a tokenizer of 8,000 pieces on the texts, of the class that such a model has."""
    made = io.BytesIO()
    special = {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1}
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=(
            text for item in items[:3_000] for text in (item.source["text"], item.target["text"])
        ),
        model_writer=made,
        vocab_size=8_000,
        hard_vocab_limit=False,
        minloglevel=2,
        **(special if kind == "mt5" else {}),
    )
    if kind == "mt5":
        (folder / "spiece.model").write_bytes(made.getvalue())
        return transformers.T5Tokenizer.from_pretrained(folder)
    pieces = sentencepiece.SentencePieceProcessor(model_proto=made.getvalue())
    rows = [(pieces.id_to_piece(n), pieces.get_score(n)) for n in range(3, pieces.get_piece_size())]
    special_rows = [(token, 0.0) for token in ("<s>", "<pad>", "</s>", "<unk>")]
    return transformers.XLMRobertaTokenizer(vocab=[*special_rows, *rows, ("<mask>", 0.0)])


def network(shape: Shape, words: Any, device: torch.device, dtype: torch.dtype) -> Scorer:
    """This function will make a scorer of a shape with random weights, in memory alone."""
    torch.manual_seed(1)
    if shape.kind == "mt5":
        config = transformers.MT5Config(
            vocab_size=shape.vocabulary,
            d_model=shape.width,
            d_kv=64,
            d_ff=shape.inner,
            num_layers=shape.layers,
            num_heads=shape.heads,
        )
        return _metricx(_random(transformers.MT5Model, config, device, dtype), words, device, dtype)
    config = transformers.XLMRobertaConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.inner,
        max_position_embeddings=514,
        type_vocab_size=1,
        pad_token_id=1,
        num_labels=1,
    )
    model = _random(transformers.XLMRobertaForSequenceClassification, config, device, dtype)
    in_float32_after_encoder(model)
    return Regressor(_source(entry("qe-xlmr-large"), device, dtype), model, words)


def _random(model_class: Any, config: Any, device: torch.device, dtype: torch.dtype) -> Any:
    config._attn_implementation = "sdpa"
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with device:
            return model_class(config).eval()
    finally:
        torch.set_default_dtype(before)


def _metricx(model: Any, words: Any, device: torch.device, dtype: torch.dtype) -> MetricX:
    row = torch.randn(model.config.d_model, device=device)
    return MetricX(_source(entry("metricx-24-hybrid-xl"), device, dtype), model, words, row)


def _source(chosen: ScorerEntry, device: torch.device, dtype: torch.dtype) -> Source:
    return Source(chosen, Path(), device, dtype)


def _synchronised(device: torch.device, work: Callable[[], object]) -> tuple[float, float]:
    """Wall seconds, and seconds of the processor in all threads."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    started, busy = time.perf_counter(), time.process_time()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - started, time.process_time() - busy


def recorded(loaded: Loaded, items: list[ItemPair]) -> list[dict[str, torch.Tensor]]:
    """This function will score the items once, which warms up, and return the batches that were made."""
    kept: list[dict[str, torch.Tensor]] = []
    forward = loaded.scorer.forward

    def keeping(inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        kept.append(inputs)
        return forward(inputs)

    loaded.scorer.forward = keeping  # type: ignore[method-assign]
    loaded.score(items)
    loaded.scorer.forward = forward  # type: ignore[method-assign]
    return kept


def bare(loaded: Loaded, batches: list[dict[str, torch.Tensor]]) -> None:
    """This function will run the network over the batches, and do nothing else."""
    with torch.inference_mode():
        for inputs in batches:
            rows = loaded.scorer.forward(inputs)
        rows.cpu()


def _fresh(loaded: Loaded) -> Loaded:
    return Loaded(loaded.scorer, loaded.build, budget=loaded.engine.budget)


def measure_shape(name: str, shape: Shape, device: torch.device, *, pairs: int, rounds: int) -> Iterator[str]:
    """This function will yield the lines of one shape; engine and floor take turns, the best of each counts."""
    dtype = chosen_dtype("auto", device)
    items = made_up(pairs or shape.pairs)
    with tempfile.TemporaryDirectory() as folder:
        words = tokenizer(shape.kind, items, Path(folder))
    scorer = network(shape, words, device, dtype)
    build = Build(scorer.entry.name, "random", "random", str(dtype), str(device), {}, {})
    loaded = Loaded(scorer, build, budget=shape.budget)
    batches = recorded(loaded, items)
    floor = floor_busy = engine = engine_busy = float("inf")
    best = loaded
    for _ in range(rounds):
        took, busy = _synchronised(device, lambda: bare(loaded, batches))
        floor, floor_busy = min(floor, took), min(floor_busy, busy)
        tried = _fresh(loaded)
        took, busy = _synchronised(device, lambda: tried.score(items))  # noqa: B023 - called at once
        engine_busy = min(engine_busy, busy)
        if took < engine:
            engine, best = took, tried
    stats = best.stats
    lengths = [int(count) for one in batches for count in one["attention_mask"].sum(1).tolist()]
    mean = sum(lengths) / len(lengths)
    said = f"model {name}, {str(dtype).removeprefix('torch.')}, {device_name(device)}"
    yield f"{said}: {len(items):,} pairs of {mean:.0f} tokens in {stats.batches} batches of {best.engine.budget:,}"
    rates = f"{len(items) / engine:,.1f} pairs/s, bare loop {len(items) / floor:,.1f}"
    yield f"  engine {rates}: {floor / engine:.3f} of it (goal {GOAL})"
    if device.type == "cpu":
        # What others do on the machine is not in it.
        yield f"  by seconds of the processor: {floor_busy / engine_busy:.3f} of it"
    yield f"  padding {stats.wasted:.1%} of all tokens (goal at most {WASTE_GOAL:.0%})"
    yield (
        f"  tokeniser {stats.tokenizer_seconds / engine:.1%} of the time, in a thread beside; "
        f"waited for it {stats.waited_seconds / engine:.1%}"
    )
    yield f"  memory {_memory(device)}"
    if device.type == "cuda":
        yield f"  {_share(shape, lengths, engine, device)}"


def _memory(device: torch.device) -> str:
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if device.type != "cuda":
        return f"{resident:,.0f} MiB at the most"
    card = torch.cuda.max_memory_allocated(device) / 2**20
    return f"{card:,.0f} MiB of the card, {resident:,.0f} MiB beside it"


def _share(shape: Shape, lengths: list[int], seconds: float, device: torch.device) -> str:
    rate = shape.flops(lengths) / seconds / 1e12
    name = device_name(device)
    peak = next((value for part, value in PEAKS.items() if part in name), None)
    reached = matrix_rate(device)
    sheet = f"{rate / peak:.0%} of the sheet's {peak}" if peak else "its peak is not in bench/model.py"
    return f"{rate:,.0f} TFLOP/s: {sheet}, {rate / reached:.0%} of the {reached:,.0f} that one large product reaches"


def matrix_rate(device: torch.device, size: int = 8192) -> float:
    """This function will measure a product of two large bfloat16 matrices, in TFLOP/s."""
    one = torch.randn(size, size, device=device, dtype=torch.bfloat16)
    one @ one
    seconds, _ = _synchronised(device, lambda: [one @ one for _ in range(20)])
    return 20 * 2 * size**3 / seconds / 1e12


def check_speed(data: Path) -> str:
    """This function will say how many items a second all pair checks read on one core."""
    examples = [one for one in benchlike(data) if "option_a" in one.pair.source][:2_000]
    where = "of qe/benchlike"
    if not examples:
        examples, where = [_example(item) for item in made_up(2_000)], "made up (the real data is not there)"
    _, speed = run(examples)
    return f"checks: {speed:,.0f} items/s a core over {len(examples):,} {where} (goal {CHECK_GOAL:,})"


def _example(item: ItemPair) -> Example:
    words = item.source["text"].split()
    options = {f"option_{letter}": " ".join(words[n : n + 3]) for n, letter in enumerate("abcd")}
    source = {"question": item.source["text"], **options}
    return Example(Pair(source, {**source, "question": item.target["text"]}, "en", "de", "A"), "clean", "de")


def lines(shapes: list[str], *, pairs: int, rounds: int, data: Path) -> Iterator[str]:
    """This function will yield every line. What a pass adds to this in the database belongs after the shapes."""
    device = chosen_device("auto")
    if device.type == "cpu":
        use_cores()
    for name in shapes or (["small"] if device.type == "cpu" else ["xlmr-large", "mt5-xl"]):
        yield from measure_shape(name, SHAPES[name], device, pairs=pairs, rounds=rounds)
    yield check_speed(data)


def main() -> None:
    """This function will print every line as it is measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=0, help="pairs a shape; its own number by default")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--shapes", default="", help=f"comma-separated, of: {' '.join(SHAPES)}")
    parser.add_argument("--data")
    given = parser.parse_args()
    shapes = [name for name in given.shapes.split(",") if name]
    if unknown := sorted(set(shapes) - set(SHAPES)):
        parser.error(f"{' '.join(unknown)}: no such shape. There are: {' '.join(SHAPES)}")
    for line in lines(shapes, pairs=given.pairs, rounds=given.rounds, data=data_directory(given.data)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
