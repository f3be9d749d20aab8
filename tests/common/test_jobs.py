"""Long work as rows: what the broker loses is sent again, what breaks is told, and nobody does it twice at once."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction

from common import jobs
from common.models import AuditEvent, Job, Workspace

NEVER = "tests.never"


@pytest.fixture
def sent(monkeypatch):
    """What reached the broker: (task, ids)."""
    told = []
    monkeypatch.setattr(
        "common.queue.current_app.send_task", lambda name, args, **_: told.append((name, args[0]))
    )
    return told


@pytest.fixture
def job(db, now, sent, django_capture_on_commit_callbacks):
    workspace = Workspace.objects.create(slug="lab", name="Lab", created_at=now)
    with django_capture_on_commit_callbacks(execute=True):
        return jobs.request(task=NEVER, workspace=workspace, arguments={"a": 1}, by=None, now=now)


def state(job):
    return Job.objects.get(pk=job.pk).state


def elsewhere(call):
    """Call it on another connection, as another worker would."""
    result = []

    def run():
        try:
            result.append(call())
        finally:
            connections["default"].close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    return result[0]


def advisory_locks():
    """How many advisory locks are held in this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return cursor.fetchone()[0]


def die_at_work(job, now):
    """A worker takes the job and its connection ends; the server frees the lock a moment after it has heard so."""

    def take_and_die():
        work = jobs.work_on(job.pk, task=NEVER, now=now)
        work.__enter__()
        connection.close()

    elsewhere(take_and_die)
    deadline = time.monotonic() + 30
    while advisory_locks():
        assert time.monotonic() < deadline, "the lock of a connection that ended was never freed"
        time.sleep(0.005)


class TestAlone:
    def test_a_job_is_written_audited_and_sent(self, job, sent):
        assert (sent, state(job)) == ([(NEVER, job.pk)], "waiting")
        assert AuditEvent.objects.get(verb="job.requested").object_id == job.pk

    def test_a_job_of_a_transaction_that_fails_is_neither_written_nor_sent(self, job, sent, now):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            jobs.request(task=NEVER, workspace=job.workspace_id, arguments={}, by=None, now=now)
            raise ZeroDivisionError
        assert (Job.objects.count(), len(sent)) == (1, 1)

    def test_work_ends_with_its_result(self, job, now):
        with jobs.work_on(job.pk, task=NEVER, now=now) as held:
            assert (held.arguments, held.attempts, state(job)) == ({"a": 1}, 1, "running")
            jobs.tell(held, 3, 10)
            jobs.finish(held, result={"rows": 10}, now=now)
        ended = Job.objects.get(pk=job.pk)
        assert (ended.state, ended.result, ended.done, ended.total) == ("finished", {"rows": 10}, 3, 10)

    def test_what_has_ended_is_not_worked_on_again(self, job, now):
        with jobs.work_on(job.pk, task=NEVER, now=now) as held:
            jobs.finish(held, result={}, now=now)
        with jobs.work_on(job.pk, task=NEVER, now=now) as held:
            assert held is None
        assert Job.objects.get(pk=job.pk).attempts == 1

    def test_a_job_that_never_was_is_nothing(self, job, now):
        with jobs.work_on(job.pk + 1, task=NEVER, now=now) as held:
            assert held is None

    def test_a_refusal_ends_the_job_in_the_shape_of_the_api(self, job, now):
        with jobs.work_on(job.pk, task=NEVER, now=now):
            raise jobs.JobRefusedError("row_invalid", "Line 3.", cure="Mend it.", field="question")
        ended = Job.objects.get(pk=job.pk)
        assert (ended.state, ended.error) == (
            "failed", {"code": "row_invalid", "message": "Line 3.", "field": "question", "cure": "Mend it."},
        )  # fmt: skip

    def test_a_refusal_after_the_end_changes_nothing(self, job, now):
        with jobs.work_on(job.pk, task=NEVER, now=now) as held:
            jobs.finish(held, result={"rows": 1}, now=now)
            raise jobs.JobRefusedError("late", "Late.", cure="None.")
        assert state(job) == "finished"

    def test_a_job_cannot_both_finish_and_fail(self, job, now):
        jobs.fail(job.pk, jobs.JobRefusedError("x", "x", cure="x"), now=now)
        jobs.finish(job, result={}, now=now)
        assert state(job) == "failed"
        with pytest.raises(IntegrityError):
            Job.objects.filter(pk=job.pk).update(finished_at=now)

    def test_a_crash_leaves_the_job_to_be_done_again(self, job, now):
        with pytest.raises(ZeroDivisionError), jobs.work_on(job.pk, task=NEVER, now=now):
            raise ZeroDivisionError
        with jobs.work_on(job.pk, task=NEVER, now=now) as held:
            assert held.attempts == 2

    def test_faults_are_no_deaths_and_are_borne_for_a_day(self, job, now):
        for _ in range(jobs.MOST_FAULTS):
            with pytest.raises(OSError), jobs.work_on(job.pk, task=NEVER, now=now):
                raise OSError("the bucket is away")
        assert state(job) == "running"
        with jobs.work_on(job.pk, task=NEVER, now=now) as held:
            assert held is None
        assert Job.objects.get(pk=job.pk).error["code"] == "gave_up"

    def test_a_message_for_another_task_is_no_attempt(self, job, now):
        with jobs.work_on(job.pk, task="tests.other", now=now) as held:
            assert held is None
        assert (Job.objects.get(pk=job.pk).attempts, state(job)) == (0, "waiting")

    @pytest.mark.parametrize(("attempts", "minutes"), [(0, 2), (1, 4), (2, 8), (4, 32), (5, 60), (300, 60)])
    def test_the_more_often_a_job_was_tried_the_longer_it_waits(self, job, now, attempts, minutes):
        Job.objects.filter(pk=job.pk).update(attempts=attempts)
        waits = [timedelta(minutes=minutes), timedelta(minutes=minutes, seconds=1)]
        assert [jobs.resend_lost(now=now + wait) for wait in waits] == [0, 1]

    def test_only_what_was_sent_two_minutes_ago_and_has_not_ended_is_sent_again(
        self, job, now, sent, django_capture_on_commit_callbacks
    ):
        def sweep(minutes):
            with django_capture_on_commit_callbacks(execute=True):
                return jobs.resend_lost(now=now + timedelta(minutes=minutes))

        assert [sweep(2), sweep(3), sweep(4), sweep(6)] == [0, 1, 0, 1]
        assert sent == [(NEVER, job.pk)] * 3
        jobs.finish(job, result={}, now=now)
        assert sweep(60) == 0


