"""Every Celery task, run twice, run at once and killed midway, ends where one clean run ends."""

from __future__ import annotations

import pytest

from config.celery import app
from tests.faults.conftest import Stage
from tests.faults.snapshots import Snapshot
from tests.faults.task_cases import CASES

# Where in a task it is killed, as shares of its steps; one kill after the other, then a run to the end. A job
# is given up at its fifth try.
KILLED_AT = (0.3, 0.6, 0.99)

# With a real model it dies in test_model_pass.py, by kill -9 of its worker.
ELSEWHERE = {"flagging.serve_pass"}
TASKS = sorted(name for name in app.tasks if not name.startswith("celery.") and name not in ELSEWHERE)


def test_every_task_of_the_project_has_a_case() -> None:
    assert sorted(CASES) == TASKS


@pytest.mark.parametrize("task", TASKS)
def test_run_twice_run_at_once_and_killed_midway_it_ends_as_one_clean_run(task: str, stage: Stage) -> None:
    case = CASES[task]
    arguments = stage.begin(case)
    nothing_done = stage.end_state(case)
    steps = stage.run(task, arguments)
    clean = stage.end_state(case)
    assert clean != nothing_done, "the case gives the task nothing to do"
    stage.run(task, arguments)
    assert differences(stage.end_state(case), clean) == [], "run twice"
    stage.sweep()
    clean_and_swept = stage.end_state(case)

    arguments = stage.begin(case)
    stage.run(task, arguments, times=2)
    assert differences(stage.end_state(case), clean) == [], "run at once"

    arguments = stage.begin(case)
    assert steps and stage.run(task, arguments, kill_before=int(KILLED_AT[0] * steps)) is None
    for share in KILLED_AT[1:]:
        stage.run(task, arguments, kill_before=int(share * steps))
    stage.run(task, arguments)
    stage.sweep()
    found = stage.end_state(case)
    assert differences(case.without_traces(found, clean_and_swept), clean_and_swept) == [], "killed midway"


def differences(found: Snapshot, expected: Snapshot) -> list[str]:
    """This function will name the tables in which two states differ, with the rows of both."""
    return [
        f"{name}: {found[name]} and not {expected[name]}"
        for name in expected
        if found[name] != expected[name]
    ]
