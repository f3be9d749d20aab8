"""What the broker loses, and what dies between COMMIT and publish, is sent again within five minutes."""

from __future__ import annotations

import os
import signal
from datetime import timedelta

import pytest

from common.jobs import SENT_AGAIN_AFTER
from common.models import Job
from config.celery import app
from flagging.actions.passes import RESEND_AFTER
from flagging.models import Chunk
from people.models import ResetMail
from tests.conftest import NOW
from tests.faults.conftest import Stage
from tests.faults.doomed import in_processes
from tests.faults.snapshots import empty_everything
from tests.faults.task_cases import CASES, lost_chunks

MOST_PENDING = timedelta(minutes=5)
NEVER = 10**9
# By the task that does it: what asks for work and sends it on commit.
ASKED = {
    name: CASES[name].prepare
    for name in ("corpus.import_upload", "exports.make_release", "exports.render_files")
} | {"flagging.run_chunk": lost_chunks}


def pending() -> list[str]:
    """This function will name all work that somebody asked for and that has not ended."""
    rows = [
        *Job.objects.filter(finished_at=None, failed_at=None), *Chunk.objects.filter(done_at=None),
        *ResetMail.objects.all(),
    ]  # fmt: skip
    return [f"{row._meta.label} {row}" for row in rows]


@pytest.mark.parametrize("task", ["people.send_reset_mail", *ASKED])
def test_work_whose_messages_a_flushed_broker_lost_is_done(task: str, stage: Stage) -> None:
    empty_everything(*stage.folders)
    with stage.broker.takes(lambda: None):
        ASKED.get(task, CASES[task].prepare)()
    stage.broker.flush()
    assert pending()

    stage.sweep()
    assert task in {name for name, _ in stage.broker.messages()}
    stage.deliver()
    assert pending() == []


@pytest.mark.parametrize("task", ASKED)
def test_work_of_a_process_that_died_between_commit_and_publish_is_done(task: str, stage: Stage) -> None:
    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def ask() -> None:
        with stage.broker.takes(die):
            ASKED[task]()

    empty_everything(*stage.folders)
    assert in_processes(ask, broker=stage.broker, at=NOW, kill_before=NEVER) is None
    assert pending()
    assert stage.broker.messages() == []

    stage.sweep()
    stage.deliver()
    assert pending() == []


@pytest.mark.parametrize(
    ("sweeper", "patience"),
    [
        ("common.resend_lost_jobs", SENT_AGAIN_AFTER),
        ("flagging.requeue_waiting_chunks", RESEND_AFTER),
        ("flagging.check_unchecked_imports", RESEND_AFTER),
        ("people.resend_reset_mails", timedelta(minutes=2)),
    ],
)
def test_every_sweeper_comes_round_before_anything_waits_five_minutes(
    sweeper: str, patience: timedelta
) -> None:
    periods = [
        timedelta(seconds=entry["schedule"])
        for entry in app.conf.beat_schedule.values()
        if entry["task"] == sweeper
    ]
    # A sweeper that the broker lost as well is missed once.
    assert patience + 2 * max(periods) <= MOST_PENDING
