"""When a language's flags may be trusted, and the sentence that says so."""

import numpy as np

from flagging.measures.sample import sample
from flagging.measures.trust import TrustState, trust
from tests.flagging.measures.populations import population


def _audit(size: int, skill: float, rate: float = 0.2):
    return population(np.random.default_rng(5), size=size, skill=skill, rate=rate).whole()


def test_without_verdicts_there_is_no_evidence():
    found = trust(sample([], []))
    assert found.state == TrustState.NO_EVIDENCE
    assert found.sentence == "No evidence yet: nothing of the audit sample has been judged."


def test_a_few_bad_verdicts_are_no_evidence():
    found = trust(_audit(40, 2.0, rate=0.1))
    assert found.state == TrustState.NO_EVIDENCE
    assert "it takes 10 of each" in found.sentence


def test_an_order_that_tells_nothing_is_for_sampled_review():
    found = trust(_audit(800, 0.0))
    assert found.state == TrustState.SAMPLED_REVIEW
    assert found.sentence.startswith("Not trustworthy here: sampled review.")
    assert "below 0.60" in found.sentence


def test_an_order_that_cannot_be_told_from_chance_is_for_sampled_review():
    one = sample(
        list(range(50, 60)) + list(range(40, 100)),
        [True] * 10 + [False] * 60,
    )
    shifted = sample(one.suspicion + 22 * one.bad, one.bad)
    found = trust(shifted)
    assert found.auroc is not None and found.auroc.value >= 0.60 and found.auroc.low <= 0.50
    assert found.state == TrustState.SAMPLED_REVIEW
    assert "cannot be told from chance" in found.sentence


def test_a_good_order_over_enough_verdicts_is_trusted():
    found = trust(_audit(500, 1.2))
    assert found.state == TrustState.TRUSTED
    assert "500 verdicts" in found.sentence


def test_a_poor_language_is_seldom_trusted_and_a_good_one_mostly():
    random = np.random.default_rng(7)

    def share_trusted(skill: float) -> float:
        states = [trust(population(random, size=300, skill=skill).whole()).state for _ in range(150)]
        return states.count(TrustState.TRUSTED) / len(states)

    assert share_trusted(0.0) < 0.02
    assert share_trusted(1.2) > 0.98
