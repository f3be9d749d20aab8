"""The threshold keeps its promise in the mean, with equal and with unequal inclusion."""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagging.measures.conformal import conformal_threshold
from flagging.measures.sample import sample
from tests.flagging.measures.populations import flags_more, population


def _mean_miss(miss: float, *, size: int, rate: float, rounds: int = 1500) -> float:
    random = np.random.default_rng(21)
    missed = []
    for _ in range(rounds):
        drawn = population(random, size=size, rate=rate)
        cut = conformal_threshold(drawn.whole(), miss).suspicion
        fresh = population(random, size=2000, rate=rate)
        missed.append(np.mean(fresh.suspicion[fresh.bad] < cut))
    return float(np.mean(missed))


def test_300_random_labels_miss_9_2_percent_at_10_in_the_mean():
    assert _mean_miss(0.10, size=300, rate=0.2) == pytest.approx(0.092, abs=0.004)


@pytest.mark.parametrize(("miss", "size"), [(0.05, 200), (0.2, 100), (0.02, 60)])
def test_the_mean_miss_is_never_above_the_target(miss, size):
    assert _mean_miss(miss, size=size, rate=0.2, rounds=600) <= miss + 0.004


def test_weighted_samples_keep_the_promise_that_unweighted_ones_break():
    random = np.random.default_rng(22)
    everyone = population(random, size=8000)
    inclusion = flags_more(everyone, flagged=0.4, rest=0.05)
    bad = everyone.suspicion[everyone.bad]
    kept, broken = [], []
    for _ in range(400):
        drawn = everyone.drawn(inclusion, random)
        kept.append(np.mean(bad < conformal_threshold(drawn, 0.1).suspicion))
        broken.append(np.mean(bad < conformal_threshold(sample(drawn.suspicion, drawn.bad), 0.1).suspicion))
    assert 0.06 <= np.mean(kept) <= 0.1
    assert np.mean(broken) > 0.2


def test_too_few_bad_labels_mean_everything_is_reviewed():
    found = conformal_threshold(sample(range(20), [True] * 8 + [False] * 12), 0.1)
    assert (found.suspicion, found.enough, found.share, found.bads) == (-inf, False, 1.0, 8)
    assert conformal_threshold(sample(range(20), [True] * 9 + [False] * 11), 0.1).suspicion == 0


def test_without_anything_bad_everything_is_reviewed():
    assert not conformal_threshold(sample([1, 2], [False, False]), 0.5).enough


@given(
    st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=60),
    st.floats(0.01, 0.5),
)
def test_equal_weights_give_the_textbook_order_statistic(rows, miss):
    one = sample([row[0] for row in rows], [row[1] for row in rows])
    bads = sorted(one.suspicion[one.bad])
    allowed = int(np.floor(miss * (len(bads) + 1) + 1e-9))
    expected = bads[allowed - 1] if allowed else -inf
    assert conformal_threshold(one, miss).suspicion >= expected
    assert np.mean(np.array(bads) < conformal_threshold(one, miss).suspicion) <= miss if bads else True


@pytest.mark.parametrize("miss", [0, 1, -0.1])
def test_a_miss_rate_that_is_none_is_refused(miss):
    with pytest.raises(ValueError, match="give one between 0 and 1"):
        conformal_threshold(sample([1], [True]), miss)
