"""Made-up languages in which everything is known: who is bad, how suspect each is, who was drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flagging.measures.sample import Floats, Sample, sample


@dataclass(frozen=True)
class Population:
    """All translations of a language; bad ones lie `skill` standard deviations higher in suspicion."""

    suspicion: Floats
    bad: np.ndarray
    length: Floats

    def drawn(self, inclusion: Floats, random: np.random.Generator) -> Sample:
        """A sample in which each item is included independently with its own probability."""
        taken = random.random(len(self.bad)) < inclusion
        return sample(
            self.suspicion[taken],
            self.bad[taken],
            inclusion=inclusion[taken],
            lengths=self.length[taken],
            groups=list(np.flatnonzero(taken) % 5),
        )

    def whole(self) -> Sample:
        return sample(self.suspicion, self.bad, lengths=self.length)


def population(
    random: np.random.Generator, *, size: int = 4000, rate: float = 0.2, skill: float = 1.2
) -> Population:
    bad = random.random(size) < rate
    suspicion = random.normal(size=size) + skill * bad
    return Population(suspicion, bad, random.integers(5, 60, size).astype(float))


def flags_more(one: Population, *, flagged: float = 0.6, rest: float = 0.1) -> Floats:
    """Inclusion of a design that draws more of the fifth that is most suspect."""
    return np.where(one.suspicion > np.quantile(one.suspicion, 0.8), flagged, rest)
