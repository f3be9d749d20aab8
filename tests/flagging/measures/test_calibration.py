"""Probabilities of bad: monotone, calibrated for the population, sparing with what few verdicts can say."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagging.measures.calibration import Calibration, calibrate, folds
from flagging.measures.fits import Logistic, curve_from_json, fit_isotonic, fit_logistic, fit_shared, scale_of
from flagging.measures.reliability import reliability
from flagging.measures.sample import sample
from tests.flagging.measures.populations import Population, flags_more


def _sigmoid(values):
    return 1 / (1 + np.exp(-values))


def _language(random, size, *, level=-1.5, slope=1.2) -> Population:
    """A language whose probability of bad is logistic in suspicion, so that it is known."""
    suspicion = random.normal(size=size)
    bad = random.random(size) < _sigmoid(level + slope * suspicion)
    return Population(suspicion, bad, np.ones(size))


ROWS = st.lists(
    st.tuples(st.floats(-5, 5), st.booleans(), st.sampled_from([0.1, 0.5, 1.0])), min_size=1, max_size=60
)
GRID = np.linspace(-6, 6, 200)


@settings(deadline=None)
@given(ROWS, st.sampled_from([fit_logistic, fit_isotonic]))
def test_a_curve_never_falls_and_stays_inside_0_and_1(rows, fitter):
    one = sample([row[0] for row in rows], [row[1] for row in rows], inclusion=[row[2] for row in rows])
    chances = fitter(one)(GRID)
    assert (np.diff(chances) >= -1e-12).all()
    assert 0 < chances.min() <= chances.max() < 1


def test_the_logistic_curve_is_found_again_from_a_weighted_sample():
    random = np.random.default_rng(1)
    everyone = _language(random, 30_000)
    drawn = everyone.drawn(flags_more(everyone, flagged=0.8, rest=0.2), random)
    truth = _sigmoid(-1.5 + 1.2 * GRID[60:140])
    assert fit_logistic(drawn)(GRID[60:140]) == pytest.approx(truth, abs=0.03)


def test_the_logistic_curve_is_that_of_scikit_learn_without_the_pulls():
    linear_model = pytest.importorskip("sklearn.linear_model")
    random = np.random.default_rng(2)
    one = _language(random, 4000).whole()
    scale = scale_of(one.suspicion)
    peer = linear_model.LogisticRegression(C=2.5**2, tol=1e-10)
    peer.fit(((one.suspicion - scale.centre) / scale.spread)[:, None], one.bad)
    ours = fit_logistic(one)
    assert (ours.slope, ours.intercept) == pytest.approx((peer.coef_[0, 0], peer.intercept_[0]), abs=2e-3)


def test_verdicts_of_one_kind_alone_have_a_finite_curve():
    curve = fit_logistic(sample([1, 2, 3, 4], [False] * 4))
    assert 0 < curve(np.array([2.0]))[0] < 0.3


def test_a_suspicion_that_points_the_wrong_way_gives_the_base_rate():
    random = np.random.default_rng(3)
    curve = fit_logistic(_language(random, 3000, slope=-1.0).whole())
    assert curve.slope == 0
    assert curve(GRID) == pytest.approx(_language(random, 30_000, slope=-1.0).bad.mean(), abs=0.03)


def test_a_language_with_verdicts_enough_has_a_curve_of_its_own_and_is_calibrated():
    random = np.random.default_rng(4)
    errors = []
    for _ in range(10):
        found = calibrate({"sw": _language(random, 500).whole()})
        fresh = _language(random, 4000)
        chances = found.probability("sw", fresh.suspicion)
        errors.append(abs(chances - _sigmoid(-1.5 + 1.2 * fresh.suspicion)).mean())
        assert found.languages["sw"].source == "own"
    assert np.mean(errors) < 0.03


def test_a_step_is_met_by_isotonic_and_a_slope_by_logistic():
    random = np.random.default_rng(5)
    suspicion = random.uniform(-1, 1, 3000)
    step = sample(suspicion, random.random(3000) < np.where(suspicion > 0.5, 0.9, 0.1))
    found = calibrate({"step": step, "slope": _language(random, 600).whole()})
    methods = {tag: one.curve.to_json()["method"] for tag, one in found.languages.items()}
    assert methods == {"step": "isotonic", "slope": "logistic"}


def test_the_losses_stand_beside_those_of_the_bare_rate():
    found = calibrate({"sw": _language(np.random.default_rng(6), 800).whole()}).languages["sw"]
    tried = found.cross_validated
    assert min(tried["logistic"].log, tried["isotonic"].log) < tried["base_rate"].log
    assert found.brier == pytest.approx(
        min((tried["logistic"], tried["isotonic"]), key=lambda t: t.log).brier
    )


def test_weights_calibrate_for_the_population_and_not_for_the_draw():
    random = np.random.default_rng(7)
    suspicion = random.normal(size=10_000)
    hard = random.random(10_000) < 0.2
    bad = random.random(10_000) < np.where(hard, 0.6, 0.1)
    means = []
    for _ in range(12):
        drawn = Population(suspicion, bad, suspicion).drawn(np.where(hard, 0.5, 0.05), random)
        bare = sample(drawn.suspicion, drawn.bad)
        means.append([calibrate({"x": one}).probability("x", suspicion).mean() for one in (drawn, bare)])
    with_weights, without = np.mean(means, axis=0)
    assert with_weights == pytest.approx(bad.mean(), abs=0.012)
    assert without > bad.mean() + 0.15


def test_a_language_with_few_verdicts_borrows_the_slope_and_keeps_a_level_of_its_own():
    random = np.random.default_rng(8)
    ours, alone = [], []
    for _ in range(6):
        levels = {f"l{n}": random.normal(-1.5, 0.6) for n in range(8)}
        languages = {tag: _language(random, 60, level=level) for tag, level in levels.items()}
        found = calibrate({tag: one.whole() for tag, one in languages.items()})
        for tag, level in levels.items():
            truth = _sigmoid(level + 1.2 * GRID[50:150])
            ours.append(abs(found.probability(tag, GRID[50:150]) - truth).mean())
            alone.append(abs(fit_logistic(languages[tag].whole())(GRID[50:150]) - truth).mean())
            assert found.languages[tag].source == "pooled"
    assert np.mean(ours) < 0.8 * np.mean(alone)


def test_levels_that_differ_are_drawn_less_than_levels_that_agree():
    random = np.random.default_rng(9)
    rows = {tag: _language(random, 50, level=level).whole() for tag, level in (("a", -3), ("b", 0), ("c", 2))}
    scales = {tag: scale_of(one.suspicion) for tag, one in rows.items()}
    free, bound = fit_shared(rows, scales), fit_shared(rows, scales, deviation=0.1)
    assert free["c"].intercept - free["a"].intercept > 2.5
    assert bound["c"].intercept - bound["a"].intercept < 1


def test_too_few_verdicts_say_so_with_their_numbers():
    random = np.random.default_rng(10)
    rich, poor = _language(random, 400).whole(), _language(random, 12).whole()
    found = calibrate({"sw": rich, "yo": poor})
    assert found.probability("yo", [0.0]) is None
    template, params = found.why_not("yo")
    assert (template % params).startswith("Not enough data yet: 12 verdicts")
    assert found.why_not("sw") is None
    assert (found.why_not("xh") or ("", {}))[1]["labels"] == 0


def test_without_enough_in_all_there_is_no_pool():
    found = calibrate({"yo": _language(np.random.default_rng(11), 60).whole()})
    assert not found.languages


def test_a_calibration_of_nothing_is_empty():
    assert calibrate({}).probability("sw", [1.0]) is None


def test_what_was_stored_gives_the_same_probabilities():
    random = np.random.default_rng(12)
    suspicion = random.uniform(-1, 1, 2000)
    step = sample(suspicion, random.random(2000) < np.where(suspicion > 0.5, 0.9, 0.1))
    found = calibrate({"a": _language(random, 400).whole(), "b": _language(random, 60).whole(), "c": step})
    again = Calibration.from_json(json.loads(json.dumps(found.to_json())))
    assert again == found
    for tag in "abc":
        assert again.probability(tag, GRID).tolist() == found.probability(tag, GRID).tolist()


def test_another_version_or_method_is_refused():
    with pytest.raises(ValueError, match="calibration version 0 is not 1: fit it again"):
        Calibration.from_json({"version": 0, "languages": {}, "counts": {}})
    with pytest.raises(ValueError, match="'spline' is no curve"):
        curve_from_json({"method": "spline"})


def test_the_same_verdicts_give_the_same_calibration():
    one = {"sw": _language(np.random.default_rng(13), 300).whole()}
    assert calibrate(one).to_json() == calibrate(one).to_json()


@given(st.lists(st.integers(0, 12), min_size=5, max_size=80))
def test_an_annotator_is_never_in_two_folds(people):
    fold, grouped = folds(np.array(people))
    assert grouped == (len(set(people)) > 1)
    assert len(set(fold.tolist())) >= 2
    if grouped:
        assert all(len(set(fold[np.array(people) == one].tolist())) == 1 for one in people)


def test_the_calibration_error_is_told_apart_from_noise():
    random = np.random.default_rng(14)
    everyone = _language(random, 1500)
    one, truth = everyone.whole(), _sigmoid(-1.5 + 1.2 * everyone.suspicion)
    right, wrong = reliability(truth, one), reliability(np.clip(truth + 0.15, 0, 1), one)
    assert right.error.value < right.noise < 0.06
    assert wrong.error.low > wrong.noise
    assert wrong.error.value == pytest.approx(0.15, abs=0.04)
    assert sum(part.weight for part in right.bins) == pytest.approx(1)


def test_the_noise_level_is_passed_by_one_right_curve_in_twenty():
    random = np.random.default_rng(15)
    passed = []
    for number in range(80):
        everyone = _language(random, 300)
        found = reliability(
            _sigmoid(-1.5 + 1.2 * everyone.suspicion), everyone.whole(), draws=100, seed=number
        )
        passed.append(found.error.value > found.noise)
    assert np.mean(passed) < 0.1


def test_the_curve_is_worked_out_as_its_formula_says():
    assert Logistic(2.0, 4.0, 1.0, 0.5)(np.array([6.0]))[0] == pytest.approx(1 / (1 + np.exp(-1.5)))
