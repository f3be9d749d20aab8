"""The links that narrow the queue: which there are, and which is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from common.languages import find
from review.queries import Desk, Wanted, Why


@dataclass(frozen=True, slots=True)
class Link:
    """One choice of a filter: its words, its address's query, and whether it is the one chosen."""

    label: str
    query: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A row of links under one heading."""

    name: str
    heading: str
    links: tuple[Link, ...]


def filters(desk: Desk, wanted: Wanted) -> tuple[Filter, ...]:
    """This function will return the filters of a desk; one that leaves no choice is left out. No statement."""
    languages = [(tag, _(find(tag).name)) for tag in desk.languages]
    campaigns = [(campaign.slug, campaign.name) for campaign in desk.campaigns]
    reasons = [(why.value, str(why.label)) for why in Why]
    return tuple(
        Filter(name, heading, _links(wanted, name, everything, choices))
        for name, heading, everything, choices in (
            ("why", _("Why"), _("All that needs a decision"), reasons),
            ("language", _("Language"), _("All languages"), languages),
            ("campaign", _("Campaign"), _("All campaigns"), campaigns),
        )
        if len(choices) > 1
    )


def _links(
    wanted: Wanted, name: str, everything: str, choices: Iterable[tuple[str, str]]
) -> tuple[Link, ...]:
    chosen = getattr(wanted, name)
    return tuple(
        Link(label, _query(replace(wanted, **{name: value})), value == chosen)
        for value, label in (("", everything), *choices)
    )


def _query(wanted: Wanted) -> str:
    chosen = {name: value for name, value in asdict(wanted).items() if value}
    return f"?{urlencode(chosen)}" if chosen else "?"
