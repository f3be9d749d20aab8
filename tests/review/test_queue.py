from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from annotation.actions.submissions import undo
from annotation.models import Slot, Task
from common.models import Language, Workspace
from people.actions import grant_role, withdraw_role
from people.models import Role
from review.cases import case
from review.queries import Wanted, Why, next_task, review_queue, reviewed_task
from review.waiting import Cursor

REJECT = {"verdict": "reject", "reason": "fluency"}


@pytest.fixture
def queue(cast):
    """The public ids and reasons of what waits for a person, Rui if none is named."""

    def waiting(person=None, **wanted):
        page = review_queue(person or cast.rui, Wanted(**wanted))
        return {row.task.pk: [str(why) for why in row.why] for row in page.rows}

    return waiting


def edit(judge, task, person, text="Welcher?", **answer):
    return judge(task, person, "edit", question=text, **answer)


def test_a_task_nobody_judged_does_not_wait(queue, task):
    assert queue() == {}


def test_a_reject_waits_even_while_a_judgement_is_missing(queue, task, judge, cast):
    judge(task, cast.ana, **REJECT)
    assert queue() == {task.pk: ["reject"]}


def test_what_cannot_be_translated_waits(queue, task, judge, cast):
    judge(task, cast.ana, "cannot_translate", reason="untranslatable.lexeme")
    assert queue() == {task.pk: ["reject"]}


def test_two_accepts_are_no_conflict(queue, task, judge, cast):
    judge(task, cast.ana, "accept")
    judge(task, cast.ben, "accept")
    assert queue() == {}


def test_an_accept_and_an_edit_disagree(queue, task, judge, cast):
    judge(task, cast.ana, "accept")
    edit(judge, task, cast.ben)
    assert queue() == {task.pk: ["disagreement", "texts"]}


def test_different_texts_alone_are_no_conflict_but_can_be_asked_for(queue, task, judge, cast):
    edit(judge, task, cast.ana, "Welcher?")
    edit(judge, task, cast.ben, "Welcher denn?")
    assert queue() == {}
    assert queue(why="texts") == {task.pk: ["texts"]}


def test_the_same_text_twice_is_not_different(queue, task, judge, cast):
    edit(judge, task, cast.ana, "Welcher?")
    edit(judge, task, cast.ben, "Welcher?")
    assert queue(why="texts") == {}


@pytest.mark.parametrize(
    ("severities", "why"),
    [
        (("minor", "critical"), ["disagreement", "texts"]),
        (("minor", "minor"), None),
        (("minor", ""), None),
    ],
)
def test_two_severities_disagree_and_one_left_out_contradicts_nobody(
    queue, task, judge, cast, severities, why
):
    for person, severity in zip((cast.ana, cast.ben), severities, strict=True):
        edit(judge, task, person, f"Welcher? {person}", severity=severity)
    assert queue() == ({task.pk: why} if why else {})


def test_a_task_drawn_for_revision_waits_once_all_judgements_are_in(queue, task, judge, cast):
    Task.objects.filter(pk=task.pk).update(sampled_for_revision=True)
    assert queue() == {}
    judge(task, cast.ana, "accept")
    assert queue() == {}
    judge(task, cast.ben, "accept")
    assert queue() == {task.pk: ["revision"]}


def test_a_drawn_task_that_holds_a_reject_is_not_yet_said_to_be_revised(queue, task, judge, cast):
    Task.objects.filter(pk=task.pk).update(sampled_for_revision=True)
    judge(task, cast.ana, **REJECT)
    assert queue() == {task.pk: ["reject"]}
    assert queue(why="revision") == {}


def test_a_judgement_taken_back_counts_no_more(queue, task, judge, cast, now):
    undo(slot=judge(task, cast.ana, **REJECT).slot, by=cast.ana, now=now)
    assert queue() == {}


def test_a_judgement_of_a_replaced_text_counts_no_more(queue, task, judge, cast, replace_text):
    judge(task, cast.ana, **REJECT)
    replace_text(task)
    assert queue() == {}


