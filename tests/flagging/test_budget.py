from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command

from common.models import Job, Workspace
from flagging.actions.again import order_again
from flagging.actions.learning import learn, learned_of
from flagging.audit_sample import AUDIT, FLAGGED
from flagging.budget import UNTIMED_SECONDS, budgets
from flagging.charts import chart
from flagging.models import Fit, ModelPass, Suspicion, VerdictSample
from flagging.splitting import case_of, shared
from people.actions import grant_role
from tests.flagging.verdict_rows import frames, many_translations, passed, record, verdict, versions

SIGNED_IN = "allauth.account.auth_backends.AuthenticationBackend"
ADDRESS = "/checks/budget/"


@pytest.fixture
def benchmark(cast, now):
    """German, under a pass, and French."""
    benchmark = many_translations(cast.workspace, now, count=200, languages=("de", "fr"))
    passed(benchmark, "de", now)
    return benchmark


@pytest.fixture
def both(benchmark, now):
    """German and French, under a pass each."""
    passed(benchmark, "fr", now)
    return benchmark


def judged(benchmark, cast, now, language="de", *, flagged=40, audited=80):
    """The first are flagged, the next are the audit, each flag hidden in every second task; the order is right in
    four of five."""
    places = dict(Suspicion.objects.values_list("translation_version", "value"))
    rows = sorted(versions(benchmark, language), key=lambda row: -places[row.pk])
    strata = [FLAGGED] * flagged + [AUDIT] * audited
    record(
        verdict(
            row, cast.ana, now, stratum=stratum, flags_shown=number % 2 == 0,
            bad=(number % 60 < 25) == (number % 5 > 0),
        )
        for number, (row, stratum) in enumerate(zip(rows, strata, strict=False))
    )  # fmt: skip
    frames(benchmark, language, flagged=50, audit=80, rest=70)


@pytest.fixture
def learned(benchmark, cast, now):
    judged(benchmark, cast, now)
    learned_of(cast.workspace.pk, now=now)
    return benchmark


def german(cast):
    return {one.language: one for one in budgets(cast.workspace.pk)}["de"]


@pytest.fixture
def mia(cast, client):
    client.force_login(cast.mia.user, backend=SIGNED_IN)
    return client


def test_counts_say_what_was_read_of_what(learned, cast):
    one = german(cast)
    counts = one.counts
    assert (counts.verdicts, counts.used, counts.audited, counts.unflagged) == (120, 120, 80, 150)
    assert (counts.flagged_read, counts.flagged, counts.flagged_unread) == (40, 50, 10)
    assert counts.bad == VerdictSample.objects.filter(bad=True).count()


def test_the_bad_that_are_left_are_those_of_each_stratum_by_its_share(learned, cast):
    bad = {stratum: VerdictSample.objects.filter(bad=True, stratum=stratum).count() for stratum in (AUDIT,)}
    one = german(cast)
    # The ten flagged that nobody has read come after forty that were read because they are worse.
    expected = 70 * bad[AUDIT] / 80
    assert one.left.errors.value == pytest.approx(expected, abs=1e-3)
    assert one.left.errors.low < one.left.errors.value < one.left.errors.high
    assert (one.left.unread, one.left.unseen) == (80, 10)


def test_what_was_found_bad_in_the_rest_is_repaired_and_not_left(benchmark, cast, now):
    judged(benchmark, cast, now)
    record(
        verdict(row, cast.ana, now, stratum="rest", bad=True)
        for row in versions(benchmark)
        if not VerdictSample.objects.filter(translation_version=row).exists()
    )
    before = VerdictSample.objects.filter(stratum="rest").count()
    learned_of(cast.workspace.pk, now=now)
    one = german(cast)
    flagged, others = one.left.by_stratum[FLAGGED], one.left.by_stratum[AUDIT]
    audit_bad = VerdictSample.objects.filter(stratum=AUDIT, bad=True).count()
    assert before == 80
    assert others == (pytest.approx(max(0.0, 70 * audit_bad / 80 - before), abs=1e-3), 0)
    assert flagged[1] == 10


