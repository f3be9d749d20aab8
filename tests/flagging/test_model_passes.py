from __future__ import annotations

import itertools

import pytest
from django.db.models import Q

from flagging.actions import scoring, serving
from flagging.actions.chunks import begun_or_can_be, run_chunk, run_one, tell_model_workers
from flagging.actions.passes import LicenceNotAcceptedError, pause, request_pass, resume, retry_failed
from flagging.actions.serving import serve_pass, sign_of_life
from flagging.models import MOST_ATTEMPTS, Chunk, LicenceAcceptance, ModelPass, Score, ScorerBuild, Suspicion
from flagging.progress import see_through
from tests.flagging.conftest import SMALL

pytest.importorskip("torch", reason="the model requirements are not installed")


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    monkeypatch.setattr("flagging.actions.cutting.SCORED_AT_ONCE", 16)
    scoring._load.cache_clear()


def ask(benchmark, now, **settings):
    return request_pass(
        benchmark=benchmark, language="de", by=None, now=now, **{"scorers": [SMALL], **settings}
    )


def finished(benchmark, now, **settings):
    model_pass = ask(benchmark, now, **settings)
    assert see_through(model_pass, lambda line: None)
    model_pass.refresh_from_db()
    return model_pass


def rows(model_pass):
    scores = model_pass.scores.exclude(detector__in=("surface", "head")).order_by(
        "translation_version", "field"
    )
    found = model_pass.suspicions.order_by("translation_version")
    # Batches put together otherwise add up their numbers in another order.
    return [
        [
            rounded(row)
            for row in scores.values_list("translation_version", "field", "value", "truncated", "note")
        ],
        [
            rounded(row)
            for row in found.values_list("translation_version", "tier", "value", "signal", "by_model")
        ],
    ]


def rounded(row):
    return tuple(round(one, 5) if isinstance(one, float) else one for one in row)


def test_a_model_pass_scores_every_translation_and_ends_in_one_suspicion_each(benchmark, models, now):
    model_pass = finished(benchmark, now)
    assert model_pass.scores.filter(detector=SMALL, field="", value__isnull=False).count() == 80
    assert model_pass.suspicions.count() == 80
    assert model_pass.candidates.count() == 80
    assert ScorerBuild.objects.get(detector=SMALL).about["dtype"] == "float32"


def test_chunks_of_a_scorer_hold_texts_of_like_length(benchmark, models, now):
    model_pass = ask(benchmark, now)
    lengths = []
    for chunk in model_pass.chunks.filter(kind="scores", system="mt-beta").order_by("number"):
        versions = chunk.model_pass.benchmark.items.values_list(
            "translations__versions__pk", "translations__versions__fields"
        )
        size = {pk: len(str(fields)) for pk, fields in versions}
        lengths.append([size[pk] for pk in chunk.version_ids])
    assert all(min(one) >= max(other) - 2 for one, other in itertools.pairwise(lengths))


def test_a_stage_waits_for_the_one_before_it(benchmark, models, now):
    model_pass = ask(benchmark, now)
    last = model_pass.chunks.filter(kind="suspicion").first()
    assert not run_chunk(last.pk, now=now)
    model_pass.chunks.exclude(kind="suspicion").update(done_at=now)
    assert run_chunk(last.pk, now=now)


def test_every_chunk_delivered_twice_ends_in_the_same_rows(benchmark, models, now):
    once = rows(finished(benchmark, now))
    Score.objects.all().delete()
    twice = ask(benchmark, now)
    for chunk in twice.chunks.order_by("stage", "number"):
        assert run_chunk(chunk.pk, now=now)
        assert not run_chunk(chunk.pk, now=now)
    assert rows(twice) == once


def test_a_text_scored_before_by_the_same_model_is_not_scored_again(benchmark, models, now, monkeypatch):
    first = finished(benchmark, now)
    scoring._load.cache_clear()
    loaded = scoring.loaded(SMALL, accepted=False)
    monkeypatch.setattr(type(loaded), "score", lambda self, items: pytest.fail("it was scored again"))
    again = finished(benchmark, now)
    assert rows(again) == rows(first)
    assert sum(again.chunks.values_list("reused", flat=True)) == 80


def test_a_changed_text_is_scored_again_and_the_old_score_stays(benchmark, models, now):
    from tests.factories import add_version

    first = finished(benchmark, now)
    translation = benchmark.items.first().translations.get(system="mt-beta")
    old = translation.current_version
    changed = {name: f"{text} neu" for name, text in old.fields.items()}
    translation.current_version = add_version(translation, changed, now)
    translation.save(update_fields=["current_version"])
    again = finished(benchmark, now)
    assert sum(again.chunks.values_list("reused", flat=True)) == 79
    assert first.scores.filter(translation_version=old, detector=SMALL).exists()


def test_a_paused_pass_begins_no_chunk_until_it_is_resumed(benchmark, models, cast, now):
    model_pass = ask(benchmark, now)
    assert pause(model_pass=model_pass, by=cast.mia, now=now)
    assert not begun_or_can_be().filter(model_pass=model_pass).exists()
    assert serve_pass(model_pass.pk) == 0
    assert resume(model_pass=model_pass, by=cast.mia, now=now)
    assert serve_pass(model_pass.pk) == model_pass.chunks.filter(kind="scores").count()


