"""What is read off a running system: time, peak memory, CPU of processes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Reading:
    """Wall seconds, CPU seconds of this process and of its backend, and its peak memory in MiB while the block ran."""

    seconds: float = 0.0
    cpu: float = 0.0
    backend: float = 0.0
    peak: float = 0.0

    def least(self, other: Reading) -> Reading:
        """This function will return the quicker of two readings; one that read nothing counts as none."""
        return other if not self.seconds or other.seconds < self.seconds else self


@contextmanager
def reading(backend: int = 0) -> Iterator[Reading]:
    """This function will take a reading of the block; `backend` is the process id of its PostgreSQL backend, if any."""
    # Writing 5 sets the peak back to what is held now: proc(5), clear_refs.
    Path("/proc/self/clear_refs").write_text("5")
    found = Reading()
    base = cpu_seconds(backend) if backend else 0.0
    started, cpu = time.perf_counter(), time.process_time()
    yield found
    found.seconds, found.cpu = time.perf_counter() - started, time.process_time() - cpu
    found.backend = cpu_seconds(backend) - base if backend else 0.0
    found.peak = peak_memory()


def peak_memory() -> float:
    """This function will return the largest resident set of this process, in MiB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("/proc/self/status has no VmHWM: this kernel does not keep it")


def cpu_seconds(pid: int) -> float:
    """This function will return user and system time of a process and of its children that ended; 0 when gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    # The name in brackets may hold spaces: fields are counted after it. 14 to 17 are the four times.
    fields = stat.rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def percentile(values: Iterable[float], share: float) -> float:
    """This function will return the smallest value that `share` of the values do not exceed; NaN of none."""
    ordered = sorted(values)
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, max(0, -(-int(len(ordered) * share * 1000) // 1000) - 1))]


def median(values: Iterable[float]) -> float:
    """This function will return the middle one of the values, the lower of two."""
    return percentile(values, 0.5)
