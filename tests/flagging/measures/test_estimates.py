"""Bad translations left, estimated from designs whose truth is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagging.measures.estimates import Stratum, errors_left, hajek, horvitz_thompson


def test_a_stratum_that_was_reviewed_whole_has_nothing_left():
    found = errors_left([Stratum("flagged", 500, 500, 200)])
    assert found.errors == (0, 0, 0)
    assert found.unreviewed == found.unseen == 0


def test_what_the_audit_found_stands_for_those_it_did_not_draw():
    found = errors_left([Stratum("flagged", 500, 500, 200), Stratum("rest", 2000, 200, 10)])
    assert found.errors.value == pytest.approx(1800 * 0.05)
    assert found.deviation == pytest.approx(2000 * np.sqrt(0.9 * 0.05 * 0.95 / 199))


def test_nothing_found_leaves_an_upper_bound():
    found = errors_left([Stratum("rest", 1000, 100, 0)]).errors
    assert (found.value, found.low) == (0, 0)
    assert 20 < found.high < 60


def test_a_stratum_that_nobody_looked_into_is_said_to_be_unseen():
    found = errors_left([Stratum("flagged", 300, 0, 0), Stratum("rest", 1000, 100, 10)])
    assert (found.unreviewed, found.unseen) == (1200, 300)
    assert found.errors.high <= 900


def test_more_bad_than_reviewed_is_refused_by_name():
    with pytest.raises(ValueError, match="stratum 'audit' has 5 bad of 3 reviewed of 10"):
        Stratum("audit", 10, 3, 5)


@given(
    st.lists(
        st.tuples(st.integers(0, 300), st.floats(0, 1), st.floats(0, 1)).map(
            lambda one: Stratum("s", one[0], int(one[0] * one[1]), int(int(one[0] * one[1]) * one[2]))
        ),
        max_size=4,
    )
)
def test_the_interval_holds_the_estimate_and_what_is_possible(strata):
    found = errors_left(strata)
    assert 0 <= found.errors.low <= found.errors.value + 1e-9
    assert found.errors.value <= found.errors.high + 1e-9 <= found.unreviewed - found.unseen + 1e-6


@pytest.mark.parametrize("rates", [(0.4, 0.15, 0.03), (0.5, 0.02, 0.005)])
def test_the_stratified_interval_holds_the_truth_as_often_as_it_says(rates):
    random = np.random.default_rng(31)
    sizes, drawn = (600, 1500, 3000), (400, 200, 150)
    held, values, truths = [], [], []
    for _ in range(800):
        bads = [random.binomial(size, rate) for size, rate in zip(sizes, rates, strict=True)]
        found = [random.hypergeometric(b, s - b, n) for b, s, n in zip(bads, sizes, drawn, strict=True)]
        strata = [Stratum("s", *map(int, parts)) for parts in zip(sizes, drawn, found, strict=True)]
        errors = errors_left(strata).errors
        truth = sum(bads) - sum(found)
        held.append(errors.low <= truth <= errors.high)
        values.append(errors.value)
        truths.append(truth)
    assert np.mean(held) >= 0.93
    assert np.mean(values) == pytest.approx(np.mean(truths), rel=0.03)


def test_both_estimates_of_the_whole_are_unbiased_and_their_intervals_hold():
    random = np.random.default_rng(32)
    bad = random.random(4000) < np.where(np.arange(4000) < 800, 0.4, 0.06)
    inclusion = np.where(np.arange(4000) < 800, 0.5, 0.1)
    both = []
    for _ in range(600):
        taken = random.random(4000) < inclusion
        rows = bad[taken], inclusion[taken]
        both.append([horvitz_thompson(*rows), hajek(*rows, 4000)])
    values = np.array(both)
    assert values[:, :, 0].mean(axis=0) == pytest.approx([bad.sum()] * 2, rel=0.02)
    held = (values[:, :, 1] <= bad.sum()) & (bad.sum() <= values[:, :, 2])
    assert held.mean(axis=0).min() >= 0.92


def test_an_estimate_without_verdicts_is_refused():
    with pytest.raises(ValueError, match="needs at least one"):
        hajek([], [], 10)
