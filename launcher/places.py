"""Where everything of one data directory lies, and the addresses of its servers."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from launcher.errors import LauncherError

DATABASE_NAME = "isogloss"
DATABASE_USER = "isogloss"

# sun_path holds 107 bytes; the longest name put into the folder is `.s.PGSQL.5432.lock`.
LONGEST_SOCKET_FOLDER = 80

# Not tempfile.gettempdir(): every process has to find the same folder, whatever its TMPDIR.
SHORT_FOLDER = Path("/tmp")  # noqa: S108 - what lies in it is checked and closed by close_to_others

NOBODY = 65534


@dataclass(frozen=True)
class Places:
    """The folders and files of one data directory."""

    root: Path

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data folder."""
        return self.root / "postgres"

    @property
    def valkey(self) -> Path:
        """The broker's folder: its append-only files."""
        return self.root / "valkey"

    @property
    def logs(self) -> Path:
        """One log file a process."""
        return self.root / "logs"

    @property
    def locks(self) -> Path:
        """The lock files by which processes agree on who runs the servers."""
        return self.root / "locks"

    @property
    def sockets(self) -> Path:
        """The folder of the Unix sockets: in the data directory, or a short one where that will not do.

        It will not do when the path is too long for a socket, or when PostgreSQL runs as nobody, who cannot
        enter the data directory: its data folder is a link then.
        """
        inside = self.root / "run"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER and not self.postgres.is_symlink():
            return inside
        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        return SHORT_FOLDER / f"isogloss-{os.getuid()}-{name}"

    @property
    def broker_socket(self) -> Path:
        """The broker's Unix socket."""
        return self.sockets / "valkey.sock"

    def create(self) -> None:
        """Make the folders, closed to everyone else: whoever reaches a socket is let in without a password.

        Raises LauncherError when a folder belongs to somebody else.
        """
        for folder in (self.root, self.logs, self.locks, self.valkey, self.sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (self.root, self.valkey, self.sockets):
            close_to_others(folder)


def close_to_others(folder: Path) -> None:
    """Set a folder to 0700 after checking that it is a real folder of this user's.

    A superuser may also use a folder of nobody, as whom PostgreSQL may have to run (`postgres_binaries`).
    Raises LauncherError when it is a link or belongs to somebody else.
    """
    facts = folder.lstat()
    owners = {0, NOBODY} if os.getuid() == 0 else {os.getuid()}
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid not in owners:
        raise LauncherError(
            f"{folder} is not a folder of this user (owner {facts.st_uid}, this user {os.getuid()}). "
            "Remove it, or choose another place with DATA_DIR=/some/folder."
        )
    folder.chmod(0o700)


def database_url(data_dir: Path) -> str:
    """Return the address of the embedded PostgreSQL of a data directory, whether it runs or not.

    The form `postgresql:///name?host=/socket/folder&user=name` is read alike by libpq and django-environ.
    """
    sockets = quote(str(Places(data_dir).sockets), safe="/")
    return f"postgresql:///{DATABASE_NAME}?host={sockets}&user={DATABASE_USER}"


def broker_url(data_dir: Path) -> str:
    """Return the address of the embedded broker of a data directory, in the form that kombu reads."""
    return f"redis+socket://{quote(str(Places(data_dir).broker_socket), safe='/')}?virtual_host=0"