def test_an_absent_model_says_which_command_fetches_it_and_waits_for_a_person(
    benchmark, tmp_path, settings, cast, now
):
    settings.MODELS_DIR = tmp_path
    model_pass = ask(benchmark, now)
    assert not see_through(model_pass, lambda line: None)
    chunk = model_pass.chunks.filter(kind="scores").first()
    assert chunk.attempts >= MOST_ATTEMPTS
    assert f"python manage.py fetch_model {SMALL}" in chunk.last_error
    assert retry_failed(model_pass=model_pass, by=cast.mia, now=now) == 6


def test_a_worker_without_the_model_says_so_and_leaves_its_chunks_to_others(
    benchmark, models, tmp_path, settings, now
):
    settings.MODELS_DIR = tmp_path
    model_pass = ask(benchmark, now)
    assert serve_pass(model_pass.pk) == 0
    assert set(model_pass.chunks.values_list("attempts", flat=True)) == {0}
    assert model_pass.chunks.filter(last_error__contains="fetch_model").count() == 1
    settings.MODELS_DIR = models
    assert serve_pass(model_pass.pk) == 6


def test_a_gated_scorer_waits_for_somebody_to_accept_its_licence(benchmark, cast, now):
    with pytest.raises(LicenceNotAcceptedError, match="licence was accepted"):
        ask(benchmark, now, scorers=["cometkiwi-22"])
    assert not ModelPass.objects.exists()
    LicenceAcceptance.objects.create(
        workspace=cast.workspace, detector="cometkiwi-22", licence="CC BY-NC-SA 4.0", accepted_by=cast.mia,
        accepted_at=now,
    )  # fmt: skip
    assert ask(benchmark, now, scorers=["cometkiwi-22"]).detectors["cometkiwi-22"] == 1


def test_a_pass_over_some_items_leaves_the_word_on_the_others_standing(benchmark, models, now):
    whole = finished(benchmark, now)
    some = list(benchmark.items.order_by("pk").values_list("pk", flat=True)[:5])
    part = finished(benchmark, now, item_ids=some)
    assert part.suspicions.count() == 10
    assert part.statistics.keys() == whole.statistics.keys()
    other = Suspicion.objects.filter(translation_version__translation__item=benchmark.items.last())
    assert {one.model_pass_id for one in other} == {whole.pk}


def test_a_pass_of_checks_alone_keeps_what_models_said_before(benchmark, models, now):
    scored = finished(benchmark, now)
    checked = finished(benchmark, now, scorers=[])
    assert [row[3] for row in rows(checked)[1]] == [row[3] for row in rows(scored)[1]]
    assert not checked.scores.exists()


def test_scores_cannot_be_changed(benchmark, models, now):
    from django.db import IntegrityError, transaction

    finished(benchmark, now)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Score.objects.update(value=0.0)


def test_one_bad_item_does_not_sink_its_chunk(benchmark, models, now, monkeypatch):
    scorer = scoring.loaded(SMALL, accepted=False).scorer
    encode = type(scorer).encode

    def failing(self, texts):
        if any("Frage 7 " in part for text in texts for part in text):
            raise ValueError("no such text")
        return encode(self, texts)

    monkeypatch.setattr(type(scorer), "encode", failing)
    model_pass = finished(benchmark, now)
    notes = list(model_pass.scores.filter(value=None, detector=SMALL).values_list("note", flat=True))
    assert len(notes) == 2
    assert all("no such text" in note for note in notes)
    monkeypatch.undo()
    again = finished(benchmark, now)
    assert not again.scores.filter(value=None).exists()


def test_living_model_workers_are_told_of_passes_and_nobody_else(benchmark, models, now, monkeypatch):
    told = []
    monkeypatch.setattr("flagging.actions.chunks.enqueue", lambda name, ids, **_: told.extend([name, *ids]))
    model_pass = ask(benchmark, now)
    assert tell_model_workers(now=now) == 0
    sign_of_life(device_name="cpu", now=now)
    assert tell_model_workers(now=now) == 1
    assert told == ["flagging.serve_pass", model_pass.pk]


@pytest.mark.django_db(transaction=True)
def test_two_lanes_do_what_one_does(benchmark, models, now):
    alone = rows(finished(benchmark, now))
    Score.objects.all().delete()
    model_pass = ask(benchmark, now)
    chunks = model_pass.chunks.filter(kind="scores").count()
    assert serve_pass(model_pass.pk, lanes=2) == chunks
    while run_one(Q(model_pass=model_pass), now=now) is not None:
        pass
    assert rows(model_pass) == alone


def test_a_failing_chunk_lets_the_others_be_done(benchmark, models, now, monkeypatch):
    model_pass = ask(benchmark, now)
    first = model_pass.chunks.filter(kind="scores").order_by("number").first()
    score = scoring.score_chunk

    def failing(chunk):
        if chunk.pk == first.pk:
            raise RuntimeError("the card fell off the bus")
        return score(chunk)

    monkeypatch.setattr("flagging.actions.chunks.score_chunk", failing)
    assert serve_pass(model_pass.pk) == 0
    assert serve_pass(model_pass.pk) == 5
    first.refresh_from_db()
    assert (first.done_at, first.attempts) == (None, MOST_ATTEMPTS)
    assert "fell off the bus" in first.last_error
    assert Chunk.objects.filter(kind="scores", done_at=None).count() == 1


def test_a_processor_takes_one_chunk_at_a_time_and_a_card_two():
    assert (serving.lanes_for("cpu"), serving.lanes_for("NVIDIA H100 80GB HBM3")) == (1, 2)
