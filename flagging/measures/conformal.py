"""A threshold of suspicion that misses at most a chosen share of the bad, by split conformal prediction."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from flagging.measures.sample import Sample


@dataclass(frozen=True)
class Threshold:
    """Review what has at least `suspicion`; of the bad the rest misses `miss` or less, in the mean.

    `suspicion` is -inf where the labels do not carry the promise: review everything. `share` is the weighted
    share of the sample that lies at or above it, `bads` how many bad verdicts it rests on.
    """

    suspicion: float
    miss: float
    bads: int
    share: float

    @property
    def enough(self) -> bool:
        """Whether there are labels enough for a threshold at all."""
        return self.suspicion != -inf


def conformal_threshold(sample: Sample, miss: float, *, unseen_weight: float | None = None) -> Threshold:
    """This function will return the highest threshold that misses at most `miss` of the bad in the mean.

    Split conformal over the suspicion of the bad verdicts alone (Vovk; Lei et al. 2018): with n of them drawn
    alike the k-th smallest, k = floor(miss × (n + 1)), misses a new bad item with probability at most
    k / (n + 1). With unequal inclusion (Tibshirani et al. 2019) the greatest s_(k) for which
    (sum of the weights below it + w) / (sum of all + w) <= miss, w being the weight of an item not seen:
    `unseen_weight`, or the greatest in the sample, which is on the safe side. The promise is a mean over
    samples: one sample may do worse. Items are exchangeable, suspicion made without their verdicts. Raises
    `ValueError` for a miss rate outside (0, 1).
    """
    if not 0 < miss < 1:
        raise ValueError(f"a miss rate of {miss} is none: give one between 0 and 1, such as .1.")
    bad = sample.rows(sample.bad)
    if not len(bad):
        return Threshold(-inf, miss, 0, 1.0)
    order = np.argsort(bad.suspicion, kind="stable")
    values, weight = bad.suspicion[order], bad.weight[order]
    unseen = float(bad.weight.max() if unseen_weight is None else unseen_weight)
    below = np.concatenate(([0.0], np.cumsum(weight)[:-1]))
    # Equal values are missed together or not at all: what lies below the first of them counts.
    below = below[np.searchsorted(values, values, "left")]
    allowed = (below + unseen) / (weight.sum() + unseen) <= miss + 1e-12
    cut = float(values[allowed].max()) if allowed.any() else -inf
    above = float(np.average(sample.suspicion >= cut, weights=sample.weight))
    return Threshold(cut, miss, len(bad), above)
