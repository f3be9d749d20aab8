"""The command that orders a pass and sees it through."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from common import clock
from flagging import catalogue, progress
from flagging.actions import checking
from flagging.actions.passes import cancel, request_pass
from flagging.models import MOST_ATTEMPTS, ModelPass, Worker
from flagging.progress import see_through
from tests.factories import mini_benchmark


@pytest.fixture
def benchmark(cast, now):
    return mini_benchmark(cast.workspace, now, languages=("de", "ar"))


def run(*args: str) -> str:
    out = StringIO()
    call_command("run_model_pass", *args, stdout=out)
    return out.getvalue()


def refused(*args: str) -> str:
    with pytest.raises(CommandError) as error:
        run(*args)
    assert not ModelPass.objects.exists()
    return str(error.value)


@pytest.fixture
def with_requirements(monkeypatch):
    monkeypatch.setattr(catalogue, "find_spec", lambda name: object())


def test_passes_of_several_languages_are_seen_through(benchmark):
    said = run("mini", "--languages", "ar,de")
    assert ModelPass.objects.filter(finished_at__isnull=False).count() == 2
    assert "Checking ar" in said
    assert "Checking de" in said


def test_a_file_of_ids_keeps_the_pass_to_these_items(benchmark, tmp_path):
    ids = tmp_path / "ids.txt"
    ids.write_text("quiz/test/1\n\nquiz/test/2\n")
    run("lab/mini", "--languages", "de", "--ids", str(ids))
    assert len(ModelPass.objects.get().item_ids) == 2


def test_a_line_that_names_no_item_is_refused_with_its_number(benchmark, tmp_path):
    ids = tmp_path / "ids.txt"
    ids.write_text("quiz/test/1\nquiz/test/9\n")
    assert "ids.txt:2: mini has no item 'quiz/test/9'" in refused(
        "mini", "--languages", "de", "--ids", str(ids)
    )


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("nothing", "--languages", "de"), "There is no benchmark 'nothing'"),
        (("mini", "--languages", "xx"), "'xx' is not a language"),
        (("mini", "--languages", ","), "No language is named"),
        (("mini", "--languages", "fr"), "is translated into 'fr'"),
        (("mini", "--languages", "de", "--scorers", "guess"), "'guess' is no scorer"),
    ],
)
def test_what_cannot_be_ordered_is_said_and_not_ordered(benchmark, args, why):
    assert why in refused(*args)


def test_a_model_that_is_absent_is_said_with_the_command_that_fetches_it(
    benchmark, with_requirements, settings, tmp_path
):
    settings.MODELS_DIR = tmp_path
    why = refused("mini", "--languages", "de", "--scorers", "labse")
    assert "LaBSE is not on this machine" in why
    assert "python manage.py fetch_model labse" in why


def test_without_the_model_requirements_the_command_says_what_is_missing(benchmark, monkeypatch):
    monkeypatch.setattr(catalogue, "find_spec", lambda name: None)
    why = refused("mini", "--languages", "de", "--scorers", "labse")
    assert "torch, transformers missing" in why
    assert "requirements-model.txt" in why


def test_a_gated_scorer_is_refused_as_on_the_page(benchmark, with_requirements, settings, tmp_path):
    settings.MODELS_DIR = tmp_path
    (tmp_path / "cometkiwi-22").mkdir()
    (tmp_path / "cometkiwi-22" / "model.safetensors").write_bytes(b"")
    assert "A manager has to record" in refused("mini", "--languages", "de", "--scorers", "cometkiwi-22")


def test_models_are_left_to_a_worker_that_runs(benchmark, monkeypatch, now):
    """The worker is another process: here its chunks are marked done as it would leave them."""
    monkeypatch.setattr(catalogue, "find_spec", lambda name: None)
    Worker.objects.create(name="one", device="cpu", started_at=clock.now(), seen_at=clock.now())

    def work_elsewhere(_seconds):
        ModelPass.objects.get().chunks.filter(kind="scores").update(done_at=now)

    monkeypatch.setattr(progress.time, "sleep", work_elsewhere)
    said = run("mini", "--languages", "de", "--scorers", "labse")
    assert "The model workers that run score the texts." in said
    assert ModelPass.objects.get().finished_at is not None


def test_a_chunk_that_fails_for_good_ends_the_command_and_is_named(benchmark, monkeypatch):
    class Failing:
        name, version, severity = "failing", 1, "broken"

        def run(self, pair):
            raise ValueError("cannot read this")

    monkeypatch.setattr(checking, "PAIR_CHECKS", (Failing(),))
    with pytest.raises(CommandError, match="Not finished: de"):
        run("mini", "--languages", "de")
    assert ModelPass.objects.get().chunks.filter(attempts=MOST_ATTEMPTS).count() == 1


def test_a_pass_that_somebody_stopped_is_not_waited_for(benchmark, cast, now):
    model_pass = request_pass(benchmark=benchmark, language="de", by=None, now=now)
    cancel(model_pass=model_pass, by=cast.mia, now=now)
    assert not see_through(model_pass, lambda line: None)
