"""Several regressions on one scale, blended by what each predicts for rows it has not seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from flagging.learning.forest import Forest
from flagging.learning.grams import Matrix
from flagging.learning.kernel import Parts, Recipe, dense_parts, left_out, solve
from flagging.learning.words import Floats, Ids

# Families tried: the kernel's linear, curved and n-gram part, and the ridges of which the one that predicts
# best is kept.
FAMILIES: dict[str, tuple[tuple[float, float, float], tuple[float, ...]]] = {
    "linear": ((1.0, 0.0, 0.0), (1.0, 3.0)),
    "curved": ((0.5, 1.0, 0.0), (3.0,)),
    "curved and grams": ((0.0, 1.0, 1.0), (3.0, 10.0)),
    "grams": ((0.0, 0.0, 1.0), (1.0, 3.0)),
}
# Rows that the belief in equal parts weighs when the blend is found.
EQUAL = 30.0


@dataclass(frozen=True)
class Inputs:
    """What regressions see of some rows: `dense` [n, d], `grams` [n, buckets], `singles` [n, s] signals
    that may also speak for themselves."""

    dense: Floats
    grams: Matrix
    singles: Floats

    def take(self, rows: Ids) -> Inputs:
        """This function will return these rows alone."""
        return Inputs(self.dense[rows], self.grams[rows], self.singles[rows])


@dataclass(frozen=True)
class Machine:
    """A blend made one: weights of dense columns, of n-gram buckets and of singles, a Gaussian kernel's
    weights over `support` rows, and trees. `parts` says how much each family was given."""

    linear: Floats
    support: Floats
    curved: Floats
    grams: Floats
    singles: Floats
    forest_share: float
    forest: Forest
    parts: dict[str, float]

    def predict(self, inputs: Inputs) -> Floats:
        """This function will return a figure per row, higher = better: [n]."""
        result = inputs.dense @ self.linear + inputs.singles @ self.singles
        if self.grams.any():
            result = result + inputs.grams @ self.grams
        if self.curved.any():
            result = result + dense_parts(inputs.dense, self.support)[1] @ self.curved
        if self.forest_share:
            result = result + self.forest_share * self.forest.predict(inputs.dense)
        return np.asarray(result)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """This function will return the numbers, for storing."""
        own = {name: getattr(self, name) for name in ("linear", "support", "curved", "grams", "singles")}
        small = {name: values.astype(np.float32) for name, values in own.items()}
        return small | {f"forest_{name}": values for name, values in self.forest.arrays().items()}

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, NDArray[Any]], forest_share: float, parts: dict[str, float]
    ) -> Machine:
        """This function will rebuild what `arrays` returned."""
        own = {
            name: arrays[name].astype(np.float64)
            for name in ("linear", "support", "curved", "grams", "singles")
        }
        trees = {
            name.removeprefix("forest_"): one for name, one in arrays.items() if name.startswith("forest_")
        }
        return cls(**own, forest_share=forest_share, forest=Forest(**trees), parts=parts)


@dataclass(frozen=True)
class Task:
    """Labelled rows to learn from: what is seen, the goal (mean 0, variance 1, higher = better), each row's
    weight (mean 1), its inner fold, the kernels among the rows, and the seed."""

    inputs: Inputs
    goal: Floats
    weight: Floats
    folds: Ids
    parts: Parts
    seed: int


def train(task: Task) -> Machine:
    """This function will fit every family, and blend them by their predictions for left-out folds."""
    recipes, columns = _kernels(task)
    columns["trees"] = _forest_left_out(task)
    names = [*columns, *(f"single {place}" for place in range(task.inputs.singles.shape[1]))]
    seen = np.column_stack([*columns.values(), task.inputs.singles])
    shares = dict(zip(names, _blend(seen, task.goal, task.weight), strict=True))
    return _joined(task, recipes, shares)


def _kernels(task: Task) -> tuple[dict[str, Recipe], dict[str, Floats]]:
    """Of each family the best recipe and what it predicts for left-out folds."""
    recipes: dict[str, Recipe] = {}
    columns: dict[str, Floats] = {}
    for name, (family, ridges) in FAMILIES.items():
        tried = [Recipe(*family, ridge) for ridge in ridges]
        predicted = [left_out(task.parts, one, task.goal, task.weight, task.folds) for one in tried]
        errors = [float((task.weight * (one - task.goal) ** 2).sum()) for one in predicted]
        best = int(np.argmin(errors))
        recipes[name], columns[name] = tried[best], predicted[best]
    return recipes, columns


def _forest_left_out(task: Task) -> Floats:
    result = np.zeros(len(task.goal))
    dense = task.inputs.dense
    for fold in np.unique(task.folds):
        held = task.folds == fold
        forest = Forest.fit(dense[~held], task.goal[~held], task.weight[~held], task.seed)
        result[held] = forest.predict(dense[held])
    return result


def _blend(columns: Floats, goal: Floats, weight: Floats) -> Floats:
    """Shares of the columns, none below 0, by least squares with a pull towards equal ones."""
    root = np.sqrt(weight)[:, None]
    many = columns.shape[1]
    pull = np.sqrt(EQUAL) * np.eye(many)
    shares, _ = nnls(
        np.vstack([root * columns, pull]),
        np.concatenate([root[:, 0] * goal, np.full(many, np.sqrt(EQUAL) / many)]),
    )
    return np.asarray(shares)


def _joined(task: Task, recipes: dict[str, Recipe], shares: dict[str, float]) -> Machine:
    """All families fitted to all rows, their weights added up in one machine."""
    inputs, rows = task.inputs, len(task.goal)
    linear, curved, grams = np.zeros(rows), np.zeros(rows), np.zeros(rows)
    for name, recipe in recipes.items():
        if shares[name] > 0:
            weights = shares[name] * solve(task.parts, recipe, task.goal, task.weight)
            linear += recipe.linear * weights
            curved += recipe.curved * weights
            grams += recipe.grams * weights
    return Machine(
        linear=inputs.dense.T @ linear / max(inputs.dense.shape[1], 1),
        support=inputs.dense,
        curved=curved,
        grams=np.asarray(inputs.grams.T @ grams) / 2,
        singles=np.array([share for name, share in shares.items() if name.startswith("single ")]),
        forest_share=shares["trees"],
        forest=Forest.fit(inputs.dense, task.goal, task.weight, task.seed),
        parts=shares,
    )
