from __future__ import annotations

import pytest
from django.core import signing
from django.db import connection

from annotation.actions.stale import reopen_stale_slots
from annotation.actions.submissions import undo
from annotation.models import Annotation, Task
from common.models import Workspace
from people.actions import grant_role
from review.actions import open_undecided
from review.permissions import sees_campaigns
from review.progress import campaign_lines, campaign_progress, seen_campaigns
from review.reports import source_reports

# Written from the rules, not from the code: what is current, what stands, and what waits.
CURRENT = """
SELECT a.*, s.task_id FROM annotation_annotation a
JOIN annotation_slot s ON s.id = a.slot_id
JOIN annotation_task t ON t.id = s.task_id
JOIN corpus_item i ON i.id = t.item_id
JOIN corpus_translationversion v ON v.id = a.translation_version_id
JOIN corpus_translation r ON r.id = v.translation_id
WHERE a.retraction = '' AND a.id NOT IN (SELECT corrects_id FROM annotation_annotation WHERE corrects_id > 0)
  AND r.current_version_id = v.id AND i.current_version_id = a.item_version_id
  AND a.submitted_at > COALESCE(
      (SELECT max(decided_at) FROM review_settlement b WHERE b.task_id = t.id AND b.outcome = 'send_back'),
      '-infinity')
"""
STANDING = """
SELECT b.* FROM review_settlement b
JOIN corpus_translationversion v ON v.id = b.translation_version_id
JOIN corpus_translation r ON r.id = v.translation_id
JOIN corpus_item i ON i.id = r.item_id
WHERE b.outcome <> 'send_back' AND b.item_version_id = i.current_version_id
  AND (r.current_version_id = v.id OR b.outcome = 'exclude_all')
  AND b.id NOT IN (SELECT replaces_id FROM review_settlement WHERE replaces_id > 0)
"""
COUNTS = f"""
WITH current AS ({CURRENT}), standing AS ({STANDING}),
said AS (
    SELECT task_id, bool_or(verdict IN ('reject', 'cannot_translate')) AS against,
        count(DISTINCT verdict) > 1 OR count(DISTINCT nullif(severity, '')) > 1 AS disputed
    FROM current GROUP BY task_id
),
everywhere AS (
    SELECT t.campaign_id, t.item_id FROM standing b JOIN annotation_task t ON t.id = b.task_id
    WHERE b.outcome = 'exclude_all'
),
state AS (
    SELECT t.id, t.kind, t.language_id,
        (t.campaign_id, t.item_id) IN (SELECT campaign_id, item_id FROM everywhere)
            OR b.outcome IN ('exclude_language', 'exclude_all') IS TRUE AS excluded,
        b.id IS NOT NULL AS standing,
        COALESCE(said.against OR said.disputed OR (t.sampled_for_revision AND said.task_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM annotation_slot s
            WHERE s.task_id = t.id AND s.submitted_at IS NULL AND s.closed_at IS NULL
        )), false) AS calls
    FROM annotation_task t LEFT JOIN standing b ON b.task_id = t.id LEFT JOIN said ON said.task_id = t.id
)
SELECT kind, language_id, count(*),
    (SELECT count(*) FROM annotation_slot s WHERE (s.kind, s.language_id) = (state.kind, state.language_id)
        AND (closed_at IS NULL OR submitted_at IS NOT NULL)),
    (SELECT count(*) FROM annotation_slot s
        WHERE (s.kind, s.language_id) = (state.kind, state.language_id) AND submitted_at IS NOT NULL),
    (SELECT count(*) FROM annotation_slot s WHERE (s.kind, s.language_id) = (state.kind, state.language_id)
        AND submitted_at IS NULL AND lease_until >= now()),
    (SELECT count(*) FROM annotation_task t WHERE (t.kind, t.language_id) = (state.kind, state.language_id)
        AND NOT EXISTS (SELECT 1 FROM annotation_slot s
            WHERE s.task_id = t.id AND s.submitted_at IS NULL AND s.closed_at IS NULL)),
    count(*) FILTER (WHERE calls AND NOT standing AND NOT excluded),
    count(*) FILTER (WHERE standing AND NOT excluded),
    count(*) FILTER (WHERE excluded AND kind = 'verification')
FROM state GROUP BY kind, language_id
"""


def by_sql() -> dict[tuple[str, str], list[int]]:
    with connection.cursor() as cursor:
        cursor.execute(COUNTS)
        return {(row[0], row[1]): list(row[2:]) for row in cursor.fetchall()}


def by_page(campaign) -> dict[tuple[str, str], list[int]]:
    found = campaign_progress(campaign)
    return {
        (line.work.kind, line.work.language): [
            line.work.tasks, line.work.slots, line.work.submitted, line.work.held, line.work.complete,
            line.waiting or 0, line.settled or 0, line.excluded or 0,
        ]
        for line in (*found.verification, *found.sensitivity)
    }  # fmt: skip


