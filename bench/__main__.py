"""`python -m bench [NAME …]`: run the measurements, all of them unless some are named."""

from __future__ import annotations

import runpy
import sys

MEASUREMENTS = ("checks",)


def main() -> None:
    """This function will run each measurement as if it were the program; exits 2 for a name that is none."""
    names = sys.argv[1:] or list(MEASUREMENTS)
    unknown = set(names) - set(MEASUREMENTS)
    if unknown:
        sys.exit(f"{' '.join(sorted(unknown))}: no such measurement. There are: {' '.join(MEASUREMENTS)}")
    for name in names:
        sys.argv = [f"bench.{name}"]
        runpy.run_module(f"bench.{name}", run_name="__main__")


if __name__ == "__main__":
    main()
