"""Locks between processes: files locked by the kernel, which lets go of them when a process dies."""

import fcntl
import os
from pathlib import Path


class FileLock:
    """An advisory lock on a file, whose text may say who holds it."""

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is opened before it is taken."""
        self.path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def take(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Take the lock, alone or shared; return whether it was got (always, when waiting)."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(descriptor, kind if wait else kind | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return True

    def sign(self, text: str) -> None:
        """Write who holds the lock, for the message another process prints."""
        self.path.write_text(text, encoding="utf-8")

    def signature(self) -> str:
        """Return what the holder wrote, empty when nobody ever did."""
        return self.path.read_text(encoding="utf-8") if self.path.exists() else ""

    def release(self) -> None:
        """Let go of the lock; nothing happens when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> "FileLock":
        """Take the lock alone, waiting for it."""
        self.take()
        return self

    def __exit__(self, *exception: object) -> None:
        """Let go of the lock."""
        self.release()
