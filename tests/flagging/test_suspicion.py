from __future__ import annotations

import itertools

import pytest

from flagging.suspicion import A_SUSPECT_FINDING, HEAD, SURFACE, UNKNOWN, Known, qualities, suspected


def test_what_a_check_calls_broken_is_of_the_first_tier_whatever_a_model_says():
    rows = [Known({"options_collide": "broken"}, {"labse": 0.9}), Known({}, {"labse": 0.1})]
    assert [one.tier for one in suspected(rows)] == [2, 0]


def test_a_suspect_finding_adds_to_the_index_and_three_are_most():
    index = [
        one.index
        for one in suspected([Known(dict.fromkeys("abcde"[:count], "suspect"), {}) for count in range(6)])
    ]
    steps = [round(b - a, 6) for a, b in itertools.pairwise(index)]
    assert index[0] == UNKNOWN
    assert steps == [A_SUSPECT_FINDING] * 3 + [0, 0]


def test_without_any_signal_all_stand_in_the_middle():
    assert {one.signal for one in suspected([Known(), Known(), Known()])} == {UNKNOWN}


def test_the_worst_score_of_a_set_gives_the_highest_signal_and_equal_ones_share_theirs():
    signals = [
        one.signal for one in suspected([Known({}, {"labse": value}) for value in (0.1, 0.5, 0.5, 0.9)])
    ]
    assert signals == [0.875, 0.5, 0.5, 0.125]


@pytest.mark.parametrize(
    ("scores", "signal"),
    [
        ({HEAD: 0.0, "labse": 1.0, SURFACE: 1.0}, 0.75),
        ({"labse": 0.0, SURFACE: 1.0}, 0.75),
        ({SURFACE: 0.0}, 0.75),
        ({"labse": 0.0, "metricx-24-hybrid-large": 1.0}, 0.5),
    ],
)
def test_the_head_goes_before_the_models_and_these_before_the_surface(scores, signal):
    opposite = Known({}, {name: 1 - value for name, value in scores.items()})
    assert suspected([Known({}, scores), opposite])[0].signal == signal


def test_a_model_flags_the_worst_fifth_and_the_surface_alone_flags_nothing():
    by_model = suspected([Known({}, {"labse": value}) for value in range(10)])
    by_surface = suspected([Known({}, {SURFACE: float(value)}) for value in range(10)])
    assert [one.by_model for one in by_model] == [True] * 2 + [False] * 8
    assert not any(one.by_model for one in by_surface)


def test_reasons_are_broken_checks_first_then_suspect_ones_then_scores_worst_first():
    rows = [
        Known(
            {"truncation": "suspect", "options_collide": "broken", "blanks": "notice"},
            {"labse": 0, "judge": 1},
        ),
        *[Known({}, {"labse": 5, "judge": value}) for value in range(2, 10)],
    ]
    assert [one["detector"] for one in suspected(rows)[0].reasons] == [
        "options_collide", "truncation", "judge", "labse",
    ]  # fmt: skip


def test_qualities_of_several_systems_are_compared_over_all_of_them_and_without_what_a_set_taught():
    rows = [Known({}, {"labse": 0.2, SURFACE: 9.0}), Known({}, {"labse": 0.4}), Known({}, {SURFACE: 1.0})]
    assert qualities(rows) == [0.25, 0.75, None]
