"""A made-up set: translations by a word list, some of them spoiled."""

from __future__ import annotations

import numpy as np

from flagging.learning.head import Observed, Rows
from flagging.learning.surface import Features, surface

WORDS = [
    f"{start}{end}" for start in ("bra", "ke", "lo", "mi", "nu", "po", "ra", "ste") for end in "dfgklmnprst"
]


def made(count: int, seed: int = 1) -> tuple[list[tuple[str, str]], np.ndarray]:
    """Pairs, and how many of each target's words are right, from 0 to 1."""
    rng = np.random.default_rng(seed)
    pairs, right = [], []
    for _ in range(count):
        chosen = rng.choice(WORDS, rng.integers(4, 14))
        spoiled = rng.random(len(chosen)) < rng.choice([0.0, 0.1, 0.7], p=[0.5, 0.3, 0.2])
        others = rng.choice(WORDS, len(chosen))
        target = [
            f"{other}o" if bad else f"{word[::-1]}o"
            for word, other, bad in zip(chosen, others, spoiled, strict=True)
        ]
        pairs.append((" ".join(chosen) + ".", " ".join(target) + "."))
        right.append(1 - spoiled.mean())
    return pairs, np.array(right)


def verdicts(
    features: Features, goodness: np.ndarray, signals: dict[str, np.ndarray] | None = None, groups=None
) -> Rows:
    """All rows of a set as verdicts, those below .5 bad."""
    observed = Observed(features, signals or {})
    keys = tuple(str(row) for row in range(len(goodness)))
    return Rows(keys, observed, goodness, goodness < 0.5, groups, np.ones(len(goodness)))


def small_set(count: int = 400) -> tuple[Features, np.ndarray]:
    """Features of a made-up set and its goodness."""
    pairs, goodness = made(count)
    return surface(pairs), goodness