@pytest.mark.django_db(transaction=True)
class TestTwoWorkers:
    def test_the_twin_of_a_job_that_is_worked_on_returns_at_once(self, job, now):
        def twin():
            with jobs.work_on(job.pk, task=NEVER, now=now) as held:
                return held

        with jobs.work_on(job.pk, task=NEVER, now=now):
            assert elsewhere(twin) is None
        assert elsewhere(twin) is not None

    def test_what_is_worked_on_is_not_sent_again_however_long_it_takes(self, job, now):
        def sweep():
            return jobs.resend_lost(now=now + timedelta(hours=1))

        with jobs.work_on(job.pk, task=NEVER, now=now):
            assert elsewhere(sweep) == 0
        assert elsewhere(sweep) == 1

    def test_a_worker_that_dies_frees_its_job_with_its_connection(self, job, now):
        die_at_work(job, now)
        with jobs.work_on(job.pk, task=NEVER, now=now) as held:
            assert held is not None and held.attempts == 2

    def test_what_kills_its_worker_five_times_is_given_up(self, job, now):
        for _ in range(jobs.MOST_ATTEMPTS):
            die_at_work(job, now)
        with jobs.work_on(job.pk, task=NEVER, now=now) as held:
            assert held is None
        assert Job.objects.get(pk=job.pk).error["code"] == "gave_up"

    def test_the_lock_is_given_back_after_a_crash(self, job, now):
        def crash():
            with pytest.raises(ZeroDivisionError), jobs.work_on(job.pk, task=NEVER, now=now):
                raise ZeroDivisionError
            return advisory_locks()

        assert elsewhere(crash) == 0

    def test_a_broker_that_is_away_loses_nothing(self, job, now, monkeypatch):
        from kombu.exceptions import OperationalError

        def away(*_args, **_options):
            raise OperationalError("nobody listens")

        monkeypatch.setattr("common.queue.current_app.send_task", away)
        other = jobs.request(task=NEVER, workspace=job.workspace_id, arguments={}, by=None, now=now)
        assert state(other) == "waiting"
        sent = []
        monkeypatch.setattr(
            "common.queue.current_app.send_task", lambda name, args, **_: sent.append(args[0])
        )
        jobs.resend_lost(now=now + timedelta(minutes=3))
        assert other.pk in sent
