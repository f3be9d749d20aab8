"""The weighted AUROC and its interval against brute force and against populations that are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagging.measures.auroc import auroc_interval, length_bins, length_controlled_auroc, weighted_auroc
from flagging.measures.curves import longest_first
from flagging.measures.sample import sample
from tests.flagging.measures.populations import flags_more, population

ROWS = st.lists(
    st.tuples(st.integers(0, 6), st.booleans(), st.sampled_from([0.1, 0.25, 1.0])), min_size=2, max_size=25
)


def _by_pairs(one) -> float:
    won = all_pairs = 0.0
    for i in np.flatnonzero(one.bad):
        for j in np.flatnonzero(~one.bad):
            pair = one.weight[i] * one.weight[j]
            all_pairs += pair
            won += pair * ((one.suspicion[i] > one.suspicion[j]) + (one.suspicion[i] == one.suspicion[j]) / 2)
    return won / all_pairs if all_pairs else float("nan")


@given(ROWS)
def test_it_is_the_weighted_share_of_pairs_in_order(rows):
    one = sample([row[0] for row in rows], [row[1] for row in rows], inclusion=[row[2] for row in rows])
    assert weighted_auroc(one) == pytest.approx(_by_pairs(one), nan_ok=True)


@given(ROWS)
def test_the_interval_holds_the_estimate_and_stays_between_0_and_1(rows):
    one = sample([row[0] for row in rows], [row[1] for row in rows], inclusion=[row[2] for row in rows])
    area, low, high = auroc_interval(one)
    assert np.isnan(area) or 0 <= low <= area <= high <= 1


def test_weights_undo_a_design_that_draws_less_of_the_middle():
    random = np.random.default_rng(1)
    everyone = population(random, size=6000)
    truth = weighted_auroc(everyone.whole())
    extreme = abs(everyone.suspicion - np.median(everyone.suspicion)) > 1
    inclusion = np.where(extreme, 0.5, 0.1)
    drawn = [everyone.drawn(inclusion, random) for _ in range(60)]
    weighted = np.mean([weighted_auroc(one) for one in drawn])
    unweighted = np.mean([weighted_auroc(sample(one.suspicion, one.bad)) for one in drawn])
    assert weighted == pytest.approx(truth, abs=0.01)
    assert abs(unweighted - truth) > 0.03


@pytest.mark.parametrize("skill", [0.0, 0.7, 2.0])
@pytest.mark.parametrize(("flagged", "rest"), [(0.05, 0.05), (0.3, 0.03)])
def test_the_interval_holds_the_truth_as_often_as_it_says(skill, flagged, rest):
    random = np.random.default_rng(2)
    everyone = population(random, size=3000, skill=skill)
    truth = weighted_auroc(everyone.whole())
    inclusion = flags_more(everyone, flagged=flagged, rest=rest)
    intervals = [auroc_interval(everyone.drawn(inclusion, random)) for _ in range(300)]
    assert np.mean([low <= truth <= high for _, low, high in intervals]) >= 0.91


def test_a_perfect_order_of_few_verdicts_is_no_certainty():
    area, low, high = auroc_interval(sample(range(20), [False] * 15 + [True] * 5))
    assert area == high == 1.0
    assert low < 0.95


def test_length_alone_tells_nothing_once_length_is_held():
    random = np.random.default_rng(3)
    length = random.uniform(5, 80, 4000)
    one = sample(length, random.random(4000) < length / 100, lengths=length)
    assert weighted_auroc(one) > 0.68
    assert weighted_auroc(longest_first(one)) == weighted_auroc(one)
    assert length_controlled_auroc(one) < 0.57
    assert length_controlled_auroc(one, bins=40) < 0.52


def test_equal_lengths_share_a_bin_and_bins_hold_equal_weight():
    bins = length_bins(np.repeat(np.arange(10.0), 3), np.ones(30), 5)
    assert np.bincount(bins.astype(int)).tolist() == [6] * 5
