"""`manage.py create_token EMAIL --scope SCOPE [--scope …] [--name NAME] [--days 90]`: prints a token, and only that."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common import clock
from people.models import AccessToken, Contributor
from people.queries import contributor_by_email
from people.scopes import Scope
from people.tokens import LIFETIMES, MOST_IN_FORCE, TooManyTokensError, make_token


class Command(BaseCommand):
    """Makes a token for a program that acts as a person."""

    help = "Make a token and print it once, with nothing beside it, so that it can be piped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This function will declare for whom, for what and for how long."""
        parser.add_argument("email")
        parser.add_argument(
            "--scope", action="append", required=True, choices=Scope.values, help="Once for each scope."
        )
        parser.add_argument("--name", default="made by command", help="Which program will use it.")
        parser.add_argument("--days", type=int, default=90, help=f"Lifetime, at most {max(LIFETIMES)}.")

    def handle(self, *args: Any, **options: Any) -> None:
        """This function will print the token; `CommandError` says what to mend."""
        most = AccessToken._meta.get_field("name").max_length or 0
        if not 1 <= options["days"] <= max(LIFETIMES):
            raise CommandError(f"--days {options['days']} is not between 1 and {max(LIFETIMES)}.")
        if not 1 <= len(options["name"]) <= most or not options["name"].isprintable():
            raise CommandError(f"--name is not 1 to {most} printable letters.")
        now = clock.now()
        try:
            token = make_token(
                contributor=_contributor(options["email"]), name=options["name"], scopes=options["scope"],
                expires_at=now + timedelta(days=options["days"]), now=now,
            )[1]  # fmt: skip
        except TooManyTokensError:
            raise CommandError(
                f"{options['email']!r} has {MOST_IN_FORCE} tokens in force. Revoke one on /accounts/tokens/."
            ) from None
        self.stdout.write(token)


def _contributor(email: str) -> Contributor:
    try:
        contributor = contributor_by_email(email)
    except Contributor.DoesNotExist:
        raise CommandError(f"No account has the address {email!r}. Make one with add_person.") from None
    if contributor.user is None or not contributor.user.is_active:
        raise CommandError(f"The account {email!r} is closed: its tokens would do nothing.")
    return contributor
