"""Three real systems and the language models that judged them: what the arbiter's choice is worth."""

from pathlib import Path

import pytest

from bench.arbiter import (
    SYSTEMS,
    by_checks,
    by_scores,
    by_system,
    complete,
    hits,
    judge_scores,
    mean_of,
    severities,
)

pytestmark = pytest.mark.slow
JUDGES = ["DeepSeek-V3", "Mistral-Small-24B-Instruct-2501", "Qwen2.5-72B-Instruct"]


@pytest.fixture(scope="module")
def scored(shared_data: Path):
    return judge_scores(shared_data / "mmlu-de-systems"), severities(shared_data)


@pytest.mark.parametrize("judge", JUDGES)
def test_by_the_other_judges_the_choice_is_mostly_best_by_a_judge_not_seen(scored, judge):
    judges, fired = scored
    truth, others = complete(judges[judge]), mean_of(judges, judge)

    def share(choose) -> float:
        return float(hits(truth, choose)[:, 0].mean())

    best_system = max(share(lambda _, s=system: {s: 1.0}) for system in SYSTEMS)
    random = share(lambda _: dict.fromkeys(SYSTEMS, 1 / 3))
    # One of these systems is so much better that to know it is as good as any arbiter; an arbiter finds it.
    assert share(by_scores(others, fired)) > max(0.88, best_system - 0.035)
    assert share(by_system(others, fired)) > best_system - 0.005
    assert random + 0.04 < share(by_checks(fired)) < random + 0.15
