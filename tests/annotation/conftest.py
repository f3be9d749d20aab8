from __future__ import annotations

import pytest

from annotation.actions.campaigns import Plan, add_member, open_campaign
from annotation.models import Campaign
from tests.factories import mini_benchmark


@pytest.fixture
def campaign(cast, now) -> Campaign:
    """German verification once, sensitivity twice; Ana is a professional, Ben is of the community."""
    benchmark = mini_benchmark(cast.workspace, now)
    campaign = open_campaign(
        plan=Plan(slug="mini", benchmark=benchmark, languages={"de": None}, sensitivity_overlap=2),
        by=cast.mia,
        now=now,
    )
    for person, standing in ((cast.ana, "professional"), (cast.ben, "community")):
        for language in ("de", "en"):
            add_member(
                campaign=campaign,
                contributor=person,
                language=language,
                standing=standing,
                by=cast.mia,
                now=now,
            )
    return campaign
