"""`manage.py campaign SLUG pause|resume|close`, `… guidelines FILE`, `… withdraw EMAIL [--language TAG]`."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from annotation.actions import campaigns
from annotation.models import Campaign, Membership
from common import clock
from common.languages import UnknownLanguageError, find


class Command(BaseCommand):
    """Runs an open campaign: stops and allows claims, adds guidelines, lets people go."""

    help = "Pause, resume or close a campaign, give it new guidelines, or end somebody's place in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This function will declare the campaign and what to do with it."""
        parser.add_argument("campaign")
        what = parser.add_subparsers(dest="what", required=True)
        what.add_parser("pause", help="Nothing can be taken; what is open may be handed in.")
        what.add_parser("resume", help="Work can be taken again.")
        what.add_parser("close", help="Nothing can be taken any more.")
        what.add_parser("guidelines", help="A new version of the guidelines.").add_argument(
            "file", type=Path, help="Markdown, UTF-8."
        )
        withdraw = what.add_parser("withdraw", help="End a person's place; what they hold is free at once.")
        withdraw.add_argument("email")
        withdraw.add_argument("--language", help="A tag; all their languages where it is left out.")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """This function will do it and say so; `CommandError` for what is not there or not possible."""
        campaign = Campaign.objects.filter(slug=options["campaign"]).first()
        if campaign is None:
            raise CommandError(f"There is no campaign {options['campaign']!r}.")
        now = clock.now()
        if options["what"] == "guidelines":
            said = _write_guidelines(campaign, options["file"], now)
        elif options["what"] == "withdraw":
            said = _withdraw(campaign, options["email"], options["language"], now)
        else:
            said = _switch(campaign, options["what"], now)
        self.stdout.write(said)


def _switch(campaign: Campaign, what: str, now: datetime) -> str:
    if campaign.closed_at:
        raise CommandError(f"{campaign.slug} was closed on {campaign.closed_at:%Y-%m-%d}; that is for good.")
    action, said = {
        "pause": (campaigns.pause, "is paused"),
        "resume": (campaigns.resume, "goes on"),
        "close": (campaigns.close, "is closed"),
    }[what]
    action(campaign=campaign, by=None, now=now)
    return f"{campaign.slug} {said}."


def _write_guidelines(campaign: Campaign, file: Path, now: datetime) -> str:
    try:
        markdown = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read as UTF-8 text: {error}") from error
    if not markdown.strip():
        raise CommandError(f"{file} is empty. Guidelines say what people are to do.")
    version = campaigns.write_guidelines(campaign=campaign, markdown=markdown, by=None, now=now)
    return f"{campaign.slug} has version {version.number} of its guidelines."


def _withdraw(campaign: Campaign, email: str, language: str | None, now: datetime) -> str:
    places = Membership.objects.select_related("campaign", "contributor").filter(
        campaign=campaign, contributor__user__email=email.lower(), withdrawn_at=None
    )
    if language:
        try:
            places = places.filter(language=find(language).tag)
        except UnknownLanguageError as error:
            raise CommandError(str(error)) from None
    ended = list(places.order_by("language"))
    if not ended:
        raise CommandError(
            f"{email!r} has no place in {campaign.slug}{' in ' + language if language else ''}."
        )
    for place in ended:
        campaigns.withdraw_member(membership=place, by=None, now=now)
    return f"{email} no longer works on {campaign.slug} in {', '.join(place.language_id for place in ended)}."
