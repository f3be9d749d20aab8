"""The page of a pass while it runs, waits, fails and after; and the list of passes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common import clock
from flagging import outcome_queries, progress_queries
from flagging.actions.passes import pause, request_pass
from flagging.models import MOST_ATTEMPTS, Candidate, Fit, ModelPass, Worker
from flagging.progress_queries import expected_end, failures_of, parts_of
from tests.factories import make_translation, mini_benchmark
from tests.flagging.ordering import score_all, signed_in

HTMX = {"HX-Request": "true"}
NO_WORKER = "No model worker is running: start one with"


@pytest.fixture
def benchmark(cast, now):
    return mini_benchmark(cast.workspace, now)


@pytest.fixture
def model_pass(benchmark, cast):
    return request_pass(benchmark=benchmark, language="de", by=cast.mia, now=clock.now(), scorers=["labse"])


@pytest.fixture
def page(model_pass, cast):
    client = signed_in(cast.mia)
    return lambda **headers: client.get(f"/checks/{model_pass.public_id}/", headers=headers).text


def worker(seen_at, device="NVIDIA H100"):
    return Worker.objects.create(name="one", device=device, started_at=seen_at, seen_at=seen_at)


def finish(model_pass, now):
    model_pass.chunks.update(done_at=now, seconds=1.0)
    ModelPass.objects.filter(pk=model_pass.pk).update(finished_at=now)


def test_progress_is_told_by_kind_of_work(model_pass, now):
    titles = [(part.title, part.chunks, part.texts) for part in parts_of(model_pass, now=now)]
    assert titles == [
        ("Checks", 2, 8),
        ("LaBSE", 1, 4),
        ("What the set itself teaches", 1, 4),
        ("All signals together", 1, 4),
    ]


def test_speed_is_texts_over_the_time_from_the_first_beginning_to_the_last_end(model_pass):
    now = clock.now()
    model_pass.chunks.filter(kind="scores").update(done_at=now, seconds=2.0, device="cpu")
    assert parts_of(model_pass, now=now)[1].rate == pytest.approx(2.0)


def test_what_was_done_an_hour_ago_tells_nothing_of_the_speed_now(model_pass):
    now = clock.now()
    model_pass.chunks.filter(kind="scores").update(done_at=now - timedelta(hours=1), seconds=2.0)
    assert parts_of(model_pass, now=now)[1].rate is None


def test_the_end_is_expected_where_every_open_part_has_a_speed(model_pass):
    now = clock.now()
    model_pass.chunks.filter(kind="rows").update(done_at=now, seconds=1.0)
    assert expected_end(parts_of(model_pass, now=now), now=now) is None
    model_pass.chunks.filter(kind="scores").update(done_at=now, seconds=2.0)
    # Four texts of the whole set are left, at four a second.
    assert expected_end(parts_of(model_pass, now=now), now=now) == now + timedelta(seconds=1)


def test_a_pass_without_a_model_worker_says_how_to_start_one(model_pass, page):
    model_pass.chunks.filter(kind__in=["rows", "set"]).update(done_at=clock.now())
    assert f"{NO_WORKER} <code" in page()


def test_a_worker_that_was_seen_lately_is_named(model_pass, page):
    worker(clock.now())
    assert "NVIDIA H100" in page()
    assert NO_WORKER not in page()


def test_a_worker_that_was_silent_for_a_minute_is_taken_for_gone(model_pass, page):
    worker(clock.now() - timedelta(seconds=60))
    assert NO_WORKER in page()


def test_a_paused_pass_says_so_and_goes_on_again(model_pass, page, cast):
    client = signed_in(cast.mia)
    client.post(f"/checks/{model_pass.public_id}/pause/")
    assert "Paused." in page()
    client.post(f"/checks/{model_pass.public_id}/resume/")
    assert "Paused." not in page()


def test_what_failed_alike_is_told_once_with_its_count(model_pass, page):
    for number, chunk in enumerate(model_pass.chunks.all()):
        chunk.last_error, chunk.attempts = f"OutOfMemoryError: {number} GiB asked for", MOST_ATTEMPTS
        chunk.save()
    [failure] = failures_of(model_pass)
    assert (failure.chunks, failure.waiting) == (5, 5)
    assert page().count("OutOfMemoryError") == 1
    assert "Try the failed chunks again" in page()


def test_what_failed_differently_is_told_apart(model_pass):
    model_pass.chunks.filter(kind="scores").update(last_error="ModelAbsentError: fetch it", attempts=1)
    model_pass.chunks.filter(kind="set").update(last_error="ValueError: no", attempts=MOST_ATTEMPTS)
    assert {(one.chunks, one.waiting) for one in failures_of(model_pass)} == {(1, 0), (1, 1)}


def test_a_chunk_that_succeeded_in_the_end_is_no_failure(model_pass, now):
    model_pass.chunks.update(last_error="ValueError: no", attempts=1, done_at=now)
    assert failures_of(model_pass) == []


def test_what_waits_for_failed_chunks_says_so(model_pass, page):
    model_pass.chunks.filter(kind__in=["rows", "set"]).update(done_at=clock.now())
    model_pass.chunks.filter(kind="scores").update(attempts=MOST_ATTEMPTS, last_error="ValueError: no")
    assert "The rest waits for what failed" in page()


def test_checks_that_do_not_move_ask_for_a_worker(model_pass, page):
    assert "no worker serves the queue" not in page()
    long_ago = clock.now() - timedelta(minutes=5)
    ModelPass.objects.filter(pk=model_pass.pk).update(requested_at=long_ago)
    assert "no worker serves the queue" in page()


def test_to_stop_a_pass_is_asked_about_first(model_pass, cast):
    client, url = signed_in(cast.mia), f"/checks/{model_pass.public_id}/cancel/"
    assert "Let it run" in client.get(url).text
    model_pass.refresh_from_db()
    assert model_pass.cancelled_at is None
    assert "The pass was stopped" in client.post(url, follow=True).text


def test_a_pass_that_runs_is_asked_about_again_and_one_that_ended_is_not(model_pass, page, now):
    assert 'hx-trigger="every 2s"' in page(**HTMX)
    finish(model_pass, now)
    assert "hx-trigger" not in page(**HTMX)


def test_a_page_that_polled_gets_the_whole_result_at_the_end(model_pass, cast, now):
    finish(model_pass, now)
    answer = signed_in(cast.mia).get(f"/checks/{model_pass.public_id}/", headers=HTMX)
    assert answer.headers["HX-Retarget"] == "#pass"


def test_the_builds_that_scored_are_named(model_pass, page, now):
    score_all(model_pass, "labse", now, truncated=True)
    [run] = outcome_queries.runs_of(model_pass)
    assert (run.texts, run.truncated, run.unscored) == (4, 1, 0)
    assert "hub/labse 0123456789ab bfloat16" in page()
    assert "torch 2.9.1" in page()


def test_texts_without_a_score_are_counted_by_their_reason(model_pass, page, now):
    score_all(model_pass, "labse", now, value=None, raw=None, note="The translation has no text.")
    [reason] = outcome_queries.unscored(model_pass)
    assert (reason.texts, reason.reason) == (1, "The translation has no text.")
    assert "The translation has no text." in page()


def test_the_texts_that_were_scored_before_are_counted(model_pass, now):
    model_pass.chunks.filter(kind="scores").update(done_at=now, reused=3)
    assert parts_of(model_pass, now=now)[1].reused == 3


def test_the_fits_that_count_say_what_they_are_worth(model_pass, page, cast, now):
    fit = Fit.objects.create(
        workspace=cast.workspace, language_id="de", kind="head", parameters={}, switched_on=True,
        report={"sentence": "Gains .03 (at least .01)."}, verdict_ids=[1, 2], fitted_at=now,
    )  # fmt: skip
    ModelPass.objects.filter(pk=model_pass.pk).update(fits={"head": fit.pk})
    assert "Gains .03 (at least .01)." in page()
    assert "from 2 verdicts." in page()


def test_the_share_won_counts_what_nothing_told_apart(benchmark, cast, now):
    for item in benchmark.items.all():
        make_translation(item, "de", item.current_version.fields, now, system="mt-beta")
    found = request_pass(benchmark=benchmark, language="de", by=cast.mia, now=now)
    for number, item in enumerate(benchmark.items.order_by("pk")):
        winner = "mt-alpha" if number else "mt-beta"
        for translation in item.translations.all():
            won = translation.system == winner
            Candidate.objects.create(
                model_pass=found, translation_version=translation.current_version, place=1 if won else 2,
                tied=won and number == 3,
            )  # fmt: skip
    shares = [
        (one.system, one.share.won, one.share.items, one.tied) for one in outcome_queries.system_shares(found)
    ]
    assert shares == [("mt-alpha", 3, 4, 1), ("mt-beta", 1, 4, 0)]


def test_the_other_languages_of_an_order_are_a_click_away(benchmark, model_pass, page, cast, now):
    other = request_pass(benchmark=benchmark, language="en", by=cast.mia, now=now, batch=model_pass.batch)
    assert f"/checks/{other.public_id}/" in page()


def test_the_list_tells_state_scorers_and_who_asked(model_pass, cast, now):
    pause(model_pass=model_pass, by=cast.mia, now=now)
    listed = signed_in(cast.mia).get("/checks/").text
    assert "paused" in listed
    assert "LaBSE" in listed
    assert "Mia" in listed


def test_whoever_manages_nothing_sees_an_empty_list_and_no_way_to_order(model_pass, cast):
    listed = signed_in(cast.oz).get("/checks/").text
    assert "Nothing has been checked yet" in listed
    assert "/checks/order/" not in listed


@pytest.mark.parametrize("many", [1, 60])
def test_a_list_takes_as_many_statements_for_one_pass_as_for_many(
    benchmark, cast, now, many, django_assert_max_num_queries
):
    for _ in range(many):
        request_pass(benchmark=benchmark, language="de", by=cast.mia, now=now)
    client = signed_in(cast.mia)
    with django_assert_max_num_queries(8):
        client.get("/checks/")


def test_progress_takes_one_statement(model_pass, now, django_assert_num_queries):
    with django_assert_num_queries(1):
        parts_of(model_pass, now=now)
    with django_assert_num_queries(1):
        progress_queries.living_workers(now=now)
