"""`install.sh` with stand-ins for Python and uv: what it says when it cannot go on, and when it does nothing."""

import os
import subprocess
import sys
from pathlib import Path

from tests.launcher.conftest import PROJECT_ROOT

INSTALL = PROJECT_ROOT / "launcher" / "install.sh"


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def install(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run install.sh in a folder that holds requirements.txt."""
    (folder / "requirements.txt").write_text("something==1.0\n")
    return subprocess.run(
        [str(INSTALL), ".venv", "requirements.txt"],
        cwd=folder,
        env={**os.environ, "ALLOW_NVIDIA": "", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def venv_with(folder: Path, *, plan: str) -> None:
    """Make a stand-in environment whose uv would install `plan` and notes what it was asked to do."""
    version = 'if [ "$1" = --version ]; then echo "uv 0.13.9"; exit; fi'
    asked = f'case "$*" in *--dry-run*) echo "{plan}" >&2;; *) echo "$UV_FIND_LINKS" >> installed;; esac'
    script(folder / ".venv/bin/uv", f"{version}\n{asked}")
    script(folder / ".venv/bin/python", "exit 0")


def test_a_python_that_is_too_old_is_named_with_the_cure(tmp_path: Path) -> None:
    old = script(tmp_path / "old-python", "exit 1")
    done = install(tmp_path, PYTHON=str(old))
    assert done.returncode == 1
    assert "Isogloss needs Python 3.11 or newer" in done.stderr
    assert "PYTHON=/path/to/python3.11 make run" in done.stderr


def test_a_python_without_venv_is_named_with_the_package_that_helps(tmp_path: Path) -> None:
    refuse = 'if [ "$2" = venv ]; then echo "ensurepip is not available"; exit 1; fi'
    bare = script(tmp_path / "bare-python", f'{refuse}\nexec {sys.executable} "$@"')
    done = install(tmp_path, PYTHON=str(bare))
    assert done.returncode == 1
    assert "ensurepip is not available" in done.stderr
    assert "apt-get install python3-venv" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_a_second_time_does_nothing_until_a_requirement_changes(tmp_path: Path) -> None:
    venv_with(tmp_path, plan="something")
    assert install(tmp_path, PIP_FIND_LINKS="/srv/wheels").returncode == 0
    assert install(tmp_path).stdout == ""
    assert (tmp_path / "installed").read_text() == "/srv/wheels\n"

    (tmp_path / "requirements-dev.txt").write_text("another==2.0\n")
    again = subprocess.run([INSTALL, ".venv", "requirements-dev.txt"], cwd=tmp_path, check=False)
    assert again.returncode == 0
    assert (tmp_path / "installed").read_text().count("\n") == 2


def test_gigabytes_of_cuda_are_refused_unless_asked_for(tmp_path: Path) -> None:
    venv_with(tmp_path, plan=" + nvidia-cublas-cu12==12.8")
    refused = install(tmp_path)
    assert refused.returncode == 1
    assert "nvidia-cublas-cu12" in refused.stderr
    assert not (tmp_path / "installed").exists()

    assert install(tmp_path, ALLOW_NVIDIA="1").returncode == 0
    assert (tmp_path / "installed").exists()
