"""What the launcher prints: one line a step, with the time since the start."""

import sys
import time


class Console:
    """Prints lines led by the seconds since it was made."""

    def __init__(self) -> None:
        """Start the clock."""
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._start

    def say(self, message: str) -> None:
        """Print a message with the time."""
        print(f"[{self.seconds:6.1f} s] {message}", flush=True)

    def plain(self, message: str) -> None:
        """Print a message without the time."""
        print(message, flush=True)

    def error(self, message: str) -> None:
        """Print a message where errors go."""
        print(message, file=sys.stderr, flush=True)
