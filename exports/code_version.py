"""Which code made a release."""

import os
import subprocess
from functools import cache
from pathlib import Path

UNKNOWN = "unknown"


@cache
def code_version() -> str:
    """This function will name the running code: ``CODE_VERSION`` where it is set, else the git commit, with
    ``-dirty`` where files differ from it, else ``unknown``."""
    return os.environ.get("CODE_VERSION") or _commit() or UNKNOWN


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        done = subprocess.run(  # noqa: S603 - a command of fixed words
            command, cwd=Path(__file__).parent, capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