@pytest.mark.parametrize("outcome", ["exclude_language", "exclude_all"])
def test_a_settled_task_waits_no_more(queue, task, judge, cast, decide, outcome):
    judge(task, cast.ana, **REJECT)
    decide(task, outcome)
    assert queue() == {}


def test_a_decision_on_a_replaced_text_stands_no_more(queue, task, judge, cast, decide, replace_text):
    judge(task, cast.ana, **REJECT)
    decide(task, "exclude_language")
    replace_text(task)
    judge(task, cast.ben, minutes=3, **REJECT)
    assert queue() == {task.pk: ["reject"]}


def test_a_task_sent_back_waits_again_when_a_new_judgement_says_so(
    queue, task, judge, cast, decide, campaign, now
):
    judge(task, cast.ana, **REJECT)
    decide(task, "send_back")
    assert queue() == {}
    judge(task, cast.ben, "accept", minutes=3)
    # The reject from before counts no more, so nothing contradicts the accept.
    assert queue() == {}
    undo(slot=Slot.objects.get(contributor=cast.ben), by=cast.ben, now=now + timedelta(minutes=4))


def test_a_reject_after_the_send_back_waits(queue, task, judge, cast, decide):
    judge(task, cast.ana, **REJECT)
    decide(task, "send_back")
    judge(task, cast.ben, minutes=3, **REJECT)
    assert queue() == {task.pk: ["reject"]}


def test_an_item_left_out_everywhere_waits_in_no_language(queue, task_of, judge, cast, decide):
    german, arabic = task_of(0, "de"), task_of(0, "ar")
    judge(german, cast.ana, **REJECT)
    judge(arabic, cast.ana, **REJECT)
    decide(german, "exclude_all")
    assert queue() == {}
    assert case(arabic).excluded_by.task == german


def test_what_a_reviewer_judged_waits_for_another(queue, task, judge, cast, now):
    grant_role(contributor=cast.ana, workspace=cast.workspace, name="reviewer", by=cast.mia, now=now)
    annotation = judge(task, cast.ana, **REJECT)
    judge(task, cast.ben, **REJECT)
    assert queue(cast.ana) == {}
    undo(slot=annotation.slot, by=cast.ana, now=now)
    assert queue(cast.ana) == {}
    assert queue() == {task.pk: ["reject"]}


def test_what_a_reviewer_holds_waits_for_another(queue, task, judge, cast, now):
    grant_role(contributor=cast.ben, workspace=cast.workspace, name="reviewer", by=cast.mia, now=now)
    judge(task, cast.ana, **REJECT)
    assert reviewed_task(cast.ben, task.public_id) == task
    task.slots.filter(contributor=None).update(contributor=cast.ben, claimed_at=now, lease_until=now)
    assert queue(cast.ben) == {}
    # Nor may they read what others said of it.
    with pytest.raises(Task.DoesNotExist):
        reviewed_task(cast.ben, task.public_id)


@pytest.mark.parametrize("name", ["ana", "mia", "oz"])
def test_nothing_waits_for_who_reviews_nothing(queue, task, judge, cast, name):
    judge(task, cast.ana, **REJECT)
    assert queue(getattr(cast, name)) == {}


def _grant(cast, now, *, workspace=None, language=None):
    withdraw_role(role=Role.objects.get(contributor=cast.rui, withdrawn_at=None), by=None, now=now)
    grant_role(
        contributor=cast.rui, workspace=workspace or cast.workspace, name="reviewer",
        language=language and Language.objects.get(pk=language), by=None, now=now,
    )  # fmt: skip


def test_only_the_languages_that_a_reviewer_reviews_wait(queue, task_of, judge, cast, now):
    german, arabic = task_of(0, "de"), task_of(0, "ar")
    for task in (german, arabic):
        judge(task, cast.ana, **REJECT)
    _grant(cast, now, language="ar")
    assert set(queue()) == {arabic.pk}
    assert queue(language="de") == {}


def test_another_workspace_keeps_its_work_to_itself(queue, task, judge, cast, now):
    judge(task, cast.ana, **REJECT)
    _grant(cast, now, workspace=Workspace.objects.create(slug="other", name="Other", created_at=now))
    assert queue() == {}
    with pytest.raises(Task.DoesNotExist):
        reviewed_task(cast.rui, task.public_id)


