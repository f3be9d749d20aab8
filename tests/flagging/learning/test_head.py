"""The local head: what it learns, when it stays off, and that a stored fit is data."""

import json
from dataclasses import replace

import numpy as np
import pytest

from flagging.learning import head
from flagging.learning.head import Fit, Observed, fit, fold_of
from flagging.learning.ranking import auroc, resampled, worst_fifth
from tests.flagging.learning.sets import small_set, verdicts

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def known():
    return small_set(320)


@pytest.fixture(scope="module")
def hidden(known):
    """Goodness that hangs on something the surface score does not weigh: the marks of a source."""
    features, _ = known
    place = features.names.index("source_longest_unit")
    noise = np.random.default_rng(2).normal(size=320) * 0.4
    goodness = features.dense[:, place] + noise
    return (goodness - np.quantile(goodness, 0.25)) + 0.5


@pytest.fixture(scope="module")
def learned(known, hidden):
    return fit(verdicts(known[0], hidden), seed=3)


def test_a_head_is_on_where_verdicts_teach_what_the_score_does_not_know(known, hidden, learned):
    assert learned.switched_on and learned.gain_lower > 0.05
    assert learned.reason.startswith("On: AUROC 0.")
    rows = Observed(known[0], {})
    assert auroc(learned.apply(rows), hidden < 0.5) > auroc(known[0].score, hidden < 0.5) + 0.1


def test_a_head_is_off_where_verdicts_are_noise(known):
    noise = np.random.default_rng(5).random(320) + 0.25
    off = fit(verdicts(known[0], noise), seed=0)
    assert not off.switched_on and off.gain_lower <= 0 and off.reason.startswith("Off: no certain gain")
    assert np.array_equal(off.apply(Observed(known[0], {})), known[0].score)


@pytest.mark.parametrize(("labels", "share_bad"), [(299, 0.5), (320, 0.1)])
def test_too_few_verdicts_leave_it_off(known, labels, share_bad):
    features = known[0].take(np.arange(labels))
    goodness = (np.arange(labels) >= share_bad * labels).astype(float)
    off = fit(verdicts(features, goodness), seed=0)
    assert not off.switched_on and "needs 300 and 60" in off.reason


def test_a_stored_fit_gives_the_same_figures(known, learned):
    again = Fit.from_json(json.loads(json.dumps(learned.to_json())))
    rows = Observed(known[0], {})
    assert np.allclose(again.apply(rows), learned.apply(rows), atol=1e-4)
    assert replace(again, text=None, scales={}) == replace(learned, text=None, scales={})


def test_a_fit_of_another_version_is_refused(learned):
    with pytest.raises(ValueError, match=r"version 99, not 1\. Fit it again"):
        Fit.from_json(learned.to_json() | {"version": 99})


def test_stored_arrays_hold_no_pickle(known, learned, monkeypatch):
    seen = {}
    load = np.load
    monkeypatch.setattr(head.np, "load", lambda *args, **kwargs: seen.update(kwargs) or load(*args, **kwargs))
    Fit.from_json(learned.to_json())
    assert seen == {"allow_pickle": False}


def test_the_same_verdicts_and_seed_give_the_same_fit(known, hidden, learned):
    assert fit(verdicts(known[0], hidden), seed=3).to_json() == learned.to_json()


def test_what_it_saw_is_recorded(learned):
    assert (learned.saw["labels"], learned.saw["annotators"], learned.saw["seed"]) == (320, 0, 3)
    assert len(learned.saw["rows"]) == 64 and learned.saw["versions"]["head"] == head.VERSION


def test_a_strong_signal_is_kept_and_rows_without_it_are_scored(known):
    features, goodness = known
    signal = goodness + np.random.default_rng(0).normal(size=320) * 0.05
    missing = np.arange(320) % 4 == 0
    given = np.where(missing, np.nan, signal)
    found = fit(verdicts(features, goodness, {"neural": given}), seed=0)
    scores = found.apply(Observed(features, {"neural": given}))
    assert found.best == "neural" and np.isfinite(scores).all()
    assert auroc(scores[~missing], goodness[~missing] < 0.5) > 0.97


def test_a_signal_never_seen_before_is_left_out_at_scoring(known, learned):
    rows = Observed(known[0], {"other": np.ones(320)})
    assert np.array_equal(learned.apply(rows), learned.apply(Observed(known[0], {})))


def test_folds_keep_an_annotator_whole():
    groups = np.arange(100) % 7
    folds = fold_of(groups, 100, 5, seed=0)
    assert all(len(set(folds[groups == one])) == 1 for one in range(7)) and len(set(folds)) == 5


def test_one_annotator_is_folded_row_by_row():
    folds = fold_of(np.zeros(100, dtype=int), 100, 5, seed=0)
    assert np.bincount(folds).tolist() == [20] * 5


def test_one_editors_taste_is_not_gain(known):
    """Six editors differ in how much they call bad, and in nothing else."""
    features, _ = known
    groups = np.arange(320) % 6
    rng = np.random.default_rng(8)
    goodness = np.where(rng.random(320) < 0.3 + 0.08 * groups, 0.0, 1.0)
    found = fit(verdicts(features, goodness, groups=groups), seed=0)
    assert not found.switched_on and found.saw["annotators"] == 6


def test_a_bootstrap_draws_annotators_whole():
    groups = np.repeat(np.arange(6), 10)
    for weight in resampled(groups, 60, 5, np.random.default_rng(0)):
        assert all(len(set(weight[groups == one])) == 1 for one in range(6)) and weight.sum() == 60


def test_auroc_counts_ties_half_and_weights_rows():
    score, bad = np.array([0.0, 1.0, 1.0, 2.0]), np.array([True, True, False, False])
    assert auroc(score, bad) == pytest.approx(3.5 / 4)
    assert auroc(score, bad, np.array([0.0, 1, 1, 1])) == pytest.approx(0.75)
    assert np.isnan(auroc(score, np.zeros(4, dtype=bool)))


def test_the_worst_fifth_is_a_fifth():
    assert worst_fifth(np.array([5.0, 1, 2, 3, 4])).tolist() == [False, True, False, False, False]
