"""What is kept of tasks is equal to counting the rows, whatever happens and however late it is folded."""

from __future__ import annotations

import random
import threading
from datetime import timedelta

import pytest
from django.db import connection

from annotation.actions.closing import close_slots, open_slots
from annotation.actions.ordering import order_queue
from annotation.actions.stale import reopen_stale_slots
from annotation.actions.submissions import undo
from annotation.models import Task
from corpus.models import ItemVersion
from review.cases import judgements_to_pick
from review.counting import STANDING_OF, counts, fold
from review.models import QueueCount, Settlement, TaskStanding, TaskTouched
from review.queries import review_queue
from review.tasks import fold_counts
from tests.review.test_progress import by_page, by_sql

SUMS = "tasks, wanted, submitted, complete, waiting, settled, excluded"
STALE = f"""
WITH touched AS (SELECT id AS task_id FROM annotation_task)
SELECT count(*) FROM ({STANDING_OF}) fresh FULL JOIN review_taskstanding kept USING (task_id)
WHERE NOT EXISTS (SELECT 1 FROM review_tasktouched c WHERE c.task_id = fresh.task_id)
    AND (fresh.wanted, fresh.submitted, fresh.complete, fresh.settled, fresh.excluded, fresh.reject,
        fresh.disagreement, fresh.revision, fresh.texts, fresh.position, fresh.language_id)
    IS DISTINCT FROM (kept.wanted, kept.submitted, kept.complete, kept.settled, kept.excluded, kept.reject,
        kept.disagreement, kept.revision, kept.texts, kept.position, kept.language_id)
"""


def kept_otherwise() -> int:
    """Tasks that nobody touched since they were looked at, and that are no longer what is kept of them."""
    with connection.cursor() as cursor:
        cursor.execute(STALE)
        return int(cursor.fetchone()[0])


def sums() -> list[tuple[int, ...]]:
    names = [name.strip() for name in SUMS.split(",")]
    return [tuple(row) for row in QueueCount.objects.order_by("kind", "language").values_list(*names)]


def replace_source(task: Task, now) -> None:
    version = task.item.current_version
    fresh = ItemVersion.objects.create(
        item=task.item, number=task.item.versions.count() + 1, fields=version.fields,
        attributes=version.attributes, sha256=bytes(32), created_at=now,
    )  # fmt: skip
    task.item.current_version = fresh
    task.item.save()


class Life:
    """Things that happen to a campaign, drawn from a seed. One that cannot happen now is left out."""

    def __init__(self, seed, campaign, task_of, judge, decide, replace_text, cast, now) -> None:
        self.rng, self.campaign, self.now, self.minutes = random.Random(seed), campaign, now, 1
        self.task_of, self.judge, self.decide, self.replace_text, self.cast = (
            task_of, judge, decide, replace_text, cast
        )  # fmt: skip
        self.verbs = (
            *(self.hand_in,) * 6, *(self.settle,) * 3, self.take_back, self.new_text, self.new_source,
            self.reopen, self.fold_some, self.reorder, self.draw, self.close, self.open,
        )  # fmt: skip

    def step(self) -> None:
        self.minutes += 1
        self.rng.choice(self.verbs)(self.task_of(self.rng.randrange(4), self.rng.choice(("de", "ar"))))

    def hand_in(self, task) -> None:
        someone = self.rng.choice((self.cast.ana, self.cast.ben))
        if task.slots.filter(contributor=someone).exists():
            return
        if not task.slots.filter(contributor=None, closed_at=None).exists():
            return
        verdict = self.rng.choice(("accept", "accept", "edit", "reject"))
        said = {"edit": {"question": f"?{self.rng.randrange(3)}"}, "reject": {"reason": "fluency"}}
        self.judge(task, someone, verdict, minutes=self.minutes, **said.get(verdict, {}))

    def settle(self, task) -> None:
        if Settlement.objects.filter(task=task, replaced_by=None).exists():
            return
        outcomes = ["exclude_language", "exclude_all", "send_back"]
        picked = judgements_to_pick(task).filter(result_version__isnull=False).first()
        outcome = self.rng.choice([*outcomes, *(["pick"] * 3 if picked else [])])
        said = {"picked": picked} if outcome == "pick" else {}
        self.decide(task, outcome, minutes=self.minutes, **said)

    def take_back(self, task) -> None:
        slot = task.slots.filter(submitted_at__isnull=False, set_aside_at=None).first()
        if slot is not None:
            undo(slot=slot, by=slot.contributor, now=self.now + timedelta(minutes=self.minutes))

    def new_text(self, task) -> None:
        self.replace_text(task)

    def new_source(self, task) -> None:
        replace_source(task, self.now)

    def reopen(self, task) -> None:
        reopen_stale_slots(now=self.now + timedelta(minutes=self.minutes))

    def fold_some(self, task) -> None:
        fold(most=self.rng.randrange(1, 6))

    def reorder(self, task) -> None:
        Task.objects.filter(pk=task.pk).update(position=self.rng.randrange(20))

    def draw(self, task) -> None:
        Task.objects.filter(pk=task.pk).update(sampled_for_revision=self.rng.random() < 0.5)

    def close(self, task) -> None:
        close_slots(tasks=[task.pk], now=self.now)

    def open(self, task) -> None:
        open_slots(tasks=[task.pk])


