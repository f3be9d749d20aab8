"""A release folder is whole or not there."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from exports.formats.folder import FolderError, rendered_folder

RELEASE = "release-1"
KILLED_WHILE_RENDERING = """
import sys, time
from pathlib import Path
from exports.formats.folder import rendered_folder
with rendered_folder(Path(sys.argv[1]), release="release-1") as folder:
    (folder / "half.txt").write_text("half")
    print("rendering", flush=True)
    time.sleep(60)
"""


def render(target: Path, text: str = "text", release: str = RELEASE) -> None:
    with rendered_folder(target, release=release) as folder:
        (folder / "en").mkdir()
        (folder / "en" / "a.txt").write_text(text)
        files = [{"path": "en/a.txt"}]
        (folder / "manifest.json").write_text(json.dumps({"release": release, "files": files}))


def test_the_folder_appears_whole_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    render(tmp_path / "new" / "release")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["release"]
    assert (tmp_path / "new" / "release" / "en" / "a.txt").read_text() == "text"


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "release").mkdir()
    render(tmp_path / "release")
    assert (tmp_path / "release" / "manifest.json").exists()


def test_an_error_leaves_nothing_behind(tmp_path: Path) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        rendered_folder(tmp_path / "release", release=RELEASE) as folder,
    ):
        (folder / "half.txt").write_text(str(1 / 0))
    assert list(tmp_path.iterdir()) == []


def test_an_error_leaves_the_earlier_rendering_as_it_was(tmp_path: Path) -> None:
    render(tmp_path / "release")
    with (
        pytest.raises(ZeroDivisionError),
        rendered_folder(tmp_path / "release", release=RELEASE) as folder,
    ):
        (folder / "half.txt").write_text(str(1 / 0))
    assert (tmp_path / "release" / "en" / "a.txt").read_text() == "text"


def test_the_same_release_is_rendered_again_in_place(tmp_path: Path) -> None:
    render(tmp_path / "release", "old")
    render(tmp_path / "release", "new")
    assert (tmp_path / "release" / "en" / "a.txt").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["release"]


def test_another_release_is_not_overwritten(tmp_path: Path) -> None:
    render(tmp_path / "release", release="release-2")
    with pytest.raises(FolderError, match="holds something else"):
        render(tmp_path / "release")


def test_a_folder_with_other_things_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(FolderError, match="holds something else"):
        render(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_file_added_to_a_release_is_not_thrown_away(tmp_path: Path) -> None:
    render(tmp_path / "release")
    (tmp_path / "release" / "en" / "notes.txt").write_text("mine")
    with pytest.raises(FolderError, match=r"en/notes\.txt, which is not of the release"):
        render(tmp_path / "release")


def test_a_file_is_no_place_for_a_release(tmp_path: Path) -> None:
    (tmp_path / "release").write_text("a file")
    with pytest.raises(FolderError, match="is not a folder"):
        render(tmp_path / "release")


def test_two_runs_do_not_render_into_one_place(tmp_path: Path) -> None:
    with (
        rendered_folder(tmp_path / "release", release=RELEASE),
        pytest.raises(FolderError, match="another run"),
    ):
        render(tmp_path / "release")


def test_a_killed_rendering_is_never_seen_and_the_next_one_clears_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED_WHILE_RENDERING, str(tmp_path / "release")]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "rendering\n"
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
    assert not (tmp_path / "release").exists()
    render(tmp_path / "release")
    assert [path.name for path in tmp_path.iterdir()] == ["release"]
    assert not (tmp_path / "release" / "half.txt").exists()
