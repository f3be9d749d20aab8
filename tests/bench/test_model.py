"""Both networks of `make bench-model` can be measured, here with few layers and few pairs."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the model requirements are not installed")

import torch

from bench.model import Shape, made_up, measure_shape


@pytest.mark.slow
@pytest.mark.parametrize(
    "shape",
    [Shape("xlmr", 1, 32, 64, 2, 9_000, 40), Shape("mt5", 1, 64, 64, 1, 250_112, 40)],
    ids=lambda shape: shape.kind,
)
def test_a_shape_is_measured(shape):
    lines = list(measure_shape("few", shape, torch.device("cpu"), pairs=0, rounds=1))
    assert lines[0].startswith("model few, float32, cpu: 40 pairs of")
    assert [
        word for word in ("pairs/s", "padding", "tokeniser", "memory") if word not in "".join(lines)
    ] == []


def test_the_texts_are_the_same_every_time():
    assert made_up(5) == made_up(5)


def test_the_operations_of_a_token_are_those_of_its_matrices():
    """One layer of 4 × 8² for attention and 2 × 8 × 32 between, each a multiplication and an addition."""
    assert Shape("xlmr", 1, 8, 32, 2, 10, 1).flops_a_token == 2 * (4 * 64 + 2 * 256)
