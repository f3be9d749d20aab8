"""One model for all languages: what makes a translation suspect in others is a first guess in this one.

Features are places within their own set, so that weights learned in one language mean the same in another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flagging.learning.surface import Features, normal_scores
from flagging.learning.words import Floats

# Rows that the belief in no weight at all weighs, for each feature.
RIDGE = 300.0


@dataclass(frozen=True)
class Pooled:
    """A weight for each dense feature."""

    weights: Floats

    @classmethod
    def fit(cls, sets: Sequence[tuple[Floats, Floats]]) -> Pooled:
        """This function will fit ridge regression to sets of (dense features [n, d], goodness [n]), the
        goodness by its rank within the set. Leave out the language that the guess is for: its own
        verdicts speak for themselves, and would be counted twice."""
        dense = np.concatenate([one for one, _ in sets])
        goal = np.concatenate([normal_scores(goodness[:, None])[:, 0] for _, goodness in sets])
        square = dense.T @ dense + RIDGE * np.eye(dense.shape[1])
        return cls(np.linalg.solve(square, dense.T @ goal))

    def apply(self, features: Features) -> Floats:
        """This function will return the guess for each row of a whole set as a normal score, higher =
        better: [n]."""
        return normal_scores((features.dense @ self.weights)[:, None])[:, 0]
