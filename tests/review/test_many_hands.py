"""What holds when reviewers and annotators act at the same moment, and that a release reads what was settled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from annotation.models import Task
from corpus.models import ItemVersion
from exports.material import standing_settlement
from people.actions import create_account, grant_role
from review.actions import settle
from review.cases import seen_now
from review.errors import SettledMeanwhileError
from review.models import Settlement
from review.standing import settlements_in_force

REVIEWERS = 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("outcome", ["exclude_language", "send_back"])
def test_of_many_reviewers_at_once_one_settles_and_the_others_are_told(cast, task, judge, now, outcome):
    judge(task, cast.ana, "reject", reason="fluency")
    people = [
        create_account(email=f"r{n}@example.org", name="", password=None, now=now) for n in range(REVIEWERS)
    ]
    for person in people:
        grant_role(contributor=person, workspace=cast.workspace, name="reviewer", by=None, now=now)
    seen, later = seen_now(task), now + timedelta(hours=1)

    def decide(person) -> bool:
        try:
            settle(task=task, outcome=outcome, reason="I was first.", by=person, now=later, seen=seen)
        except SettledMeanwhileError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(REVIEWERS) as pool:
        assert sum(pool.map(decide, people)) == 1
    assert Settlement.objects.count() == 1
    assert Task.objects.get(pk=task.pk).overlap == (3 if outcome == "send_back" else 2)


def replace_source(task: Task, now) -> None:
    item = task.item
    old = item.current_version
    item.current_version = ItemVersion.objects.create(
        item=item, number=2, fields=old.fields, attributes=old.attributes, sha256=b"2", created_at=now
    )
    item.save()


@pytest.mark.parametrize("replaced", ["nothing", "translation", "source"])
@pytest.mark.parametrize(
    "outcome", ["pick", "write", "untouched", "exclude_language", "exclude_all", "send_back"]
)
def test_a_release_takes_exactly_the_decisions_that_stand_here(
    task, judge, decide, replace_text, cast, now, outcome, replaced
):
    edit = judge(task, cast.ana, "edit", question="Wie?")
    machine = edit.translation_version.fields
    decision = {
        "pick": {"picked": edit},
        "write": {"fields": {**machine, "question": "Wer?"}},
        "untouched": {"fields": machine},
    }
    settled = decide(task, "write" if outcome == "untouched" else outcome, **decision.get(outcome, {}))
    if replaced == "translation":
        replace_text(task)
    elif replaced == "source":
        replace_source(task, now)
    here = settlements_in_force().filter(task=task).first()
    item = type(task.item).objects.get(pk=task.item_id)
    assert here == standing_settlement(list(Settlement.objects.filter(task=task)), item)
    # Leaving an item out everywhere is about its source alone.
    stands = replaced == "nothing" or (replaced == "translation" and outcome == "exclude_all")
    assert here == (settled if stands and outcome != "send_back" else None)
