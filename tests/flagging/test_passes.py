from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from corpus.models import TranslationVersion
from flagging.actions import checking, passes
from flagging.actions.chunks import resend_waiting_chunks, run_chunk
from flagging.actions.passes import (
    cancel,
    finish_if_done,
    request_pass,
    retry_failed,
)
from flagging.models import MOST_ATTEMPTS, Flag, ModelPass
from flagging.progress import see_through
from flagging.queries import finding_groups, flags_of, pass_progress, summary_lines
from flagging.signals import pass_finished
from flagging.texts import text_sets
from tests.factories import QUESTIONS, fields_of, make_benchmark, make_item, make_translation, mini_benchmark


@pytest.fixture
def benchmark(cast, now):
    """Four items: one question text of the translation stands for all of them, one option is blank."""
    benchmark = make_benchmark(cast.workspace, now)
    for number, (question, options, answer) in enumerate(QUESTIONS):
        item = make_item(benchmark, f"quiz/test/{number}", fields_of(question, options), answer, now)
        texts = {name: f"Auf Deutsch steht hier Text {number}{name}" for name in item.current_version.fields}
        texts["question"] = "Wie erkennt man den Fehler in dieser Zeile?"
        if number == 0:
            texts["option_b"] = " "
        make_translation(item, "de", texts, now)
    return benchmark


@pytest.fixture
def model_pass(benchmark, now):
    return request_pass(benchmark=benchmark, language="de", by=None, now=now)


def run_all(model_pass, now):
    for chunk in model_pass.chunks.all():
        run_chunk(chunk.pk, now=now)


def rows(model_pass):
    fields = ("translation_version", "detector", "field", "severity", "params", "spans")
    return list(model_pass.flags.order_by(*fields[:3]).values_list(*fields))


def test_a_pass_covers_every_current_version_once_and_the_set_as_a_whole(benchmark, model_pass):
    [text_set] = text_sets(benchmark, "de")
    ids = text_set.version_ids
    kinds = {chunk.kind: chunk.version_ids for chunk in model_pass.chunks.all()}
    assert kinds == {"rows": ids, "set": ids, "suspicion": ids}


def test_a_pass_finds_the_blank_option_and_the_question_that_stands_for_four(model_pass, now):
    run_all(model_pass, now)
    found = {group.detector: group.texts for group in finding_groups(model_pass)}
    assert found["one_for_many"] == 4
    assert found["option_missing"] == 1
    assert summary_lines(model_pass)[-1] == (
        "mt-alpha test: In 4 rows the question stands for three or more different sources (4 of them one string)."
    )


def test_a_chunk_run_twice_ends_in_the_same_rows(model_pass, now):
    run_all(model_pass, now)
    first = rows(model_pass)
    assert first
    assert not any(run_chunk(chunk.pk, now=now) for chunk in model_pass.chunks.all())
    assert rows(model_pass) == first


def test_a_chunk_that_fails_keeps_no_flag_and_says_why(model_pass, now, monkeypatch):
    class Failing:
        name, version, severity = "failing", 1, "broken"

        def run(self, pair):
            raise ValueError("cannot read this")

    monkeypatch.setattr(checking, "PAIR_CHECKS", (*checking.PAIR_CHECKS, Failing()))
    chunk = model_pass.chunks.get(kind="rows")
    with pytest.raises(ValueError, match="cannot read"):
        run_chunk(chunk.pk, now=now)
    chunk.refresh_from_db()
    assert (chunk.attempts, chunk.last_error) == (1, "ValueError: cannot read this")
    assert not Flag.objects.exists()


def test_the_end_of_a_pass_is_told_once(model_pass, now, django_capture_on_commit_callbacks):
    heard = []

    def hear(**news):
        heard.append(news["language"])

    pass_finished.connect(hear)
    with django_capture_on_commit_callbacks(execute=True):
        run_all(model_pass, now)
        finish_if_done(model_pass.pk, now=now)
    pass_finished.disconnect(hear)
    assert heard == ["de"]


def test_lost_chunks_are_sent_again_and_a_pass_left_unended_is_ended(model_pass, now):
    assert resend_waiting_chunks(now=now) == 0
    assert resend_waiting_chunks(now=now + passes.RESEND_AFTER * 2) == 2
    model_pass.chunks.update(done_at=now)
    resend_waiting_chunks(now=now)
    model_pass.refresh_from_db()
    assert model_pass.finished_at == now


