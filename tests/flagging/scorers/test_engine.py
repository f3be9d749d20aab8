"""Batches, order, memory that runs out, and items that go wrong."""

from __future__ import annotations

import random
import threading

import pytest
import torch

from flagging.scorers import ItemPair
from flagging.scorers.base import Stats
from flagging.scorers.batches import batches, windows
from flagging.scorers.engine import Encoded, Engine, Network
from tests.flagging.scorers.conftest import segment


class Summing(Network):
    """A network whose number for a text is the sum of its tokens; it fails as it is told to."""

    device = torch.device("cpu")
    pad_id = 0

    def __init__(self, *, room: int = 10**9, bad: int = -1) -> None:
        self.room = room
        self.bad = bad
        self.shapes: list[tuple[int, int]] = []
        self.threads: set[str] = set()

    def encode(self, texts):
        self.threads.add(threading.current_thread().name)
        if any(text[0] == "broken" for text in texts):
            raise ValueError("no such text")
        return [Encoded([len(word) for word in text[0].split()]) for text in texts]

    def forward(self, inputs):
        ids = inputs["input_ids"]
        if ids.numel() > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 MiB")
        if (ids == self.bad).any():
            raise IndexError("index out of range in self")
        self.shapes.append(tuple(ids.shape))
        return ids.sum(1, keepdim=True).float()


def texts(count, *, seed=1):
    chance = random.Random(seed)
    return [
        (" ".join("x" * chance.randint(1, 9) for _ in range(chance.randint(5, 90))),) for _ in range(count)
    ]


def expected(text):
    return float(sum(len(word) for word in text[0].split()))


def numbers(outputs):
    return [None if one.row is None else float(one.row[0]) for one in outputs]


def test_results_stand_in_the_order_given():
    given = texts(500)
    assert numbers(Engine(Summing(), 512).run(given)) == [expected(text) for text in given]


def test_no_batch_is_over_the_budget():
    network = Summing()
    Engine(network, 512).run(texts(500))
    assert max(rows * length for rows, length in network.shapes) <= 512


def test_a_text_over_the_budget_stands_alone():
    network = Summing()
    Engine(network, 10).run([("a b c d e f g h i j k l",), ("a",)])
    assert network.shapes == [(1, 12), (1, 1)]


def test_at_most_a_twentieth_is_padding():
    for count in (3, 40, 2000):
        engine = Engine(Summing(), 4096)
        engine.run(texts(count))
        assert engine.stats.wasted <= 0.05


def test_padding_is_counted_as_it_is():
    network = Summing()
    engine = Engine(network, 4096)
    engine.run(texts(700))
    assert engine.stats.tokens + engine.stats.padded_tokens == sum(
        rows * length for rows, length in network.shapes
    )


def test_full_batches_are_made_where_lengths_allow():
    made = batches([50] * 100, budget=1000)
    assert [len(batch) for batch in made] == [20] * 5


def test_windows_hold_every_text_once_the_longest_first():
    made = windows([5, 9, 1, 7, 3], window=2)
    assert made == [[1], [3, 0], [4, 2]]


def test_equal_texts_are_run_once():
    network = Summing()
    outputs = Engine(network, 512).run([("a bb",)] * 50)
    assert numbers(outputs) == [3.0] * 50
    assert network.shapes == [(1, 2)]


def test_no_texts_are_no_work():
    assert Engine(Summing(), 512).run([]) == []


def test_tokens_are_made_in_a_thread_beside():
    network = Summing()
    Engine(network, 512, window=50).run(texts(300))
    assert {name.rsplit("_", 1)[0] for name in network.threads} == {"tokenizer"}


def test_a_batch_that_does_not_fit_is_halved_and_the_budget_with_it():
    network = Summing(room=300)
    engine = Engine(network, 4096)
    given = texts(200)
    assert numbers(engine.run(given)) == [expected(text) for text in given]
    assert engine.stats.halvings > 0
    assert engine.budget < 600


def test_after_running_out_once_the_next_run_fits_at_once():
    network = Summing(room=300)
    engine = Engine(network, 4096)
    engine.run(texts(200))
    before = engine.stats.halvings
    engine.run(texts(200, seed=2))
    assert engine.stats.halvings == before


def test_a_text_too_large_for_the_device_says_so_and_the_others_go_on():
    given = [*texts(20), ("a " * 400,)]
    outputs = Engine(Summing(room=300), 4096).run(given)
    assert "too little memory" in outputs[-1].error
    assert numbers(outputs[:-1]) == [expected(text) for text in given[:-1]]


def test_a_text_the_model_fails_on_says_so_and_the_others_go_on():
    given = [*texts(100), ("a " + "x" * 77,)]
    outputs = Engine(Summing(bad=77), 4096).run(given)
    assert outputs[-1].error == "The model failed on it: IndexError: index out of range in self"
    assert numbers(outputs[:-1]) == [expected(text) for text in given[:-1]]


def test_a_text_the_tokenizer_fails_on_says_so_and_the_others_go_on():
    given = [*texts(100), ("broken",)]
    outputs = Engine(Summing(), 4096).run(given)
    assert outputs[-1].error == "The tokenizer failed on it: ValueError: no such text"
    assert numbers(outputs[:-1]) == [expected(text) for text in given[:-1]]


def test_a_number_that_is_none_is_an_error():
    network = Summing()
    network.forward = lambda inputs: torch.full((len(inputs["input_ids"]), 1), float("nan"))
    assert Engine(network, 512).run([("a",)])[0].error == "The model gave no finite number for it."


def test_a_share_of_nothing_is_none_wasted():
    assert Stats().wasted == 0.0


SURROGATE = "What is \ud800 this word here?"


@pytest.mark.parametrize(
    "name", ["metricx-24-hybrid-large", "qe-xlmr-large", "labse", "aya-expanse-8b", "cometkiwi-22"]
)
def test_one_bad_item_sinks_no_other(name, scorer, items):
    bad = [segment(SURROGATE, "Was ist das?", 1), ItemPair(2, {"text": None}, {"text": "Was"}, "en", "de")]
    found = scorer(name).score([*bad, *items[:3]])
    alone = scorer(name).score(items[:3])
    assert [one.key for one in found] == [1, 2, *(item.key for item in items[:3])]
    assert found[0].error
    assert (
        found[1].error
        == "The item's texts cannot be read: AttributeError: 'NoneType' object has no attribute 'strip'"
    )
    assert [one.value for one in found[2:]] == pytest.approx([one.value for one in alone], abs=1e-3)


def test_running_out_of_memory_changes_no_score(scorer, items, monkeypatch):
    loaded = scorer("qe-xlmr-large", budget=4096)
    before = [one.value for one in loaded.score(items)]
    whole, failed = loaded.scorer.forward, []

    def short(inputs):
        if inputs["input_ids"].numel() > 600:
            failed.append(1)
            raise torch.OutOfMemoryError("CUDA out of memory")
        return whole(inputs)

    monkeypatch.setattr(loaded.scorer, "forward", short)
    monkeypatch.setattr(loaded.engine, "budget", 4096)
    assert [one.value for one in loaded.score(items)] == pytest.approx(before, abs=1e-3)
    assert failed


def test_items_of_many_lengths_waste_little(scorer, items):
    loaded = scorer("cometkiwi-22")
    loaded.score(items)
    assert loaded.stats.wasted <= 0.05
    assert loaded.stats.texts >= len(items)
    assert loaded.stats.device_seconds > 0
