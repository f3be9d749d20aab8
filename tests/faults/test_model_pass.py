"""The short form of `make faults-model`."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.launcher.conftest import PROJECT_ROOT

pytest.importorskip("torch", reason="the model requirements are not installed")


@pytest.mark.long
def test_a_pass_whose_worker_is_killed_ends_in_the_rows_of_a_clean_run() -> None:
    left_out = {"DATABASE_URL", "BROKER_URL", "DJANGO_SETTINGS_MODULE", "ISOGLOSS_DATA"}
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    launched = [sys.executable, "-m", "launcher", "exec", "--", sys.executable]
    done = subprocess.run(
        [*launched, "-m", "tests.faults.model_pass", "--kills", "2", "--items", "1200"],
        cwd=PROJECT_ROOT,
        env={**environment, "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 workers killed" in done.stdout
    assert " 0 differ from a clean run" in done.stdout
