"""The audit's design: sizes, stable draws, and what hidden flags tell."""

import numpy as np
import pytest

from flagging.measures.sampling import (
    Arm,
    pull_of_flags,
)


def test_few_items_in_an_arm_are_not_enough_data_yet():
    assert not pull_of_flags(Arm(500, 100), Arm(29, 3)).enough


def test_the_difference_is_newcombes_published_example():
    found = pull_of_flags(Arm(70, 56), Arm(80, 48)).difference
    assert found == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_a_pull_that_is_there_is_found_and_none_is_not():
    random = np.random.default_rng(41)

    def share_above(pull: float) -> float:
        found = [
            pull_of_flags(Arm(400, random.binomial(400, 0.3 + pull)), Arm(100, random.binomial(100, 0.3)))
            for _ in range(500)
        ]
        return float(np.mean([one.difference is not None and one.difference.low > 0 for one in found]))

    assert share_above(0.0) <= 0.04
    assert share_above(0.2) >= 0.9
