"""The translations that a slot may be judged on: the one offered, and those of other systems a key away.

Whoever judges them is not told whose they are: a known name pulls. On a page each goes by its number and a key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from annotation.errors import TextReplacedError
from annotation.models import CampaignLanguage, Kind, Slot
from corpus.models import Translation, TranslationVersion
from flagging.models import Candidate as Ranked

KEY_LENGTH = 16
UNRANKED = 2**15


@dataclass(frozen=True, slots=True)
class Candidate:
    """A translation as it counts now; `key` names it for one task and tells nothing of its system."""

    key: str
    system: str
    version: TranslationVersion

    @property
    def fields(self) -> Mapping[str, str]:
        """This function will return its texts."""
        texts: Mapping[str, str] = self.version.fields
        return texts


def candidates(slot: Slot) -> tuple[Candidate, ...]:
    """This function will return the translations that `slot` may be judged on, the offered one first, then as the
    latest pass ranked them; in an order drawn for the task where none did. Empty for sensitivity. One statement.
    """
    if slot.kind != Kind.VERIFICATION:
        return ()
    of_the_campaign = CampaignLanguage.objects.filter(
        campaign=slot.campaign_id, language=slot.language_id, systems__contains=[OuterRef("system")]
    )
    ranked = Ranked.objects.filter(
        translation_version=OuterRef("current_version"), model_pass__finished_at__isnull=False
    ).order_by("-model_pass")
    rows = (
        Translation.objects.filter(item=slot.task.item_id, language=slot.language_id)
        .filter(Q(system=slot.task.system) | Exists(of_the_campaign))
        .annotate(place=Subquery(ranked.values("place")[:1]))
        .select_related("current_version")
    )
    placed = [(row.system != slot.task.system, row.place or UNRANKED, _candidate(slot, row)) for row in rows]
    return tuple(one[-1] for one in sorted(placed, key=lambda one: (*one[:2], one[2].key)))


def _candidate(slot: Slot, row: Translation) -> Candidate:
    version = row.current_version
    version.translation = row
    key = salted_hmac("annotation.candidate", f"{slot.task.public_id}/{row.system}", algorithm="sha256")
    return Candidate(key.hexdigest()[:KEY_LENGTH], row.system, version)


def chosen(offered: Sequence[Candidate], key: str) -> Candidate | None:
    """This function will return the candidate of that key, the offered one for none; None where there are none.

    Raises `TextReplacedError` for a key that is not among them.
    """
    found = next((one for one in offered if key in ("", one.key)), None)
    if found is None and offered:
        raise TextReplacedError(_("The translation you judged is not offered here. Look at those that are."))
    return found
