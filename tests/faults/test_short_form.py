"""The short form of `make faults`: every part dies once while people submit, and answers are cut off."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.launcher.conftest import PROJECT_ROOT


@pytest.mark.slow
def test_every_part_dies_once_and_nothing_acknowledged_is_lost_or_doubled() -> None:
    left_out = {"DATABASE_URL", "BROKER_URL", "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--rounds", "9", "--cut-offs", "50", "--sweep"],
        cwd=PROJECT_ROOT,
        env={name: value for name, value in os.environ.items() if name not in left_out},
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "9 rounds: 0 lost, 0 doubled, 0 problems in all" in done.stdout
    told = "50 answers cut off after COMMIT and sent again: {'the stored answer': 50, 'refused for another body': 50}"
    assert told in done.stdout
    folder = re.search(r"Starting a stack in (\S+)\.", done.stdout)
    assert folder is not None and not Path(folder[1]).exists()