@pytest.fixture
def life(campaign, task_of, judge, decide, replace_text, cast, now):
    return lambda seed: Life(seed, campaign, task_of, judge, decide, replace_text, cast, now)


@pytest.mark.parametrize("seed", range(4))
def test_counts_are_equal_to_the_rows_after_every_step_of_a_random_life(life, campaign, cast, seed):
    lived = life(seed)
    for _ in range(40):
        lived.step()
        assert by_page(campaign) == by_sql()
        assert kept_otherwise() == 0
    before = [row.task.pk for row in review_queue(cast.rui).rows]
    fold_counts()
    assert not TaskTouched.objects.exists()
    assert by_page(campaign) == by_sql()
    assert [row.task.pk for row in review_queue(cast.rui).rows] == before
    assert sums() == [tuple(row)[:7] for row in _added_up()]


def _added_up() -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), sum(wanted), sum(submitted), count(*) FILTER (WHERE complete),"
            " count(*) FILTER (WHERE reject OR disagreement OR revision),"
            " count(*) FILTER (WHERE settled), count(*) FILTER (WHERE excluded)"
            " FROM review_taskstanding GROUP BY kind, language_id ORDER BY kind, language_id"
        )
        return list(cursor.fetchall())


def test_the_queue_is_the_same_before_and_after_folding(life, cast):
    lived = life(99)
    for _ in range(30):
        lived.step()
        unfolded = [(row.task.pk, row.why) for row in review_queue(cast.rui).rows]
        while fold():
            pass
        assert [(row.task.pk, row.why) for row in review_queue(cast.rui).rows] == unfolded


def test_a_new_order_reaches_what_is_kept(campaign):
    fold_counts()
    order_queue(campaign=campaign, kind="verification", language="de")
    assert kept_otherwise() == 0


def test_folding_that_is_cut_off_takes_nothing(campaign):
    before = (TaskTouched.objects.count(), sums())

    def cut_off(execute, sql, params, many, context):
        if "review_queuecount" in sql:
            raise KeyboardInterrupt
        return execute(sql, params, many, context)

    with connection.execute_wrapper(cut_off), pytest.raises(KeyboardInterrupt):
        fold()
    assert (TaskTouched.objects.count(), sums()) == before


@pytest.mark.django_db(transaction=True)
def test_counts_stay_exact_while_people_hand_in_and_two_fold_at_once(campaign, judge, cast, task_of, now):
    tasks = [task_of(number, language) for number in range(4) for language in ("de", "ar")]
    ended = threading.Event()
    wrong: list[object] = []

    def work(someone) -> None:
        try:
            for task in tasks:
                judge(task, someone, "reject", reason="fluency")
        except Exception as error:  # noqa: BLE001 - told to the test
            wrong.append(error)
        finally:
            connection.close()

    def folding() -> None:
        try:
            while not ended.is_set():
                fold(most=2)
                total = sum(queue.submitted for queue in counts([campaign.pk]))
                if not 0 <= total <= 16:
                    wrong.append(total)
        finally:
            connection.close()

    folders = [threading.Thread(target=folding) for _ in range(2)]
    # One after the other on each slot: the fixture takes slots without a lock.
    worker = threading.Thread(target=lambda: (work(cast.ana), work(cast.ben)))
    for thread in (*folders, worker):
        thread.start()
    worker.join()
    ended.set()
    for thread in folders:
        thread.join()
    assert wrong == []
    assert by_page(campaign) == by_sql()
    fold_counts()
    assert by_page(campaign) == by_sql()
    assert kept_otherwise() == 0
    assert TaskStanding.objects.filter(reject=True).count() == 8
