"""Several systems, one offer: how often each was offered, and how often people judged another's text instead."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import repeat

from django.db.models import Count

from annotation.actions.submissions import tips
from annotation.models import Annotation, Campaign, Kind, Task
from flagging.measures.arbiter import override_rates, shares_won


@dataclass(frozen=True, slots=True)
class OfferLine:
    """One system in one language: the tasks it is offered in and their share, the judgements of those tasks, and the
    share of them that took another system's text, with the bounds of its interval (None where nobody judged)."""

    language: str
    system: str
    offered: int
    share: float
    judged: int
    overridden: float | None
    low: float | None
    high: float | None


def offer_lines(campaign: Campaign) -> list[OfferLine]:
    """This function will return every system of the languages that offer several, the one offered most first.

    A judgement counts while it stands, whatever its verdict; Wilson's interval, 95 %. Three statements, one where no
    language offers several.
    """
    systems = {
        line.language_id: line.systems for line in campaign.languages.exclude(systems=[]).order_by("language")
    }
    if not systems:
        return []
    offered = _offered(campaign, list(systems))
    shares = shares_won((language, system) for (language, system), n in offered.items() for _ in range(n))
    choices = _choices(campaign, list(systems))
    rates = override_rates(choice for choice, n in choices.items() for choice in repeat(choice, n))
    judged: Counter[tuple[str, str]] = Counter()
    for (language, system, _chosen), n in choices.items():
        judged[language, system] += n
    lines = [
        OfferLine(
            language, system, offered[language, system],
            won.share if (won := shares.get(language, {}).get(system)) else 0.0, judged[language, system],
            *(rates.get((language, system)) or (None, None, None)),
        )
        for language, named in systems.items()
        for system in named
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (line.language, -line.offered, line.system))


def _offered(campaign: Campaign, languages: list[str]) -> Counter[tuple[str, str]]:
    rows = Task.objects.filter(campaign=campaign, kind=Kind.VERIFICATION, language__in=languages)
    counted = rows.order_by().values_list("language", "system").annotate(Count("pk"))
    return Counter({(language, system): n for language, system, n in counted})


def _choices(campaign: Campaign, languages: list[str]) -> Counter[tuple[str, str, str]]:
    """(language, offered, judged) of every judgement that stands."""
    rows = tips(Annotation.objects.all()).filter(
        slot__campaign=campaign, slot__kind=Kind.VERIFICATION, slot__language__in=languages
    )
    counted = (
        rows.order_by()
        .values_list("slot__language", "slot__task__system", "translation_version__translation__system")
        .annotate(Count("pk"))
    )
    return Counter({(language, system, chosen): n for language, system, chosen, n in counted})
