"""Which version of Isogloss this is."""

from __future__ import annotations

import tomllib
from pathlib import Path


def version() -> str:
    """This function will return the version that `pyproject.toml` names, such as 0.3.0."""
    project = Path(__file__).resolve().parent.parent / "pyproject.toml"
    return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