def test_recall_rises_from_0_to_1_within_its_band(learned, cast):
    curve = german(cast).review.curve
    assert [point.share for point in curve] == list(range(101))
    assert (curve[0].recall, curve[-1].recall) == (0, 1)
    assert all(one.recall <= two.recall for one, two in pairwise(curve))
    assert all(point.low <= point.recall <= point.high for point in curve)


def test_fewer_to_be_missed_and_more_to_be_found_take_more_review(learned, cast):
    one = german(cast)
    shares = [one.share_for_miss(miss) for miss in (5, 10, 30)]
    assert shares == sorted(shares, reverse=True)
    assert one.items_for(50).value < one.items_for(90).value <= one.counts.size
    assert one.hours_for(90).value == pytest.approx(one.items_for(90).value * 30 / 3600)


def test_nobody_was_timed_is_a_stated_default(benchmark, cast, now):
    judged(benchmark, cast, now)
    VerdictSample.objects.update(active_ms=0)
    learned_of(cast.workspace.pk, now=now)
    assert german(cast).timed_seconds is None
    assert german(cast).seconds == UNTIMED_SECONDS


def test_too_few_bad_to_promise_a_miss_rate_is_no_threshold(benchmark, cast, now):
    judged(benchmark, cast, now)
    learned_of(cast.workspace.pk, now=now)
    assert german(cast).share_for_miss(1) is None


def test_the_pull_of_flags_waits_for_enough_in_either_arm(learned, cast):
    assert german(cast).pull.shown[0] == german(cast).pull.hidden[0] == 20
    assert german(cast).pull.difference is None


def test_the_pull_of_flags_is_the_difference_of_the_shares_found_bad(benchmark, cast, now):
    rows = versions(benchmark)
    record(
        verdict(row, cast.ana, now, stratum=FLAGGED, flags_shown=number % 2 == 0, bad=number % 4 == 0)
        for number, row in enumerate(rows[:80])
    )
    learned_of(cast.workspace.pk, now=now)
    pull = german(cast).pull
    assert (pull.shown, pull.hidden) == ((40, 20), (40, 0))
    assert pull.difference.value == 0.5
    assert 0.3 < pull.difference.low < 0.5 < pull.difference.high < 0.7


def test_a_language_without_evidence_says_so_and_has_no_curve(learned, cast, now):
    passed(learned, "fr", now)
    record(verdict(row, cast.ana, now) for row in versions(learned, "fr")[:3])
    learned_of(cast.workspace.pk, now=now)
    french = {one.language: one for one in budgets(cast.workspace.pk)}["fr"]
    assert (french.state, french.review) == ("no_evidence", None)
    assert french.sentence.startswith("No evidence yet: the audit sample holds 1 bad and 2 good")


def test_verdicts_that_nothing_was_learned_from_are_counted(learned, cast, now):
    rest = [row for row in versions(learned) if not row.verdict_samples.exists()]
    record(verdict(row, cast.ana, now) for row in rest[:5])
    assert german(cast).new_verdicts == 5


def test_what_is_left_is_read_flagged_first(learned, cast):
    one = german(cast)
    case = case_of(one)
    others, _ = one.left.by_stratum[AUDIT]
    # Of the ten flagged that nobody has read no more is known than of the others.
    assert one.left.by_stratum[FLAGGED] == (None, 10)
    assert case.size == 80
    assert case.errors == pytest.approx(others * 80 / 70, abs=1e-3)
    assert case.share[1] == 10 / 80
    assert case.recall[1] == pytest.approx(10 / 80)
    assert (case.share[-1], case.recall[-1]) == (pytest.approx(1), pytest.approx(1))


def test_the_worst_served_of_a_split_is_never_worse_off_than_by_equal_parts(both, cast, now):
    judged(both, cast, now)
    judged(both, cast, now, "fr", flagged=20, audited=100)
    learned_of(cast.workspace.pk, now=now)
    for unit, amount in (("items", 40.0), ("hours", 0.4)):
        split = shared(budgets(cast.workspace.pk), amount, unit=unit, aim="recall")
        assert {line.language for line in split.lines} == {"de", "fr"}
        assert split.ours.worst >= split.equal.worst
        spent = split.ours_items if unit == "items" else split.ours.hours
        assert spent <= amount


