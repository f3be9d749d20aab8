"""Extremely randomised trees, kept as plain arrays so that a stored fit is data and never code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn import config_context
from sklearn.ensemble import ExtraTreesRegressor

from flagging.learning.words import Floats

TREES = 100
SMALLEST_LEAF = 5
# Share of the features looked at for each split.
FEATURES = 0.3

Arrays = Mapping[str, NDArray]


@dataclass(frozen=True)
class Forest:
    """All trees end to end: node i goes to `left[i]` where feature[i] <= threshold[i], else to `right[i]`;
    a leaf has feature -1 and a value."""

    roots: NDArray[np.int32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    value: NDArray[np.float32]

    @classmethod
    def fit(cls, dense: Floats, goal: Floats, weight: Floats, seed: int) -> Forest:
        """This function will fit the trees to the goal by weighted squared error."""
        model = ExtraTreesRegressor(
            TREES, min_samples_leaf=SMALLEST_LEAF, max_features=FEATURES, random_state=seed, n_jobs=1
        )
        # A hundred trees pass the same checks a hundred times otherwise.
        with config_context(skip_parameter_validation=True, assume_finite=True):
            model.fit(dense.astype(np.float32), goal, sample_weight=weight)
        trees = [one.tree_ for one in model.estimators_]
        roots = np.concatenate([[0], np.cumsum([tree.node_count for tree in trees])])[:-1]
        return cls(
            roots.astype(np.int32),
            np.concatenate([t.children_left + r for t, r in zip(trees, roots, strict=True)]).astype(np.int32),
            np.concatenate([t.children_right + r for t, r in zip(trees, roots, strict=True)]).astype(
                np.int32
            ),
            np.maximum(np.concatenate([tree.feature for tree in trees]), -1).astype(np.int16),
            np.concatenate([tree.threshold for tree in trees]).astype(np.float32),
            np.concatenate([tree.value[:, 0, 0] for tree in trees]).astype(np.float32),
        )

    def predict(self, dense: Floats) -> Floats:
        """This function will return the mean of the trees' values: [rows]."""
        single = dense.astype(np.float32)
        total = np.zeros(len(dense))
        for root in self.roots:
            total += self.value[self._leaf(single, int(root))]
        return total / max(len(self.roots), 1)

    def _leaf(self, dense: NDArray[np.float32], root: int) -> NDArray[np.int64]:
        node = np.full(len(dense), root, dtype=np.int64)
        rows = np.flatnonzero(self.feature[node] >= 0)
        while len(rows):
            here = node[rows]
            low = dense[rows, self.feature[here]] <= self.threshold[here]
            node[rows] = np.where(low, self.left[here], self.right[here])
            rows = rows[self.feature[node[rows]] >= 0]
        return node

    def arrays(self) -> dict[str, NDArray]:
        """This function will return what `Forest(**arrays)` takes."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}
