"""`python -m tests.faults --rounds 300`: kill -9 on every part of a real stack while people submit.

Prints a table at the end; the exit code is 1 when anything acknowledged was lost, doubled or changed, when a
rule of the database was broken, or when no submit was in flight in half of the rounds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from itertools import islice

import django

from launcher.errors import LauncherError, StopRequested
from launcher.run import listen_to_stop_signals
from tests.faults.stack import Stack

LEAST_SHARE_IN_FLIGHT = 0.5
MOST_PRINTED = 50


def parser() -> argparse.ArgumentParser:
    """This function will return the parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    top.add_argument("--rounds", type=int, default=300, help="how often a part is killed (300)")
    top.add_argument("--cut-offs", type=int, default=1000, help="how many answers are cut off (1000)")
    top.add_argument("--seed", type=int, default=20261123, help="what the order of everything hangs on")
    top.add_argument("--every", type=int, default=10, metavar="N", help="print a line every N rounds (10)")
    top.add_argument("--sweep", action="store_true", help="call the sweeper at the end, do not wait for it")
    return top


def say(line: str) -> None:
    """This function will print a line at once."""
    print(line, flush=True)


def run(options: argparse.Namespace) -> int:
    """This function will do the rounds and print what came of them; returns the exit code."""
    began = time.monotonic()
    stack = Stack()
    say(f"Starting a stack in {stack.root}.")
    set_up_django(stack)
    # Not before Django is set up.
    from tests.faults.rounds import people_at_work

    with people_at_work(stack, options.seed) as faults:
        say(
            f"{time.monotonic() - began:.0f} s: everything runs; {options.rounds} rounds, seed {options.seed}."
        )
        for number, part in enumerate(islice(faults.parts(), options.rounds), 1):
            faults.kill_one(part)
            if number % options.every == 0 or faults.tally.problems:
                say(
                    f"{time.monotonic() - began:.0f} s: round {number}, last {part}; "
                    f"{len(faults.ledger.acknowledged())} acknowledged, "
                    f"{sum(faults.tally.in_flight.values())} rounds with a submit in flight, "
                    f"{len(faults.tally.problems)} problems"
                )
            if faults.tally.problems:
                break
        faults.end_work()
        cut = faults.cut_off_answers(options.cut_offs, options.seed) if not faults.tally.problems else None
        faults.end(sweep=options.sweep)
        if cut is not None:
            say(f"{options.cut_offs} answers cut off after COMMIT and sent again: {dict(cut.seen)}")
        return report(faults)


def report(faults: object) -> int:
    """This function will print the table and return the exit code."""
    from tests.faults.rounds import Faults

    assert isinstance(faults, Faults)
    tally, ledger = faults.tally, faults.ledger
    say(
        f"\n{'killed':<22}{'rounds':>8}{'in flight':>11}{'cut off':>9}{'served again, median':>22}{'slowest':>9}"
    )
    for part, count in sorted(tally.rounds.items()):
        seconds = tally.recovery[part]
        say(
            f"{part:<22}{count:>8}{tally.in_flight[part]:>11}{tally.cut[part]:>9}"
            f"{statistics.median(seconds):>20.1f} s{max(seconds):>7.1f} s"
        )
    rounds, flying = sum(tally.rounds.values()), sum(tally.in_flight.values())
    say(f"{'all':<22}{rounds:>8}{flying:>11}{sum(tally.cut.values()):>9}\n")
    acknowledged = len(ledger.acknowledged())
    again = sum(one.tries > 1 for one in ledger.submits)
    say(f"{acknowledged} submits acknowledged, {again} of them sent more than once; {ledger.claims} claims")
    say(f"tries without an answer that counts: {dict(ledger.failures.most_common())}")
    say(f"passes asked for: {faults.world.passes}; programs that ended without being killed:")
    for ended, count in faults.stack.ended_unasked.most_common():
        say(f"  {count} times {ended}")
    problems = list(dict.fromkeys(tally.problems))
    if rounds and flying < LEAST_SHARE_IN_FLIGHT * rounds:
        problems.append(f"only {flying} of {rounds} rounds had a submit in flight")
    for problem in problems[:MOST_PRINTED]:
        say(f"PROBLEM: {problem}")
    lost, doubled = (sum(one.startswith(word) for one in problems) for word in ("lost", "doubled"))
    say(f"{rounds} rounds: {lost} lost, {doubled} doubled, {len(problems)} problems in all")
    return 1 if problems else 0


def set_up_django(stack: Stack) -> None:
    """This function will let this process use the servers and the key of a stack, started or not."""
    os.environ.update(stack.environment)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()


def main() -> int:
    """This function will run the command; a person who stops it leaves nothing behind."""
    options = parser().parse_args()
    listen_to_stop_signals()
    try:
        return run(options)
    except StopRequested as request:
        say(f"Stopped ({request}); everything is removed.")
        return 130
    except LauncherError as error:
        say(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main())