def test_what_is_good_afterwards_is_told_whatever_is_evened_out(learned, cast):
    found = budgets(cast.workspace.pk)
    [line] = shared(found, 20, unit="items", aim="recall").lines
    [same] = shared(found, 20, unit="items", aim="clean").lines
    assert line.ours.recall == line.ours.quality
    assert line.good[0] == pytest.approx(same.ours.quality)


def test_a_language_of_which_nothing_is_known_is_named_and_gets_nothing(learned, cast, now):
    record([verdict(versions(learned, "fr")[0], cast.ana, now)])
    split = shared(budgets(cast.workspace.pk), 10, unit="items", aim="clean")
    assert split.unknown == ("fr",)
    assert [line.language for line in split.lines] == ["de"]


def test_a_chart_has_the_points_of_its_table(learned, cast):
    drawn = chart(german(cast).review.curve)
    assert drawn.recall.split()[0] == "46.0,212.0"
    assert drawn.recall.split()[-1] == "346.0,12.0"
    assert len(drawn.band.split()) == 202


def test_the_page_shows_each_language_with_its_chart_and_trust(learned, mia, cast):
    page = mia.get(ADDRESS).text
    assert "Random audit" in page
    assert "80⁩ read of" in page
    assert '<span class="tag tag--' in page
    drawing = re.search(r"<svg class=\"chart\".*?</svg>", page, re.S)
    svg = ElementTree.fromstring(drawing[0])
    assert svg.find("title").text.startswith("German: ")
    assert svg.get("aria-labelledby").split() == [svg.find("title").get("id"), svg.find("desc").get("id")]
    assert "style=" not in page