def test_a_chunk_that_failed_for_good_waits_for_a_person(model_pass, cast, now):
    model_pass.chunks.filter(kind="set").update(attempts=MOST_ATTEMPTS)
    assert resend_waiting_chunks(now=now + passes.RESEND_AFTER * 2) == 1
    assert pass_progress(model_pass).failed == 1
    assert retry_failed(model_pass=model_pass, by=cast.mia, now=now) == 1
    assert pass_progress(model_pass).failed == 0


def test_a_cancelled_pass_does_no_more_chunks(model_pass, cast, now):
    assert cancel(model_pass=model_pass, by=cast.mia, now=now)
    assert not run_chunk(model_pass.chunks.first().pk, now=now)
    assert not cancel(model_pass=model_pass, by=cast.mia, now=now)


def test_a_command_sees_a_pass_through_without_any_worker(model_pass):
    lines: list[str] = []
    assert see_through(model_pass, lines.append)
    model_pass.refresh_from_db()
    assert model_pass.finished_at is not None
    assert "In 4 rows the question" in lines[-1]


def test_source_texts_are_checked_on_their_own(cast, now):
    benchmark = make_benchmark(cast.workspace, now)
    item = make_item(benchmark, "quiz/test/0", fields_of("One ", ("a", "a", "b", "c")), "C", now)
    model_pass = request_pass(benchmark=benchmark, language="en", by=None, now=now)
    run_all(model_pass, now)
    found = {flag.detector for flag in flags_of(translation_version=None, item_version=item.current_version)}
    assert found == {"equal_options", "edge_white_space"}


def test_only_the_latest_pass_is_shown(benchmark, model_pass, now):
    run_all(model_pass, now)
    version = TranslationVersion.objects.order_by("pk").first()
    before = flags_of(translation_version=version, item_version=None)
    assert before
    run_all(request_pass(benchmark=benchmark, language="de", by=None, now=now), now)
    assert flags_of(translation_version=version, item_version=None) == before


def test_back_translations_are_not_checked_as_texts_of_the_language(cast, now):
    benchmark = mini_benchmark(cast.workspace, now)
    benchmark.items.first().translations.update(origin="back-translation")
    [text_set] = text_sets(benchmark, "de")
    assert len(text_set.version_ids) == 3


def test_each_split_of_each_system_is_a_set_of_its_own(benchmark, now):
    item = make_item(benchmark, "quiz/dev/0", fields_of("One?", ("a", "b")), "A", now)
    make_translation(item, "de", fields_of("Eins?", ("a", "b")), now)
    make_translation(item, "de", fields_of("Eins?", ("a", "b")), now, system="mt-beta")
    sets = {(one.system, one.split): len(one.version_ids) for one in text_sets(benchmark, "de")}
    assert sets == {("mt-alpha", "dev"): 1, ("mt-alpha", "test"): 4, ("mt-beta", "dev"): 1}


def test_a_flag_stands_on_exactly_one_text(model_pass):
    with pytest.raises(IntegrityError, match="flag_on_one_text"), transaction.atomic():
        Flag.objects.create(
            model_pass=model_pass, detector="x", detector_version=1, field="", severity="broken"
        )


def test_the_page_of_a_pass_is_for_the_workspaces_managers(model_pass, cast, client, now):
    run_all(model_pass, now)
    url = f"/checks/{model_pass.public_id}/"
    for person, status in ((cast.mia, 200), (cast.ana, 404), (cast.rui, 404), (cast.oz, 404)):
        client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert client.get(url).status_code == status
        assert client.get(f"{url}one_for_many/").status_code == status
        assert client.get("/checks/").status_code == 200


def test_the_page_shows_progress_and_stops_the_pass(model_pass, cast, client):
    client.force_login(cast.mia.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    url = f"/checks/{model_pass.public_id}/"
    assert 'hx-trigger="every 2s"' in client.get(url, headers={"HX-Request": "true"}).text
    client.post(f"{url}cancel/")
    assert ModelPass.objects.get().cancelled_at is not None
