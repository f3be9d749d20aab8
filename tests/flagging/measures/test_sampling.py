"""The audit's design: sizes, stable draws, and what hidden flags tell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagging.measures.sampling import (
    Arm,
    audit_size,
    draw_audit,
    hides_flags,
    inclusion_probability,
    pull_of_flags,
    unit,
)


@pytest.mark.parametrize(
    ("items", "size"), [(0, 0), (60, 60), (100, 100), (900, 100), (1001, 101), (14042, 1405), (2000, 200)]
)
def test_a_tenth_at_least_100_and_no_more_than_there_are(items, size):
    assert audit_size(items) == size


@given(st.integers(1, 10**6))
def test_every_item_has_a_chance_between_0_and_1(items):
    assert 0 < inclusion_probability(items, audit_size(items)) <= 1


@pytest.mark.parametrize(("size", "drawn"), [(10, 0), (10, 11), (0, 0)])
def test_a_draw_that_gives_no_chance_is_refused(size, drawn):
    with pytest.raises(ValueError, match="draw at least one and no more than there are"):
        inclusion_probability(size, drawn)


@given(st.sets(st.integers(0, 10**9), max_size=60), st.integers(0, 60), st.randoms())
def test_a_draw_does_not_depend_on_the_order_of_the_ids(ids, size, shuffled):
    order = list(ids)
    shuffled.shuffle(order)
    drawn = draw_audit(order, size, seed="campaign 4 sw")
    assert drawn == draw_audit(sorted(ids), size, seed="campaign 4 sw")
    assert drawn <= ids and len(drawn) == min(size, len(ids))


def test_a_draw_takes_every_item_alike():
    taken = np.zeros(50)
    for number in range(2000):
        taken[list(draw_audit(range(50), 10, seed=f"round {number}"))] += 1
    assert taken.mean() == 400
    assert abs(taken - 400).max() < 4.5 * np.sqrt(2000 * 0.2 * 0.8)


def test_a_set_that_grows_changes_few_of_those_drawn():
    before, after = (draw_audit(range(size), 100, seed="a") for size in (1000, 1050))
    assert len(before & after) >= 85


def test_the_draw_is_the_same_on_every_machine():
    assert unit("seed", 1) == pytest.approx(0.9748454, abs=1e-6)


def test_a_fifth_of_the_tasks_hide_their_flags_and_always_the_same_ones():
    hidden = {task for task in range(10_000) if hides_flags(task, seed="7")}
    assert len(hidden) == pytest.approx(2000, abs=160)
    assert hidden == {task for task in range(10_000) if hides_flags(task, seed="7")}
    other = {task for task in range(10_000) if hides_flags(task, seed="8")}
    assert len(hidden & other) == pytest.approx(400, abs=80)


def test_no_share_hides_nothing_and_all_hides_everything():
    assert not any(hides_flags(task, seed="", share=0) for task in range(500))
    assert all(hides_flags(task, seed="", share=1) for task in range(500))


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
