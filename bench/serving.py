"""A model pass over the database: pairs a second of `serve_pass` beside the engine alone on the same texts.

The network has random weights (`bench.model`): on a processor 6 layers of 384, on a card XLM-R-large. What a pass adds
to the engine is reading the texts, looking for earlier scores, and writing rows.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench.scratch import Scratch, database
from bench.sizes import Sizes

if TYPE_CHECKING:
    from flagging.models import ModelPass
    from flagging.scorers import Loaded

GOAL = 0.90
SCORER = "qe-xlmr-large"


def measure(scratch: Scratch, sizes: Sizes) -> Iterator[str]:
    """This function will yield one line, or why there is none."""
    try:
        import torch  # noqa: F401
    except ModuleNotFoundError:
        yield "serving: not measured, the model requirements are not installed"
        return
    with database(scratch, "serving"):
        yield _line(sizes.served_pairs)


def _line(pairs: int) -> str:
    from flagging.actions import scoring
    from flagging.actions.serving import serve_pass
    from flagging.scorers import ItemPair
    from flagging.texts import pairs as texts_of

    model_pass = _asked(pairs)
    scorer = _network()
    # The pass asks for a model by name; this one lies in memory alone.
    scoring.loaded = lambda name, *, accepted: scorer
    chunks = list(model_pass.chunks.filter(kind="scores").order_by("number"))
    items = [
        [
            ItemPair(pk, pair.source, pair.target, pair.source_language, pair.target_language)
            for pk, pair in texts_of(model_pass, chunk.version_ids)
        ]
        for chunk in chunks
    ]
    scorer.score(items[-1])
    began = time.perf_counter()
    for of_chunk in items:
        scorer.score(of_chunk)
    alone, before = time.perf_counter() - began, scorer.stats.tokenizer_seconds
    began = time.perf_counter()
    done = 0
    while done < len(chunks):
        done += serve_pass(model_pass.pk)
    served = time.perf_counter() - began
    tokenising = (scorer.stats.tokenizer_seconds - before) / served
    return (
        f"serving: {pairs:,} pairs in {len(chunks)} chunks on {scorer.device}, {pairs / served:,.1f} pairs/s, "
        f"the engine alone {pairs / alone:,.1f}: {alone / served:.3f} of it (goal {GOAL}); "
        f"database and rows {max(0.0, 1 - alone / served):.1%} of the time, tokeniser {tokenising:.1%}"
    )


def _asked(pairs: int) -> ModelPass:
    from bench.importing import write_rows
    from common import clock
    from corpus.actions.imports import run_import
    from corpus.actions.requests import ImportRequest
    from corpus.models import Benchmark, Import
    from flagging.actions.passes import request_pass

    with TemporaryDirectory() as folder:
        path = write_rows(Path(folder) / "rows.jsonl", pairs)
        kinds = ((Import.Kind.ITEMS, "en", ""), (Import.Kind.TRANSLATIONS, "de", "mt"))
        for kind, language, system in kinds:
            request = ImportRequest(
                kind=kind, benchmark="bench", language=language, files=(path,), system=system
            )
            run_import(request=request, by=None, now=clock.now())
    return request_pass(
        benchmark=Benchmark.objects.get(), language="de", by=None, now=clock.now(), scorers=[SCORER]
    )


def _network() -> Loaded:
    from bench.model import SHAPES, made_up, network, tokenizer
    from flagging.scorers import Build, Loaded
    from flagging.scorers.opening import chosen_device, chosen_dtype, use_cores

    device = chosen_device("auto")
    if device.type == "cpu":
        use_cores()
    shape = SHAPES["small" if device.type == "cpu" else "xlmr-large"]
    dtype = chosen_dtype("auto", device)
    with TemporaryDirectory() as folder:
        words = tokenizer(shape.kind, made_up(3_000), Path(folder))
    build = Build(SCORER, "random", "random", str(dtype), str(device), {}, {})
    return Loaded(network(shape, words, device, dtype), build)
