"""`manage.py add_member CAMPAIGN EMAIL --languages ar,en --standing professional`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.actions.campaigns import add_member
from annotation.models import Campaign, Standing
from common import clock
from common.languages import UnknownLanguageError, find
from people.models import Contributor
from people.queries import contributor_by_email


class Command(BaseCommand):
    """Lets a person work in languages of a campaign."""

    help = "Let somebody work in languages of a campaign; the source language is for sensitivity."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This function will name the campaign, the person and the languages."""
        parser.add_argument("campaign")
        parser.add_argument("email")
        parser.add_argument("--languages", required=True, help="Comma-separated tags.")
        parser.add_argument("--standing", choices=Standing.values, default=Standing.COMMUNITY)

    def handle(self, *args: Any, **options: Any) -> None:
        """This function will add the memberships; `CommandError` for a name that is not there."""
        try:
            campaign = Campaign.objects.get(slug=options["campaign"])
            contributor = contributor_by_email(options["email"])
            languages = [find(tag.strip()).tag for tag in options["languages"].split(",")]
        except Campaign.DoesNotExist:
            raise CommandError(f"There is no campaign {options['campaign']!r}.") from None
        except Contributor.DoesNotExist:
            raise CommandError(
                f"Nobody has the address {options['email']!r}. Use add_person first."
            ) from None
        except UnknownLanguageError as error:
            raise CommandError(str(error)) from None
        for language in languages:
            add_member(
                campaign=campaign, contributor=contributor, language=language, standing=options["standing"],
                by=None, now=clock.now(),
            )  # fmt: skip
        self.stdout.write(f"{options['email']} may work on {campaign.slug} in {', '.join(languages)}.")