def test_the_queue_narrows_by_reason_language_and_campaign(queue, task_of, judge, cast):
    rejected, disputed = task_of(0, "de"), task_of(1, "ar")
    judge(rejected, cast.ana, **REJECT)
    judge(disputed, cast.ana, "accept")
    edit(judge, disputed, cast.ben)
    assert set(queue()) == {rejected.pk, disputed.pk}
    assert set(queue(why="reject")) == {rejected.pk}
    assert set(queue(why="disagreement")) == {disputed.pk}
    assert set(queue(language="ar")) == {disputed.pk}
    assert set(queue(campaign="mini")) == {rejected.pk, disputed.pk}
    assert queue(campaign="none") == {}


@pytest.fixture
def eight(task_of, judge, cast):
    """Eight rejected tasks in the order of the queue; two languages share each position."""
    tasks = [task_of(number, language) for number in range(4) for language in ("de", "ar")]
    for task in tasks:
        judge(task, cast.ana, **REJECT)
    return sorted(tasks, key=lambda task: (task.position, task.public_id))


def test_pages_follow_each_other_both_ways_without_a_gap(eight, cast):
    pages, cursor = [], None
    while not pages or cursor:
        pages.append(review_queue(cast.rui, cursor=cursor, limit=3))
        cursor = pages[-1].next
    assert [[row.task for row in page.rows] for page in pages] == [eight[:3], eight[3:6], eight[6:]]
    back = review_queue(cast.rui, cursor=pages[2].previous, limit=3)
    assert [row.task for row in back.rows] == eight[3:6]
    first = review_queue(cast.rui, cursor=back.previous, limit=3)
    assert [row.task for row in first.rows] == eight[:3]
    assert (first.previous, pages[0].previous, pages[2].next) == (None, None, None)
    assert first.next is not None


def test_a_cursor_reads_what_it_wrote_and_nothing_else():
    cursor = Cursor(-3, uuid4(), backwards=True)
    assert Cursor.parse(str(cursor)) == cursor
    for value in ("", "after.1", "beside.1.00000000000000000000000000000000", "after.x.00", "after.1.zz"):
        with pytest.raises(ValueError):
            Cursor.parse(value)


def test_the_next_task_follows_and_the_end_goes_round(eight, cast):
    assert next_task(cast.rui, Wanted(), eight[2]) == eight[3]
    assert next_task(cast.rui, Wanted(), eight[7]) == eight[0]
    assert next_task(cast.rui, Wanted(language="ar"), eight[7]).language_id == "ar"


def test_nothing_follows_the_last_task(task, judge, cast):
    judge(task, cast.ana, **REJECT)
    assert next_task(cast.rui, Wanted(), task) is None


@pytest.mark.parametrize("limit", [1, 8])
def test_a_page_takes_six_statements_however_long_it_is(eight, cast, django_assert_num_queries, limit):
    with django_assert_num_queries(6):
        assert len(review_queue(cast.rui, limit=limit).rows) == limit


def test_a_case_takes_nine_statements(eight, cast, django_assert_num_queries):
    task = reviewed_task(cast.rui, eight[0].public_id)
    with django_assert_num_queries(9):
        case(task)


def test_a_case_holds_texts_judgements_and_reasons(task, judge, cast, decide):
    reject = judge(task, cast.ana, **REJECT)
    sent_back = decide(task, "send_back")
    accept = judge(task, cast.ben, "accept", minutes=3)
    seen = case(task)
    assert [(said.annotation, said.counts) for said in seen.said] == [(reject, False), (accept, True)]
    assert [said.texts for said in seen.said] == [None, seen.translation.fields]
    assert (seen.why, seen.missing, seen.standing, seen.settlements) == ((), 1, None, (sent_back,))
    assert [(field.name, field.letter, field.is_answer) for field in seen.fields[:2]] == [
        ("question", "", False),
        ("option_a", "A", True),
    ]


def test_every_reason_is_named():
    assert all(why.label for why in Why)
