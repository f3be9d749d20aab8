"""A benchmark of some size, and a small model where a pass looks for the real one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import QUESTIONS, fields_of, make_benchmark, make_item, make_translation

SMALL = "qe-xlmr-large"


@pytest.fixture
def benchmark(cast, now):
    """Forty items with German by two systems; every tenth of mt-alpha is left in English."""
    benchmark = make_benchmark(cast.workspace, now)
    for number in range(40):
        question, options, answer = QUESTIONS[number % 4]
        fields = fields_of(f"{question} (Form {number}, in {number % 7 + 2} words.)", options)
        item = make_item(benchmark, f"quiz/test/{number}", fields, answer, now)
        german = fields_of(
            f"Frage {number} auf Deutsch" + " und weiter" * (number % 9) + "?", ("a", "b", "c", "d")
        )
        make_translation(item, "de", fields if number % 10 == 0 else german, now)
        make_translation(item, "de", german, now, system="mt-beta")
    return benchmark


@pytest.fixture(scope="session")
def models_folder(tmp_path_factory) -> Path:
    """A models folder that holds a small regressor in the place of the real one."""
    pytest.importorskip("torch", reason="the model requirements are not installed")
    from tests.flagging.scorers import tiny

    root = tmp_path_factory.mktemp("models-of-passes")
    tiny.save_xlmr(root / SMALL)
    return root


@pytest.fixture
def models(models_folder, settings) -> Path:
    settings.MODELS_DIR = models_folder
    return models_folder
