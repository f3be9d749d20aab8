"""What checks weigh in a campaign: as they say themselves, unless a manager said otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.db.models import F, Q

from annotation.models import CheckSetting
from flagging.queries import SEVERITY_ORDER, FlagView


def weights_of(campaign: int, language: str) -> dict[str, str]:
    """This function will return what checks weigh in a language of a campaign, by detector, where that is not what
    they weigh by themselves. One statement."""
    rows = CheckSetting.objects.filter(Q(language=language) | Q(language=None), campaign=campaign)
    # The language's own comes last, and stands.
    return dict(rows.order_by(F("language").asc(nulls_first=True)).values_list("detector", "weight"))


def weighed(flags: Iterable[FlagView], weights: Mapping[str, str]) -> tuple[FlagView, ...]:
    """This function will return flags at their weights, the worst first, without those that are silent."""
    views = [replace(one, severity=weights.get(one.detector, one.severity)) for one in flags]
    shown = [one for one in views if one.severity in SEVERITY_ORDER]
    return tuple(sorted(shown, key=lambda flag: SEVERITY_ORDER[flag.severity]))
