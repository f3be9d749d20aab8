"""Letter n-grams of both sides, hashed into buckets, weighted by how few texts of the set have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

from flagging.learning.words import share

Matrix: TypeAlias = csr_matrix

# Buckets of each side.
BUCKETS = 1 << 16
SHORTEST, LONGEST_GRAM = 2, 5
# Letters of all texts that are looked at, and of each.
MOST_LETTERS, FEWEST_LETTERS, LONGEST = 2_000_000, 60, 400


@dataclass(frozen=True)
class Grams:
    """Weights of the buckets of each side."""

    source: TfidfTransformer
    target: TfidfTransformer

    @classmethod
    def fit(cls, pairs: Sequence[tuple[str, str]]) -> Grams:
        """This function will count in how many texts of the set each bucket stands."""
        return cls(*(_weights(_counts([pair[side] for pair in pairs])) for side in (0, 1)))

    def matrix(self, pairs: Sequence[tuple[str, str]]) -> Matrix:
        """This function will return [pairs, 2 * BUCKETS]: tf-idf of each side, its rows of norm 1."""
        sides = [self.source.transform(_counts([pair[0] for pair in pairs]))]
        sides.append(self.target.transform(_counts([pair[1] for pair in pairs])))
        return csr_matrix(hstack(sides), dtype=np.float64)


def _counts(texts: Sequence[str]) -> Matrix:
    hashing = HashingVectorizer(
        analyzer="char_wb",
        ngram_range=(SHORTEST, LONGEST_GRAM),
        n_features=BUCKETS,
        alternate_sign=False,
        norm=None,
    )
    longest = share(MOST_LETTERS, len(texts), FEWEST_LETTERS, LONGEST)
    return hashing.transform([text[:longest] for text in texts])


def _weights(counts: Matrix) -> TfidfTransformer:
    return TfidfTransformer(sublinear_tf=True).fit(counts)
