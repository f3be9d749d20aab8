"""Features that a set teaches about itself."""

import numpy as np
import pytest

from flagging.learning import language_model
from flagging.learning.pooled import Pooled
from flagging.learning.ranking import auroc
from flagging.learning.surface import normal_scores, surface
from tests.flagging.learning.sets import made


@pytest.fixture(scope="module")
def known():
    pairs, goodness = made(400)
    return surface(pairs), goodness


def test_the_surface_score_finds_spoiled_translations_without_a_label(known):
    features, goodness = known
    assert auroc(features.score, goodness < 0.5) > 0.85


def test_every_feature_has_a_name_and_a_finite_value(known):
    features, _ = known
    assert features.dense.shape == (400, len(features.names)) and np.isfinite(features.dense).all()
    assert len(set(features.names)) == len(features.names)


def test_the_same_set_gives_the_same_features(known):
    again = surface(made(400)[0])
    assert np.array_equal(again.dense, known[0].dense) and (again.grams != known[0].grams).nnz == 0


@pytest.mark.parametrize(
    "pairs",
    [[("", "")], [("a", "")], [("？", "!"), ("١٢", "12")], [("北京大学在哪里", "Where is it?")] * 3],
    ids=["empty", "half", "marks", "equal"],
)
def test_odd_and_tiny_sets_have_finite_features(pairs):
    features = surface(pairs)
    assert np.isfinite(features.dense).all() and np.isfinite(features.score).all()


def test_normal_scores_keep_order_and_share_ties():
    scores = normal_scores(np.array([[3.0], [1.0], [1.0], [9.0]]))[:, 0]
    assert scores[1] == scores[2] < scores[0] < scores[3]
    assert (scores.mean(), scores.std()) == pytest.approx((0, 1))


def test_a_constant_column_says_nothing():
    assert not normal_scores(np.ones((5, 1))).any()


def test_a_text_does_not_teach_the_model_that_scores_it():
    rare = language_model.letters(["xqxqxqxq", *["the house is old"] * 20])
    assert rare.mean[0] < rare.mean[1:].min() and rare.unseen[0] > 0.5


def test_the_lowest_window_is_below_the_mean():
    found = language_model.letters(["the house is old zzqzq", *["the house is old"] * 20])
    assert found.lowest[0] < found.mean[0]


def test_a_language_without_labels_learns_from_another():
    (one, goodness), (other, unseen) = ((made(300, seed)) for seed in (3, 4))
    pooled = Pooled.fit([(surface(one).dense, goodness)])
    assert auroc(pooled.apply(surface(other)), unseen < 0.5) > 0.8
