"""The verdicts that figures are made from, each with the probability that it was looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]
Integers: TypeAlias = NDArray[np.int64]


class SampleError(ValueError):
    """A sample that no figure can be made from; the message names the value and the cure."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Verdicts of one language, one row each; all arrays are of one length.

    `suspicion`: higher = more likely bad. `bad`: the verdict. `weight`: one over the inclusion probability.
    `group`: who judged, as numbers, for cross-validation. `length`: of the text, for longest-first lines.
    """

    suspicion: Floats
    bad: Bools
    weight: Floats
    group: Integers
    length: Floats

    def __len__(self) -> int:
        return len(self.bad)

    @property
    def bads(self) -> int:
        """How many verdicts are bad, unweighted."""
        return int(self.bad.sum())

    @property
    def goods(self) -> int:
        """How many verdicts are not bad, unweighted."""
        return len(self) - self.bads

    def rows(self, index: NDArray[np.int64] | Bools) -> Sample:
        """This function will return the sample of these rows, by position or by mask."""
        return Sample(
            self.suspicion[index], self.bad[index], self.weight[index], self.group[index], self.length[index]
        )


def sample(
    suspicion: ArrayLike,
    bad: ArrayLike,
    *,
    inclusion: ArrayLike | None = None,
    groups: Sequence[object] | None = None,
    lengths: ArrayLike | None = None,
) -> Sample:
    """This function will check the columns and return them as a `Sample`.

    `inclusion` is the probability in (0, 1] with which each row came into the sample (None: all alike);
    `groups` names who judged (None: one person each row); `lengths` is any measure of length (None: 0).
    Raises `SampleError` for columns of unequal length, a suspicion that is no number, or a probability
    outside (0, 1].
    """
    scores = np.asarray(suspicion, dtype=np.float64)
    size = len(scores)
    verdicts = np.asarray(bad, dtype=np.bool_)
    chances = np.ones(size) if inclusion is None else np.asarray(inclusion, dtype=np.float64)
    sizes = np.zeros(size) if lengths is None else np.asarray(lengths, dtype=np.float64)
    people = np.arange(size, dtype=np.int64) if groups is None else _numbered(groups)
    _check_lengths(size, bad=verdicts, inclusion=chances, groups=people, lengths=sizes)
    _check_values(scores, chances)
    return Sample(scores, verdicts, 1.0 / chances, people, sizes)


def _numbered(groups: Sequence[object]) -> Integers:
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in groups], dtype=np.int64)


def _check_lengths(size: int, **columns: NDArray[np.generic]) -> None:
    for name, column in columns.items():
        if len(column) != size:
            raise SampleError(f"{len(column)} values of {name} for {size} of suspicion: give one each.")


def _check_values(scores: Floats, chances: Floats) -> None:
    if not np.isfinite(scores).all():
        where = int(np.flatnonzero(~np.isfinite(scores))[0])
        raise SampleError(f"row {where} has suspicion {scores[where]}: leave out what is not scorable.")
    if len(chances) and not ((chances > 0) & (chances <= 1)).all():
        where = int(np.flatnonzero(~((chances > 0) & (chances <= 1)))[0])
        raise SampleError(
            f"row {where} has inclusion probability {chances[where]}: it must lie in (0, 1]. "
            "What could not be drawn is no part of the sample."
        )


def effective_size(weight: Floats) -> float:
    """This function will return Kish's effective sample size, (sum w)² / sum w²; 0 for none."""
    squares = float((weight**2).sum())
    return float(weight.sum()) ** 2 / squares if squares else 0.0


def bootstrap_counts(strata: Floats, draws: int, seed: int) -> Integers:
    """This function will return how often each row is drawn, (draws, rows), with replacement within strata.

    Rows of one value of `strata` (their weight, say) are resampled among themselves, as the design drew them.
    """
    random = np.random.default_rng(seed)
    counts = np.zeros((draws, len(strata)), dtype=np.int64)
    for value in np.unique(strata):
        where = np.flatnonzero(strata == value)
        counts[:, where] = random.multinomial(len(where), np.full(len(where), 1 / len(where)), size=draws)
    return counts
