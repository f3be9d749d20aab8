"""Which candidate is offered, by which rule, and what the page reports of it."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagging.measures.arbiter import (
    Candidate,
    agreement,
    drawn_to_means,
    override_rates,
    preferred,
    rank,
    shares_won,
)

CANDIDATES = st.lists(
    st.builds(
        Candidate,
        st.sampled_from("abcd"),
        st.none() | st.sampled_from([0.1, 0.5, 0.9]),
        st.lists(st.sampled_from(["broken", "suspect", "notice"]), max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one.system,
)

RULES = {
    "only": ([Candidate("a")], "a"),
    "broken": ([Candidate("a", 0.9, ("broken",)), Candidate("b", 0.1, ("suspect",))], "b"),
    "score": ([Candidate("a", 0.1), Candidate("b", 0.9, ("suspect", "notice"))], "b"),
    "suspect": ([Candidate("a", 0.5, ("suspect",)), Candidate("b", 0.5, ("notice",))], "b"),
    "notice": ([Candidate("a", 0.5, ("notice",)), Candidate("b", 0.5)], "b"),
    "preference": ([Candidate("a", 0.5), Candidate("b", 0.5)], "b"),
    "name": ([Candidate("y"), Candidate("x")], "x"),
}


@pytest.mark.parametrize(("rule", "case"), RULES.items(), ids=RULES)
def test_each_rule_decides_when_those_before_it_are_even(rule, case):
    candidates, best = case
    found = rank(candidates, preference=["b"])
    assert (found.best, found.decided_by) == (best, rule)


def test_a_score_is_not_held_against_one_that_was_not_scorable():
    found = rank([Candidate("a", 0.9, ("suspect",)), Candidate("b", None)])
    assert (found.best, found.decided_by) == ("b", "suspect")


def test_a_broken_one_without_a_score_does_not_keep_the_others_from_being_compared():
    found = rank([Candidate("a", 0.2), Candidate("b", 0.8), Candidate("c", None, ("broken",))])
    assert found.systems == ("b", "a", "c")


def test_among_broken_ones_the_score_still_counts():
    assert rank([Candidate("a", 0.2, ("broken",)), Candidate("b", 0.8, ("broken",))]).best == "b"


@given(CANDIDATES)
def test_the_order_of_the_candidates_does_not_matter(candidates):
    found = {rank(order).systems for order in permutations(candidates)}
    assert len(found) == 1
    assert sorted(found.pop()) == sorted(one.system for one in candidates)


@given(CANDIDATES)
def test_a_broken_one_is_never_before_one_that_is_not(candidates):
    broken = {one.system: one.broken for one in candidates}
    order = [broken[system] for system in rank(candidates).systems]
    assert order == sorted(order)


@pytest.mark.parametrize("candidates", [[], [Candidate("a"), Candidate("a")]])
def test_none_or_two_of_one_system_are_refused(candidates):
    with pytest.raises(ValueError, match="one of each system"):
        rank(candidates)


def test_systems_are_preferred_by_their_mean_score():
    assert preferred({"a": [0.2, None], "b": [0.4, 0.6], "d": [], "c": [None]}) == ("b", "a", "c", "d")


def test_scores_of_no_reliability_leave_the_better_system_and_full_ones_stay_as_they_are():
    scores = {"i": {"a": 5.0, "b": 1.0}, "j": {"a": 4.0, "b": 5.0}}
    assert drawn_to_means(scores, 0.0)["j"] == {"a": 4.5, "b": 3.0}
    assert drawn_to_means(scores, 1.0) == scores
    assert drawn_to_means(scores, 0.5)["j"] == {"a": 4.25, "b": 4.0}


def test_noisy_scores_choose_better_once_they_are_drawn_to_their_means():
    random = np.random.default_rng(1)
    better = {"drawn": 0.0, "as they are": 0.0}
    truth = {f"i{n}": {"a": random.normal(1), "b": random.normal(0)} for n in range(4000)}
    seen, again = (
        {item: {s: value + random.normal(0, 2) for s, value in of.items()} for item, of in truth.items()}
        for _ in range(2)
    )
    reliability = agreement(seen, again)
    assert reliability == pytest.approx(0.2, abs=0.04)
    for name, scores in (("drawn", drawn_to_means(seen, reliability)), ("as they are", seen)):
        picks = {item: max(of, key=of.__getitem__) for item, of in scores.items()}
        better[name] = float(np.mean([truth[item][pick] for item, pick in picks.items()]))
    always = float(np.mean([of["a"] for of in truth.values()]))
    assert better["drawn"] > always > better["as they are"]


def test_systems_that_differ_are_no_agreement_within_them():
    random = np.random.default_rng(2)
    one, other = (
        {f"i{n}": {"a": random.normal(5), "b": random.normal(-5)} for n in range(500)} for _ in range(2)
    )
    assert agreement(one, other) < 0.1
    assert agreement(one, one) == pytest.approx(1)
    assert agreement({}, {}) == agreement({"i": {"a": 1.0}}, {"i": {"a": 2.0}}) == 0


def test_a_reliability_that_is_none_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        drawn_to_means({}, 1.5)


def test_shares_are_counted_in_each_language():
    found = shares_won([("sw", "a"), ("sw", "b"), ("sw", "a"), ("yo", "b")])
    assert {language: {s: one.share for s, one in of.items()} for language, of in found.items()} == {
        "sw": {"a": pytest.approx(2 / 3), "b": pytest.approx(1 / 3)},
        "yo": {"b": 1.0},
    }


def test_an_override_is_a_choice_of_another_system_than_the_one_offered():
    found = override_rates([("sw", "a", "a"), ("sw", "a", "b"), ("sw", "b", "b"), ("yo", "a", "b")])
    assert {key: one.value for key, one in found.items()} == {
        ("sw", "a"): 0.5,
        ("sw", "b"): 0.0,
        ("yo", "a"): 1.0,
    }
    assert found["sw", "a"].low < 0.5 < found["sw", "a"].high
