"""Small models, each built once, and items to score with them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the model requirements are not installed")

from flagging.scorers import ItemPair, Loaded, load
from tests.flagging.scorers import tiny

SAVERS = {
    "metricx-24-hybrid-large": tiny.save_metricx,
    "metricx-23-qe-large": tiny.save_metricx,
    "qe-xlmr-large": tiny.save_xlmr,
    "qe-modernbert-large": tiny.save_modernbert,
    "labse": tiny.save_labse,
    "multilingual-e5-large": tiny.save_e5,
    "aya-expanse-8b": tiny.save_judge,
    "cometkiwi-22": tiny.save_cometkiwi,
}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a small model like the named one."""
    root = tmp_path_factory.mktemp("models")

    @cache
    def made(saver: Callable[[Path], Path]) -> Path:
        return saver(root / saver.__name__)

    return lambda name: made(SAVERS[name])


@pytest.fixture(scope="session")
def scorer(folder: Callable[[str], Path]) -> Callable[..., Loaded]:
    """A loaded scorer like the named one; the same one for the same settings."""

    @cache
    def loaded(name: str, dtype: str = "float32", **settings: object) -> Loaded:
        return load(folder(name), like=name, device="cpu", dtype=dtype, licence_accepted=True, **settings)

    return loaded


@pytest.fixture(scope="session")
def items() -> list[ItemPair]:
    """64 items with questions of 8 to 60 words and short options."""
    made = []
    for number in range(64):
        question = f"{tiny.SENTENCES[number % 3]} " + "the liver the lung " * (number % 13)
        answer = f"{tiny.SENTENCES[3 + number % 3]} " + "die Leber die Lunge " * (number % 11)
        source = {"question": question, "option_a": "the heart", "option_b": f"the kidney {number}"}
        target = {"question": answer, "option_a": "das Herz", "option_b": f"die Niere {number}"}
        made.append(ItemPair(1000 + number, source, target, "en", "de"))
    return made


def segment(source: str, target: str, key: int = 1) -> ItemPair:
    """A bare pair of segments, English and German."""
    return ItemPair(key, {"text": source}, {"text": target}, "en", "de")