@pytest.fixture
def everything(task_of, judge, decide, cast, now, replace_text):
    """A task in every state there is: each step is on tasks of its own."""
    rejected, disputed, settled, left_out = (task_of(number) for number in range(4))
    Task.objects.filter(pk=task_of(1, "ar").pk).update(sampled_for_revision=True)
    judge(rejected, cast.ana, "reject", reason="fluency")
    judge(disputed, cast.ana, "accept")
    judge(disputed, cast.ben, "edit", question="Wie?")
    picked = judge(settled, cast.ana, "accept")
    judge(settled, cast.ben, "reject", reason="other", note="Hm.")
    decide(settled, "pick", picked=picked)
    judge(left_out, cast.ana, "reject", reason="source_wrong")
    judge(task_of(3, "ar"), cast.ana, "reject", reason="fluency")
    decide(left_out, "exclude_all")
    for person in (cast.ana, cast.ben):
        judge(task_of(1, "ar"), person, "accept")
    sent_back = task_of(2, "ar")
    judge(sent_back, cast.ana, "reject", reason="fluency")
    decide(sent_back, "send_back")
    undone = judge(task_of(0, "ar"), cast.ana, "reject", reason="fluency")
    undo(slot=undone.slot, by=cast.ana, now=now)


def test_progress_is_equal_to_sql_at_the_start(campaign):
    assert by_page(campaign) == by_sql()
    assert by_page(campaign)["verification", "de"] == [4, 8, 0, 0, 0, 0, 0, 0]
    assert by_page(campaign)["sensitivity", "en"] == [4, 4, 0, 0, 0, 0, 0, 0]


def test_progress_is_equal_to_sql_with_a_task_in_every_state(everything, campaign):
    assert by_page(campaign) == by_sql()
    assert by_page(campaign)["verification", "de"] == [4, 7, 6, 0, 3, 2, 1, 1]
    assert by_page(campaign)["verification", "ar"] == [4, 8, 4, 0, 2, 1, 0, 1]


def test_progress_is_equal_to_sql_after_texts_are_replaced(everything, campaign, task_of, replace_text, now):
    for task in (task_of(0), task_of(2), task_of(3)):
        replace_text(task)
    reopen_stale_slots(now=now)
    open_undecided()
    assert by_page(campaign) == by_sql()
    # Leaving an item out everywhere is about its source, which nobody replaced: its slots stay closed.
    assert by_page(campaign)["verification", "de"] == [4, 6, 2, 0, 2, 1, 0, 1]


def test_progress_takes_two_statements(everything, campaign, django_assert_num_queries):
    with django_assert_num_queries(2):
        campaign_progress(campaign)


def test_managers_and_reviewers_see_their_campaigns_and_nobody_else_does(campaign, cast):
    seeing = {name for name in ("ana", "ben", "rui", "mia", "oz") if seen_campaigns(getattr(cast, name))}
    assert seeing == {"rui", "mia"}
    assert {
        name for name in ("ana", "ben", "rui", "mia", "oz") if sees_campaigns(getattr(cast, name))
    } == seeing


def test_a_manager_of_another_workspace_sees_nothing_of_this_one(campaign, cast, now):
    other = Workspace.objects.create(slug="other", name="Other", created_at=now)
    grant_role(contributor=cast.oz, workspace=other, name="manager", by=None, now=now)
    assert campaign_lines(cast.oz) == []
    assert source_reports(cast.oz) == ([], "")


def test_the_list_of_campaigns_totals_their_judgements(everything, campaign, cast, django_assert_num_queries):
    with django_assert_num_queries(3):
        [line] = campaign_lines(cast.mia)
    # The item that was left out wants one judgement less in each of its three languages.
    assert (line.campaign, line.wanted, line.submitted) == (campaign, 7 + 8 + 3, 6 + 4)


@pytest.fixture
def reported(task_of, judge, cast):
    """The first source was called wrong in two languages, the second in one, all in one instant."""
    return (
        judge(task_of(0), cast.ana, "reject", reason="source_wrong", note="Two keys."),
        judge(task_of(0, "ar"), cast.ben, "reject", reason="source_wrong"),
        judge(task_of(1), cast.ana, "reject", reason="source_wrong"),
    )


def test_a_report_names_everybody_who_said_so(reported, cast, django_assert_num_queries):
    with django_assert_num_queries(2):
        reports, following = source_reports(cast.rui)
    assert [report.said for report in reports] == [(reported[2],), reported[:2]]
    assert [report.languages for report in reports] == [("de",), ("ar", "de")]
    assert (following, [report.replaced for report in reports]) == ("", [False, False])


def test_who_took_a_report_back_is_not_named(reported, cast, now):
    undo(slot=reported[2].slot, by=cast.ana, now=now)
    assert source_reports(cast.rui)[0][0].said == ()


def test_who_reported_a_text_that_is_translated_anew_is_still_named(
    reported, cast, now, replace_text, task_of
):
    replace_text(task_of(1))
    reopen_stale_slots(now=now)
    assert Annotation.objects.filter(retraction="stale").count() == 1
    assert source_reports(cast.rui)[0][0].said == (reported[2],)


def test_reports_of_one_instant_are_paged_without_a_gap(reported, cast):
    first, following = source_reports(cast.mia, limit=1)
    second, end = source_reports(cast.mia, following, limit=1)
    assert [page[0].report.item_version.item.external_id for page in (first, second)] == [
        "quiz/test/1",
        "quiz/test/0",
    ]
    assert end == ""


def test_a_cursor_that_was_not_given_out_is_refused(reported, cast):
    with pytest.raises(signing.BadSignature):
        source_reports(cast.mia, "WyJ4Il0:forged")
