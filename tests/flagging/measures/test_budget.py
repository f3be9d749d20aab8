"""The split of a budget: exact against every other split, and never worse than an equal one."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagging.measures.budget import Case, concave_majorant, split_at, split_budget

EASY = ((0.0, 0.1, 0.3, 1.0), (0.0, 0.5, 0.9, 1.0))


@st.composite
def _cases(draw, most=3, sizes=6):
    found = []
    for number in range(draw(st.integers(1, most))):
        size = draw(st.integers(1, sizes))
        share = sorted(draw(st.sets(st.sampled_from([0.1, 0.2, 0.4, 0.5, 0.8]), min_size=1)))
        recall = sorted(draw(st.lists(st.floats(0, 1), min_size=len(share), max_size=len(share))))
        found.append(
            Case(
                f"l{number}",
                size,
                draw(st.floats(0, size)),
                draw(st.sampled_from([20.0, 60.0, 90.0])),
                share,
                recall,
            )
        )
    return found


AIMS, UNITS = st.sampled_from(["clean", "recall"]), st.sampled_from(["items", "hours"])


@settings(deadline=None, max_examples=200)
@given(_cases(), st.floats(0, 1), AIMS, UNITS)
def test_no_split_of_the_budget_serves_the_worst_better(cases, part, aim, unit):
    prices = [1.0 if unit == "items" else case.seconds / 3600 for case in cases]
    budget = part * sum(case.size * price for case, price in zip(cases, prices, strict=True))
    best = max(
        min(case.quality(n, aim) for case, n in zip(cases, counts, strict=True))
        for counts in product(*(range(case.size + 1) for case in cases))
        if sum(n * price for n, price in zip(counts, prices, strict=True)) <= budget + 1e-9
    )
    assert split_budget(cases, budget, unit=unit, aim=aim).ours.worst == pytest.approx(best, abs=1e-9)


@settings(deadline=None, max_examples=80)
@given(_cases(most=12, sizes=3000), st.floats(0, 1), AIMS, UNITS)
def test_the_worst_served_is_never_worse_off_than_under_an_equal_split(cases, part, aim, unit):
    whole = sum(case.size * (1.0 if unit == "items" else case.seconds / 3600) for case in cases)
    found = split_budget(cases, part * whole, unit=unit, aim=aim)
    assert found.gain >= -1e-9
    for split in (found.ours, found.equal):
        spent = sum(one.items if unit == "items" else one.hours for one in split.languages)
        assert spent <= part * whole + 1e-6
        assert all(0 <= one.items <= case.size for one, case in zip(split.languages, cases, strict=True))


@given(_cases(most=1, sizes=500), AIMS)
def test_the_fewest_items_for_a_quality_are_the_fewest(cases, aim):
    case = cases[0]
    for quality in (0.0, 0.3, 0.77, 1.0):
        items = case.items_for(quality, aim)
        assert case.quality(items, aim) >= quality - 1e-6
        assert items == 0 or case.quality(items - 1, aim) < quality + 1e-6


@given(_cases(most=1, sizes=500))
def test_the_majorant_is_above_the_curve_concave_and_rises_from_0_to_1(cases):
    share, rise = cases[0].hull
    slopes = np.diff(rise) / np.diff(share)
    assert (share[0], share[-1], rise[-1]) == (0, 1, 1)
    assert (np.diff(slopes) <= 1e-9).all() and (slopes >= -1e-12).all()
    assert (np.interp(cases[0].share, share, rise) >= np.array(cases[0].recall) - 1e-9).all()


def test_a_curve_below_the_diagonal_is_read_in_random_order():
    share, rise = concave_majorant([0.2, 0.5], [0.05, 0.3])
    assert (share.tolist(), rise.tolist()) == ([0, 1], [0, 1])


def test_a_language_whose_order_tells_nothing_gets_more_than_one_whose_order_is_good():
    cases = [Case("de", 1000, 100, 60, *EASY), Case("yo", 1000, 100, 60)]
    found = split_budget(cases, 800, unit="items", aim="recall")
    ours = {one.language: one for one in found.ours.languages}
    assert ours["yo"].items > 2 * ours["de"].items
    assert ours["yo"].recall == pytest.approx(ours["de"].recall, abs=0.005)
    assert found.equal.worst == pytest.approx(0.4)
    assert found.ours.worst > 0.6
    assert found.ours.gap < found.equal.gap


def test_a_language_with_more_errors_gets_more_when_the_aim_is_clean():
    cases = [Case("de", 1000, 50, 60, *EASY), Case("yo", 1000, 300)]
    found = split_budget(cases, 600, unit="items")
    ours = {one.language: one for one in found.ours.languages}
    assert (ours["de"].items, ours["yo"].items) == (0, 600)
    assert ours["yo"].errors_left == pytest.approx(120)
    assert found.gain == pytest.approx(0.09)


def test_hours_count_where_languages_take_unequal_time():
    cases = [Case("de", 1000, 100, 36), Case("yo", 1000, 100, 72)]
    found = split_budget(cases, 12, unit="hours", aim="recall")
    assert [one.items for one in found.ours.languages] == [400, 400]
    assert [one.items for one in found.equal.languages] == [600, 300]
    assert found.ours.hours == pytest.approx(12)


def test_what_a_small_language_cannot_use_goes_to_the_others():
    cases = [Case("a", 10, 5), Case("b", 1000, 5), Case("c", 1000, 5)]
    equal = split_budget(cases, 300, unit="items").equal
    assert [one.items for one in equal.languages] == [10, 145, 145]


def test_a_budget_for_all_leaves_nothing_and_none_changes_nothing():
    cases = [Case("a", 100, 30), Case("b", 50, 0)]
    assert split_budget(cases, 1000, unit="items").ours.errors_left == 0
    nothing = split_budget(cases, 0)
    assert [one.items for one in nothing.ours.languages] == [0, 0]
    assert nothing.ours.worst == pytest.approx(0.7)


def test_any_other_split_can_be_looked_at():
    found = split_at([Case("a", 100, 30), Case("b", 100, 10)], {"a": 50}, aim="recall")
    assert [one.recall for one in found.languages] == [0.5, 0.0]


def test_590_000_translations_in_42_languages_are_split_at_once():
    cases = [Case(f"l{n}", 14_042, 300 + 60 * n, 45 + n, *(EASY if n % 3 else ())) for n in range(42)]
    found = split_budget(cases, 500)
    assert found.ours.hours <= 500
    assert found.gain > 0


@pytest.mark.parametrize(("size", "errors", "seconds"), [(0, 0, 1), (10, 11, 1), (10, -1, 1), (10, 1, 0)])
def test_a_language_that_cannot_be_is_refused_by_name(size, errors, seconds):
    with pytest.raises(ValueError, match="yo: "):
        Case("yo", size, errors, seconds)


@pytest.mark.parametrize(
    ("share", "recall"), [((0.5, 0.2), (0.1, 0.2)), ((0.1,), (1.2,)), ((0.1, 0.2), (0.1,))]
)
def test_a_curve_that_is_none_is_refused(share, recall):
    with pytest.raises(ValueError, match="a recall curve needs"):
        concave_majorant(share, recall)


def test_a_split_of_nothing_is_refused():
    with pytest.raises(ValueError, match="one language"):
        split_budget([], 10)
