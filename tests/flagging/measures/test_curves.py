"""Recall against share reviewed: exact on whole populations, unbiased and honest on samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagging.measures.curves import (
    chance_curve,
    effort,
    expected_curve,
    longest_first,
    recall_curve,
    share_for_recall,
)
from flagging.measures.sample import SampleError, sample
from tests.flagging.measures.populations import flags_more, population

FIFTHS = np.array([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])


def test_the_curve_of_a_known_order():
    one = sample([5, 4, 3, 2, 1], [True, False, True, False, False])
    assert recall_curve(one, shares=FIFTHS).recall.tolist() == [0, 0.5, 0.5, 1, 1, 1]
    assert share_for_recall(one, 0.5).value == pytest.approx(0.2)
    assert share_for_recall(one, 0.75).value == pytest.approx(0.5)
    assert share_for_recall(one, 1.0).value == pytest.approx(0.6)


def test_equal_suspicion_is_read_in_random_order():
    one = sample([1] * 10, [True] * 2 + [False] * 8)
    assert recall_curve(one, shares=FIFTHS).recall == pytest.approx(chance_curve(FIFTHS).recall)


def test_longest_first_orders_by_length_alone():
    one = sample([1, 2, 3], [True, False, False], lengths=[30, 20, 10])
    assert recall_curve(longest_first(one), shares=np.array([1 / 3])).recall.tolist() == [1.0]


def test_without_anything_bad_there_is_no_recall():
    with pytest.raises(SampleError, match="none of 2 verdicts is bad"):
        recall_curve(sample([1, 2], [False, False]))


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.booleans(), st.sampled_from([0.1, 1.0])), min_size=1, max_size=30
    )
)
def test_a_curve_rises_from_0_to_1_inside_its_band(rows):
    one = sample([row[0] for row in rows], [row[1] for row in rows], inclusion=[row[2] for row in rows])
    if one.bads:
        curve = recall_curve(one, draws=20)
        assert curve.recall[0] == 0 and curve.recall[-1] == pytest.approx(1)
        assert (np.diff(curve.recall) >= -1e-12).all()
        assert (curve.low <= curve.recall).all() and (curve.recall <= curve.high).all()


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=30), st.floats(0.01, 1))
def test_the_share_for_a_recall_is_the_least_that_reaches_it(rows, target):
    one = sample([row[0] for row in rows], [row[1] for row in rows])
    if one.bads:
        share = share_for_recall(one, target, draws=1).value
        both = recall_curve(one, shares=np.array([max(0.0, share - 1e-6), share + 1e-9]), draws=1).recall
        assert both[0] < target <= both[1] + 1e-7


def test_a_weighted_sample_gives_the_curve_of_the_population_and_a_band_that_holds_it():
    random = np.random.default_rng(11)
    everyone = population(random, size=5000)
    truth = recall_curve(everyone.whole(), shares=FIFTHS, draws=1).recall
    inclusion = flags_more(everyone, flagged=0.3, rest=0.08)
    curves = [
        recall_curve(everyone.drawn(inclusion, random), shares=FIFTHS, draws=100, seed=n) for n in range(80)
    ]
    assert np.mean([curve.recall for curve in curves], axis=0) == pytest.approx(truth, abs=0.015)
    held = np.mean([(curve.low <= truth) & (truth <= curve.high) for curve in curves], axis=0)
    assert held[1:-1].min() >= 0.88


def test_probabilities_that_are_right_expect_the_curve_that_comes():
    random = np.random.default_rng(12)
    probability = random.beta(0.5, 2, 40_000)
    came = recall_curve(sample(probability, random.random(40_000) < probability), shares=FIFTHS, draws=1)
    assert expected_curve(probability, shares=FIFTHS).recall == pytest.approx(came.recall, abs=0.01)


def test_equal_probabilities_expect_the_diagonal_and_none_are_refused():
    assert expected_curve(np.full(7, 0.2), shares=FIFTHS).recall == pytest.approx(FIFTHS)
    with pytest.raises(SampleError, match="3 probabilities sum to 0"):
        expected_curve(np.zeros(3))


def test_what_a_target_takes_in_items_and_hours():
    one = sample([5, 4, 3, 2, 1], [True, False, True, False, False])
    found = effort(one, 1.0, items=1001, seconds=36)
    assert found.items.value == 601
    assert found.hours.value == pytest.approx(6.01)


@pytest.mark.parametrize("target", [0, -0.1, 1.1])
def test_a_target_that_is_no_recall_is_refused(target):
    with pytest.raises(ValueError, match="give one above 0 and at most 1"):
        share_for_recall(sample([1], [True]), target)


def test_the_same_seed_gives_the_same_band():
    one = population(np.random.default_rng(4), size=300).whole()
    first, second = (recall_curve(one, draws=30, seed=9) for _ in range(2))
    assert first.low.tolist() == second.low.tolist()
