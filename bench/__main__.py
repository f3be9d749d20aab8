"""`python -m bench [NAME …] [--full | --tiny]`: run the measurements, all of them unless some are named.

Every line is a ratio to a floor that was taken in the same run on the same rows, or a time against its goal.
"""

from __future__ import annotations

import argparse
import importlib
import runpy
import signal
import sys

from bench.scratch import scratch
from bench.sizes import FULL, TINY, USUAL

# The first reads the real data, where they are there, and no database.
ALONE = {"checks": "bench.checks"}
ON_SERVERS = {
    "import": "bench.importing",
    "pairs": "bench.pairs",
    "release": "bench.release",
    "pages": "bench.pages",
    "serving": "bench.serving",
}
MEASUREMENTS = (*ON_SERVERS, *ALONE)


def main() -> None:
    """This function will run what is asked for; exits 2 for a name that is none."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--full", action="store_true", help="also at 1,000,000 translations: needs 10 GB")
    parser.add_argument("--tiny", action="store_true", help="a few rows of each, to see that all runs")
    given = parser.parse_args()
    names = given.names or list(MEASUREMENTS)
    if unknown := sorted(set(names) - set(MEASUREMENTS)):
        parser.error(f"{' '.join(unknown)}: no such measurement. There are: {' '.join(MEASUREMENTS)}")
    sizes = FULL if given.full else TINY if given.tiny else USUAL
    # Stopped in whatever way, it removes what it made.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    on_servers = [name for name in names if name in ON_SERVERS]
    if on_servers:
        with scratch() as found:
            for name in on_servers:
                for line in importlib.import_module(ON_SERVERS[name]).measure(found, sizes):
                    print(line, flush=True)
    for name in (name for name in names if name in ALONE):
        sys.argv = [ALONE[name]]
        runpy.run_module(ALONE[name], run_name="__main__")


if __name__ == "__main__":
    main()
