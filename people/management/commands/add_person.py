"""`manage.py add_person EMAIL --name NAME [--role manager --workspace SLUG [--withdraw]]`: an account, a role."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from common import clock
from common.languages import UnknownLanguageError, find
from common.models import Language, Workspace
from people.actions import create_account, grant_role, withdraw_role
from people.models import Contributor, Role
from people.queries import contributor_by_email, user_exists


class Command(BaseCommand):
    """Makes an account where there is none, and gives it a role in a workspace, or takes one back."""

    help = "Make an account (the password is asked for, or read from standard input) and give it a role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This function will declare who and what."""
        parser.add_argument("email")
        parser.add_argument("--name", default="")
        parser.add_argument("--role", choices=Role.Name.values)
        parser.add_argument("--language", help="For a reviewer of one language only.")
        parser.add_argument("--workspace", help="The slug; may be left out where there is one workspace.")

        parser.add_argument(
            "--withdraw", action="store_true", help="Take the role named by --role back; work done stays."
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """This function will make the account and the role, or end it; `CommandError` says what to mend."""
        if options["withdraw"]:
            self._withdraw(options)
            return
        contributor = self._contributor(options)
        if options["role"]:
            tag = _tag(options["language"])
            grant_role(
                contributor=contributor, workspace=_workspace(options["workspace"]), name=options["role"],
                language=Language.objects.get(pk=tag) if tag else None, by=None, now=clock.now(),
            )  # fmt: skip
        self.stdout.write(
            f"{options['email']} is there{' as ' + options['role'] if options['role'] else ''}."
        )

    def _withdraw(self, options: dict[str, Any]) -> None:
        """A reviewer of all languages has another role than one of a single language: the language says which."""
        if not options["role"]:
            raise CommandError("Say which role to take back, with --role.")
        role = Role.objects.filter(
            contributor__user__email=options["email"].lower(), workspace=_workspace(options["workspace"]),
            name=options["role"], language=_tag(options["language"]), withdrawn_at=None,
        ).first()  # fmt: skip
        if role is None:
            of = f" of {options['language']}" if options["language"] else ""
            raise CommandError(
                f"{options['email']!r} is no {options['role']}{of} in this workspace. For a reviewer of one "
                "language, name it with --language."
            )
        withdraw_role(role=role, by=None, now=clock.now())
        self.stdout.write(f"{options['email']} is no longer {options['role']}.")

    def _contributor(self, options: dict[str, Any]) -> Contributor:
        if user_exists(options["email"]):
            return contributor_by_email(options["email"])
        password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            validate_email(options["email"])
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        return create_account(
            email=options["email"], name=options["name"], password=password, now=clock.now()
        )


def _tag(language: str | None) -> str | None:
    try:
        return find(language).tag if language else None
    except UnknownLanguageError as error:
        raise CommandError(str(error)) from None


def _workspace(slug: str | None) -> Workspace:
    found = Workspace.objects.filter(slug=slug) if slug else Workspace.objects.all()[:2]
    if len(found) != 1:
        raise CommandError("Name the workspace with --workspace; imports make the first one by themselves.")
    return found[0]
