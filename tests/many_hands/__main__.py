"""`python -m tests.many_hands [TASKS] [--seed N]`: 64 programs of 32 people at one campaign, through gunicorn.

Leases last 2 s, some programs sit them out and come late, some send twice, and midway somebody is withdrawn.
Ends with 1 where a rule is broken. `make hands` starts the servers.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from bench.scratch import scratch


def main() -> None:
    """This function will run the full form and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.many_hands", description=__doc__)
    parser.add_argument("tasks", nargs="?", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with scratch(), tempfile.TemporaryDirectory() as folder:
        from tests.many_hands.show import Size, problems, show

        size = Size(tasks=given.tasks, overlap=3, people=32, lease_seconds=2, limit_seconds=1800)
        result = show(size, Path(folder), given.seed)
    book = result.book
    print(
        f"{given.tasks} tasks at overlap 3, 64 programs of 32 people, leases of 2 s: {result.seconds:.0f} s"
    )
    for title, counts in (("requests", book.requests), ("kept as", book.kept_as), ("late", book.late)):
        print(f"{title}: " + ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items())))
    for what, took in book.seconds.items():
        cuts = statistics.quantiles(took, n=100)
        print(
            f"{what}: p50 {cuts[49] * 1000:.0f} ms, p95 {cuts[94] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms"
        )
    for rule, count in result.broken.items():
        print(f"{count} {rule}")
    print(f"{result.effects_after_withdrawal} effects after withdrawal")
    print(f"{len(result.lost)} of {len(book.acknowledged):,} acknowledged submits lost")
    for problem in (found := problems(result)):
        print(f"PROBLEM: {problem}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
