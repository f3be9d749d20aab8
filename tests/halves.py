"""All tests in two processes: `python -m tests.halves [OPTIONS OF PYTEST]`.

One pytest keeps one core busy and waits for the database; two take little more than half the time. Each half has
servers of its own, as if it ran alone. The first half is shown as it runs, the second when both are done.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
# About half of the time; every other folder is in the second half, those that are still to come too.
FIRST = tuple(
    f"tests/{name}"
    for name in (
        "browser", "corpus", "demo", "faults", "flagging/learning", "flagging/measures", "flagging/scorers", "hostile",
        "launcher",
    )
)  # fmt: skip
_COUNTED = re.compile(r"(\d+) (passed|failed|errors?|skipped|deselected|xfailed|xpassed)")
_CLOSING = re.compile(r"^=*\s*\d+ (?:passed|failed|errors?|skipped|deselected)\b.* in [\d.]+s", re.MULTILINE)


def main(options: Sequence[str]) -> int:
    """This function will run both halves and say what they came to together; returns the higher exit status."""
    started = time.monotonic()
    others = [f"--ignore={folder}" for folder in FIRST]
    with tempfile.TemporaryFile() as kept:
        second = _start(["tests", *others, *options], kept)
        first = _start([*FIRST, *options], subprocess.PIPE)
        try:
            said = _shown(first)
        finally:
            statuses = [first.wait(), second.wait()]
        kept.seek(0)
        rest = kept.read()
    print("\nThe second half:", flush=True)
    sys.stdout.buffer.write(rest)
    sys.stdout.flush()
    print(
        summed_up([said.decode(errors="replace"), rest.decode(errors="replace")], time.monotonic() - started)
    )
    return max(statuses)


def _start(arguments: Sequence[str], output: IO[bytes] | int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "launcher", "exec", "--", sys.executable, "-m", "pytest", *arguments]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)


def _shown(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    said = bytearray()
    while piece := os.read(process.stdout.fileno(), 65_536):
        said += piece
        sys.stdout.buffer.write(piece)
        sys.stdout.flush()
    return bytes(said)


def summed_up(outputs: Sequence[str], seconds: float) -> str:
    """This function will return pytest's closing line for all of `outputs`; one that has none ended too early."""
    counts: Counter[str] = Counter()
    for output in outputs:
        closing = _CLOSING.findall(output)
        if not closing:
            return "1 error: a half of the tests ended before its closing line"
        for number, what in _COUNTED.findall(closing[-1]):
            counts["error" if what == "errors" else what] += int(number)
    told = ", ".join(f"{number} {what}" for what, number in counts.items())
    return f"{told} in two halves in {seconds:.0f}s ({seconds // 60:.0f}:{seconds % 60:02.0f})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
