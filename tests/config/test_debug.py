"""Debug is for trials, and what says that it is one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT_ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("given", "debug"),
    [
        ({}, True),
        ({"SECRET_KEY": "a-key-of-their-own"}, False),
        ({"SECRET_KEY": "a-key-of-their-own", "DEBUG": "true"}, True),
        ({"DEBUG": "false"}, False),
    ],
    ids=["a trial", "a real server", "debug asked for", "debug refused"],
)
def test_debug_is_on_only_without_a_key_of_their_own_or_when_asked_for(
    given: dict[str, str], debug: bool
) -> None:
    ask = "from config import settings; print(settings.DEBUG, settings.SESSION_COOKIE_SECURE)"
    rest = {
        name: value
        for name, value in os.environ.items()
        if name not in ("SECRET_KEY", "DEBUG", "COOKIES_SECURE")
    }
    done = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=PROJECT_ROOT,
        env={**rest, **given},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(debug), str(not debug)]
