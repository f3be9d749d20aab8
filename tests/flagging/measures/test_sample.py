"""A sample refuses what no figure can be made from."""

import numpy as np
import pytest

from flagging.measures.sample import SampleError, bootstrap_counts, effective_size, sample


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"bad": [True]}, "1 values of bad for 2"),
        ({"inclusion": [0.1, 0.0]}, r"row 1 has inclusion probability 0.0: it must lie in \(0, 1\]"),
        ({"inclusion": [1.1, 0.5]}, "row 0 has inclusion probability 1.1"),
        ({"suspicion": [0.1, float("nan")]}, "row 1 has suspicion nan: leave out what is not scorable"),
        ({"groups": ["ana"]}, "1 values of groups for 2"),
    ],
)
def test_a_wrong_column_is_named_with_its_cure(columns, message):
    with pytest.raises(SampleError, match=message):
        sample(**{"suspicion": [0.1, 0.2], "bad": [True, False], **columns})


def test_people_are_numbered_in_the_order_they_come():
    assert sample([1, 2, 3], [0, 1, 0], groups=["ben", "ana", "ben"]).group.tolist() == [0, 1, 0]


def test_equal_weights_count_as_many_as_there_are_and_unequal_ones_fewer():
    assert effective_size(np.full(7, 3.0)) == pytest.approx(7)
    assert effective_size(np.array([1.0, 10.0])) == pytest.approx(121 / 101)
    assert effective_size(np.array([])) == 0


def test_rows_are_redrawn_within_their_stratum():
    strata = np.array([1.0] * 4 + [10.0] * 6)
    counts = bootstrap_counts(strata, 50, seed=1)
    assert set(counts[:, :4].sum(axis=1)) == {4}
    assert set(counts[:, 4:].sum(axis=1)) == {6}
