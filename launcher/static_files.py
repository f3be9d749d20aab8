"""Collecting the static files beside everything else a first start does: compressing takes as long again."""

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path

from launcher.errors import LauncherError
from launcher.places import Places
from launcher.processes import Process, Program


class Collecting:
    """A `collectstatic` that runs in the background, or none where nothing has changed since the last."""

    def __init__(self, root: Path, places: Places, environment: Mapping[str, str]) -> None:
        """Start collecting if a static file or a requirement has changed."""
        self._stamp = places.root / "static.stamp"
        self._digest = static_digest(root)
        self.process: Process | None = None
        if self._stamp.exists() and self._stamp.read_text() == self._digest:
            return
        self.process = Process(
            Program(
                name="static files",
                command=[sys.executable, "manage.py", "collectstatic", "--noinput"],
                log=places.logs / "static.log",
                environment=environment,
                folder=root,
            )
        )

    def finish(self) -> None:
        """Wait until the files are there.

        Raises LauncherError, with the end of the log, when collecting failed.
        """
        if self.process is None:
            return
        code = self.process.wait()
        if code != 0:
            log = "\n".join(self.process.new_log_lines(20))
            raise LauncherError(f"manage.py collectstatic failed (exit code {code}):\n{log}")
        self._stamp.write_text(self._digest)

    def stop(self) -> None:
        """End collecting if it still runs; the next start does it again."""
        if self.process is not None:
            self.process.kill()


def static_digest(root: Path) -> str:
    """Return a digest of what collectstatic would read: the project's static files and its packages."""
    digest = hashlib.sha256((root / "requirements.txt").read_bytes())
    # Not `*/static`, which would match the collected files in `.data` too.
    folders = [root / "static", *root.glob("[!.]*/static")]
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        facts = path.stat()
        digest.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
