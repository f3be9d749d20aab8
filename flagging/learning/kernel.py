"""Kernel ridge regression over dense features and letter n-grams, with its cross-validation in closed form.

A Gaussian process's mean. The prediction for a fold that was left out needs no second fit: with
C = (K + lambda W^-1)^-1 the residual of the rows B is C_BB^-1 (C y)_B (Rasmussen & Williams 2006, 5.4.2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, lapack

from flagging.learning.grams import Matrix
from flagging.learning.words import Floats, Ids

# exp(-WIDTH * mean squared distance of the features).
WIDTH = 0.5


@dataclass(frozen=True, slots=True)
class Recipe:
    """How much each part weighs in the kernel, and the ridge."""

    linear: float
    curved: float
    grams: float
    ridge: float


def dense_parts(rows: Floats, others: Floats) -> tuple[Floats, Floats]:
    """This function will return the linear and the Gaussian kernel of two sets of rows: [rows, others]."""
    width = max(rows.shape[1], 1)
    product = rows @ others.T
    far = (rows**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)[None] - 2 * product
    return product / width, np.exp(-WIDTH * np.maximum(far, 0.0) / width)


def gram_part(rows: Matrix, others: Matrix) -> Floats:
    """This function will return the mean cosine of both sides' n-grams: [rows, others]."""
    return np.asarray((rows @ others.T).toarray()) / 2


@dataclass(frozen=True)
class Parts:
    """The three kernels of the labelled rows with each other."""

    linear: Floats
    curved: Floats
    grams: Floats

    @classmethod
    def of(cls, dense: Floats, grams: Matrix) -> Parts:
        """This function will compute them."""
        return cls(*dense_parts(dense, dense), gram_part(grams, grams))

    @classmethod
    def of_dense(cls, dense: Floats) -> Parts:
        """This function will compute the dense ones, and leave the n-grams' empty."""
        return cls(*dense_parts(dense, dense), np.zeros((0, 0)))

    def take(self, rows: Ids) -> Parts:
        """This function will return the kernels of these rows alone."""
        cross = np.ix_(rows, rows)
        return Parts(self.linear[cross], self.curved[cross], self.grams[cross])

    def mixed(self, recipe: Recipe) -> Floats:
        """This function will return the recipe's kernel."""
        return recipe.linear * self.linear + recipe.curved * self.curved + recipe.grams * self.grams


def left_out(parts: Parts, recipe: Recipe, goal: Floats, weight: Floats, folds: Ids) -> Floats:
    """This function will predict each row by a fit without its fold: [rows]."""
    inverse = _inverse(parts.mixed(recipe) + np.diag(recipe.ridge / weight))
    alpha = inverse @ goal
    result = np.zeros(len(goal))
    for fold in np.unique(folds):
        rows = np.flatnonzero(folds == fold)
        result[rows] = goal[rows] - np.linalg.solve(inverse[np.ix_(rows, rows)], alpha[rows])
    return result


def solve(parts: Parts, recipe: Recipe, goal: Floats, weight: Floats) -> Floats:
    """This function will return the weights of the labelled rows: predictions are kernel @ weights."""
    factor, failed = lapack.dpotrf(parts.mixed(recipe) + np.diag(recipe.ridge / weight), lower=1)
    if failed:
        raise ArithmeticError(
            f"The kernel is not positive definite at {failed}; raise the ridge {recipe.ridge}."
        )
    return np.asarray(cho_solve((factor, True), goal))


def _inverse(matrix: Floats) -> Floats:
    """Single precision is enough to compare recipes, and twice as fast."""
    factor, failed = lapack.spotrf(matrix.astype(np.float32), lower=1, clean=1)
    lower, failed_too = lapack.spotri(factor, lower=1)
    if failed or failed_too:
        raise ArithmeticError(
            f"The kernel is not positive definite at {failed or failed_too}; raise the ridge."
        )
    whole = lower + lower.T
    np.fill_diagonal(whole, lower.diagonal())
    return np.asarray(whole, dtype=np.float64)
