"""Each scorer against a reference written apart from it, and its score against batch and padding."""

from __future__ import annotations

import pytest
import torch

from flagging.scorers.engine import padded
from flagging.scorers.judge import TEMPLATE
from flagging.scorers.texts import whole
from tests.flagging.scorers import references
from tests.flagging.scorers.conftest import SAVERS, segment

ALL = list(SAVERS)
# float32 against float64 through a few small layers; MetricX counts to 25.
CLOSE = 1e-3

ENGLISH = "Which organ pumps blood through the body of a vertebrate?"
GERMAN = "Welches Organ pumpt das Blut durch den Körper eines Wirbeltiers?"


def values(loaded, items):
    found = loaded.score(items)
    assert not [one.error for one in found if one.error]
    return [one.value for one in found]


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("metricx-24-hybrid-large", references.metricx_24),
        ("metricx-23-qe-large", references.metricx_23),
        ("qe-xlmr-large", references.regressor),
        ("qe-modernbert-large", references.regressor),
        ("cometkiwi-22", references.cometkiwi),
    ],
)
def test_a_scorer_says_what_the_reference_says(name, reference, folder, scorer, items):
    some = items[::9]
    found = scorer(name).score(some)
    for item, one in zip(some, found, strict=True):
        assert one.scores[0].raw == pytest.approx(reference(folder(name), *whole(item)), abs=CLOSE)


@pytest.mark.parametrize(
    ("name", "embed"), [("labse", references.labse), ("multilingual-e5-large", references.e5)]
)
def test_a_biencoder_says_the_cosine_of_the_reference_vectors(name, embed, folder, scorer, items):
    some = items[::13]
    for item, value in zip(some, values(scorer(name), some), strict=True):
        one, two = (embed(folder(name), text) for text in whole(item))
        assert value == pytest.approx(float(one @ two), abs=CLOSE)


def test_the_judge_says_the_expected_grade_of_the_reference(folder, scorer, items):
    some = items[::13]
    for item, value in zip(some, values(scorer("aya-expanse-8b"), some), strict=True):
        source, target = whole(item)
        prompt = TEMPLATE.format(
            source=source, target=target, source_language="English", target_language="German"
        )
        assert value == pytest.approx(references.judge(folder("aya-expanse-8b"), prompt), abs=CLOSE)


@pytest.mark.parametrize("name", ALL)
def test_a_score_does_not_depend_on_the_batch(name, scorer, items):
    loaded = scorer(name)
    together = values(loaded, items)
    alone = [values(loaded, [item])[0] for item in items[::5]]
    assert alone == pytest.approx(together[::5], abs=CLOSE)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("length", [200, 400])
def test_a_score_does_not_depend_on_the_padding(name, length, scorer):
    network = scorer(name).scorer
    text = (
        (ENGLISH,) if name in {"labse", "multilingual-e5-large"} else (ENGLISH, GERMAN, "English", "German")
    )
    encoded = network.encode([text if len(text) == 1 or "aya" in name else text[:2]])
    with torch.inference_mode():
        bare = network.forward(padded(network, encoded))
        wide = network.forward(padded(network, encoded, length=len(encoded[0].ids) + length))
    assert torch.allclose(bare, wide, atol=CLOSE)


@pytest.mark.parametrize("name", ALL)
def test_bfloat16_keeps_the_order_of_what_is_apart(name, scorer, items):
    exact, coarse = values(scorer(name), items), values(scorer(name, "bfloat16"), items)
    spread = max(exact) - min(exact)
    for one in range(len(items)):
        for two in range(one):
            if abs(exact[one] - exact[two]) > 0.1 * spread:
                assert (exact[one] > exact[two]) == (coarse[one] > coarse[two])


@pytest.mark.parametrize("name", ALL)
def test_in_bfloat16_the_order_is_the_same_in_every_batch(name, scorer, items):
    loaded = scorer(name, "bfloat16")
    together = values(loaded, items)
    alone = [values(loaded, [item])[0] for item in items]
    spread = max(together) - min(together)
    for one in range(len(items)):
        for two in range(one):
            if abs(together[one] - together[two]) > 0.05 * spread:
                assert (together[one] > together[two]) == (alone[one] > alone[two])


def test_in_bfloat16_scores_are_finer_than_bfloat16(scorer, items):
    raw = [one.scores[0].raw for one in scorer("metricx-24-hybrid-large", "bfloat16").score(items)]
    inside = [value for value in raw if 1 < value < 25]
    assert len(inside) > 10
    assert [value for value in inside if float(torch.tensor(value).bfloat16()) != value]


def test_less_is_better_for_metricx_and_its_value_is_turned_round(scorer):
    (score,) = scorer("metricx-24-hybrid-large").score([segment(ENGLISH, GERMAN)])[0].scores
    assert score.raw > 0
    assert score.value == -score.raw


@pytest.mark.parametrize("name", [name for name in ALL if not name.startswith("metricx")])
def test_more_is_better_for_the_others(name, scorer):
    (score,) = scorer(name).score([segment(ENGLISH, GERMAN)])[0].scores
    assert score.value == score.raw


def test_metricx_scores_lie_between_0_and_25(scorer, items):
    raw = [one.scores[0].raw for one in scorer("metricx-24-hybrid-large").score(items)]
    assert 0 <= min(raw) < max(raw) <= 25


def test_every_mt5_gets_its_own_output_layer_and_not_its_embeddings(folder, scorer):
    """transformers 5 ties the two for every mT5, and in MetricX they differ."""
    from safetensors.torch import load_file

    weights = load_file(folder("metricx-24-hybrid-large") / "model.safetensors")
    row = scorer("metricx-24-hybrid-large").scorer.row
    assert torch.equal(row, weights["lm_head.weight"][250089])
    assert not torch.allclose(row, weights["shared.weight"][250089])
