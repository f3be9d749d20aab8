"""`manage.py load_sample [--show]`: the campaign that `make run` opens on, and how to sign in to it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from common import clock
from demo.actions import load_sample
from demo.errors import NotATrialError
from demo.greeting import sign_ins, what_to_do_first
from demo.lab import check_is_trial
from demo.queries import cast_is_there

# EX_UNAVAILABLE: the launcher goes on without the sample, and asks again at the next start.
LEFT_OUT = 69


class Command(BaseCommand):
    """Loads the sample where it is not there yet. Outside debug it is left out and says so, by an exit code of
    its own too: a start on real data does not fail for want of a sample."""

    help = "Load the sample campaign with its people, unless it is there; --show prints how to sign in."
    # Part of every start, right after migrate, which has run them.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This function will declare `--show`."""
        parser.add_argument("--show", action="store_true", help="print the sign-ins; load nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """This function will load the sample, or show who can sign in."""
        try:
            if options["show"]:
                check_is_trial()
                self.stdout.write(f"{sign_ins()}\n\n{what_to_do_first()}")
            elif not load_sample(now=clock.now(), write=self.stdout.write):
                self.stdout.write("The sample campaign is there.")
        except NotATrialError as error:
            self.stderr.write(str(error))
            if cast_is_there():
                self.stderr.write(
                    "WARNING: the sample's accounts are in this database. Everybody knows their password: use "
                    "another database, or delete these accounts."
                )
            if not options["show"]:
                raise SystemExit(LEFT_OUT) from error