def test_the_page_reads_and_works_nothing_out(learned, mia, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        mia.get(ADDRESS, {"amount": "5"})


def test_the_page_answers_for_the_miss_rate_and_the_target_it_is_asked(learned, mia, cast):
    one = german(cast)
    page = mia.get(ADDRESS, {"miss": "20", "target": "70"}).text
    assert "To miss at most 20 %" in page
    assert f"{100 * one.share_for_miss(20):.0f} %" in page
    assert f"{one.items_for(70).value:.0f}⁩ translations" in page


@pytest.mark.parametrize(
    "asked",
    [{"miss": "0"}, {"miss": "x"}, {"target": "91"}, {"amount": "-1"}, {"amount": "nan"}, {"unit": "days"}],
)
def test_a_question_that_cannot_be_is_said_to_be_wrong_and_the_page_stands(learned, mia, asked):
    answer = mia.get(ADDRESS, asked)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "Random audit" in answer.text


def test_the_page_shows_a_split_beside_equal_parts(learned, mia):
    page = mia.get(ADDRESS, {"amount": "20", "unit": "items"}).text
    assert "Equal parts" in page
    assert "promised too well" in page
    assert "Equal parts" not in mia.get(ADDRESS).text


def test_without_any_verdict_the_page_says_what_to_do_next(cast, mia):
    page = mia.get(ADDRESS).text
    assert "No translation was judged yet" in page
    assert "Learn from the verdicts now" in page
    assert "Order again" not in page


def test_verdicts_that_nothing_was_learned_from_yet_ask_to_be(benchmark, cast, now, mia):
    judged(benchmark, cast, now)
    page = mia.get(ADDRESS).text
    assert "nothing was learned from the verdicts of this language" in page
    assert "120 translations were judged since" in page


def test_the_page_is_for_managers_of_the_workspace(learned, cast, client, now):
    other = Workspace.objects.create(slug="far", name="Far", created_at=now)
    grant_role(contributor=cast.oz, workspace=other, name="manager", by=None, now=now)
    client.force_login(cast.oz.user, backend=SIGNED_IN)
    assert "Random audit" not in client.get(ADDRESS).text
    assert client.get(ADDRESS, {"workspace": "lab"}).status_code == 404
    for act in ("learn", "order"):
        assert client.post(f"{ADDRESS}{act}/", {"workspace": "lab"}).status_code == 404
    client.force_login(cast.ana.user, backend=SIGNED_IN)
    assert "You manage no workspace" in client.get(ADDRESS).text


def test_learning_is_asked_for_once_and_its_state_is_shown(learned, mia, now):
    for _ in range(2):
        assert mia.post(f"{ADDRESS}learn/", {"workspace": "lab"}).status_code == 302
    job = Job.objects.get(task="flagging.learn")
    state = f"{ADDRESS}learning/{job.public_id}/"
    asking = {"HX-Request": "true"}
    assert "Waiting for a worker" in mia.get(state, headers=asking).text
    assert f'hx-get="{state}"' in mia.get(ADDRESS).text
    learn(job.pk, now=now)
    assert mia.get(state, headers=asking).headers["HX-Refresh"] == "true"
    assert mia.get(state).headers["Location"] == f"{ADDRESS}?workspace=lab"
    assert "Learned on" in mia.get(ADDRESS).text


def test_learning_that_failed_says_why_and_can_be_asked_for_again(learned, mia, now):
    mia.post(f"{ADDRESS}learn/", {"workspace": "lab"})
    Job.objects.update(failed_at=now, error={"message": "Too slow.", "cure": "Ask for less."})
    assert "Too slow." in mia.get(ADDRESS).text
    mia.post(f"{ADDRESS}learn/", {"workspace": "lab"})
    assert Job.objects.count() == 2


def test_ordering_again_asks_for_a_pass_like_the_latest_over_each_language(learned, cast, now, mia):
    mia.post(f"{ADDRESS}order/", {"workspace": "lab"})
    # Nothing was learned of French.
    asked = ModelPass.objects.order_by("pk").last()
    assert ModelPass.objects.count() == 2
    assert (asked.language_id, asked.learns, asked.scorers, asked.requested_by) == ("de", True, [], cast.mia)
    assert asked.fits == {"calibration": Fit.objects.get(kind="calibration").pk}


def test_ordering_again_at_once_asks_for_nothing_more(learned, cast, now):
    first = order_again(workspace=cast.workspace, by=cast.mia, now=now)
    second = order_again(workspace=cast.workspace, by=cast.mia, now=now)
    assert (len(first.passes), second.passes, second.known) == (1, (), ("de",))


def test_a_scorer_that_may_not_run_is_named_and_the_other_languages_are_ordered(both, cast, now):
    judged(both, cast, now)
    judged(both, cast, now, "fr")
    learned_of(cast.workspace.pk, now=now)
    ModelPass.objects.filter(language="fr").update(scorers=["gone"])
    done = order_again(workspace=cast.workspace, by=cast.mia, now=now)
    assert [one.language_id for one in done.passes] == ["de"]
    [(language, reason)] = done.refused
    assert language == "fr"
    assert reason.startswith("'gone' is no scorer. Use one of: ")


def told(*args, **options) -> str:
    out = StringIO()
    call_command("review_budget", *args, stdout=out, **options)
    return out.getvalue()


def test_a_command_prints_the_same_figures(learned, cast):
    one = german(cast)
    lines = told().splitlines()
    assert lines[0].split()[:4] == ["state", "head", "judged", "bad"]
    assert lines[1].split()[:4] == ["de", one.state, "off", "120"]
    assert f"{one.review.auroc.value:.2f}" in lines[1]
    assert lines[2] == f"de: {one.sentence}"


def test_a_command_splits_hours(learned):
    out = told("lab", hours=0.2)
    assert "0.2 hours, for the worst served | in equal parts" in out
    assert "promised too well" in out


def test_a_command_without_verdicts_says_what_to_do(cast):
    assert "manage.py learn" in told()


@pytest.mark.parametrize(("given", "said"), [({"miss": 0}, "--miss 0"), ({"hours": -1.0}, "--hours -1")])
def test_a_command_refuses_figures_that_cannot_be(learned, given, said):
    with pytest.raises(CommandError, match=said):
        told(**given)


def test_a_command_refuses_a_workspace_there_is_not(cast):
    with pytest.raises(CommandError, match="lab"):
        told("nowhere")


def test_figures_of_a_later_learning_are_shown(learned, cast, now):
    rest = [row for row in versions(learned) if not row.verdict_samples.exists()]
    record(verdict(row, cast.ana, now) for row in rest[:10])
    learned_of(cast.workspace.pk, now=now + timedelta(hours=1))
    assert german(cast).counts.verdicts == 130
    assert german(cast).new_verdicts == 0
