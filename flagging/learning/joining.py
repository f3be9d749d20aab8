"""Verdicts on several sets of translations of one language, as rows of one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, vstack

from flagging.learning.head import Observed, Rows
from flagging.learning.surface import Features
from flagging.learning.words import Floats


def joined(parts: Sequence[Rows]) -> Rows:
    """This function will put rows of several sets one after another; a signal that a set has not is NaN there.

    Raises `ValueError` for no rows, or sets whose features are not the same.
    """
    if not parts or len({part.observed.features.names for part in parts}) > 1:
        raise ValueError("Join one or more parts, all with the same surface features.")
    return Rows(
        keys=tuple(key for part in parts for key in part.keys),
        observed=_observed([part.observed for part in parts]),
        goodness=np.concatenate([part.goodness for part in parts]),
        bad=np.concatenate([part.bad for part in parts]),
        groups=_groups(parts),
        weight=np.concatenate([part.weight for part in parts]),
    )


def _groups(parts: Sequence[Rows]) -> np.ndarray | None:
    known = [part.groups for part in parts if part.groups is not None]
    return np.concatenate(known) if len(known) == len(parts) else None


def _observed(parts: Sequence[Observed]) -> Observed:
    names = sorted({name for part in parts for name in part.signals})
    return Observed(
        Features(
            parts[0].features.names,
            np.concatenate([part.features.dense for part in parts]),
            csr_matrix(vstack([part.features.grams for part in parts])),
            np.concatenate([part.features.score for part in parts]),
        ),
        {name: np.concatenate([_signal(part, name) for part in parts]) for name in names},
    )


def _signal(part: Observed, name: str) -> Floats:
    found = part.signals.get(name)
    return np.full(len(part.features.score), np.nan) if found is None else found
