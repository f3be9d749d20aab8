"""Whether a language's flags may be trusted, said in a sentence with its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flagging.checks.base import gettext_noop
from flagging.measures.auroc import auroc_interval
from flagging.measures.intervals import Interval
from flagging.measures.sample import Sample

# Below it an order by suspicion finds little that reading at random does not.
AUROC_FLOOR = 0.60
CHANCE = 0.50
# With 10 of one kind among 100 the interval of an AUROC of .70 runs from .50 to .85; fewer say next to nothing.
LEAST_OF_A_KIND = 10


_ = gettext_noop
NO_LABELS = _("No evidence yet: nothing of the audit sample has been judged.")
FEW_LABELS = _(
    "No evidence yet: the audit sample holds %(bad)d bad and %(good)d good translations; "
    "it takes %(least)d of each."
)
BELOW_FLOOR = _(
    "Not trustworthy here: sampled review. The order tells bad from good with AUROC %(auroc).2f "
    "(95 %% interval %(low).2f–%(high).2f, %(labels)d verdicts, %(bad)d bad), below %(floor).2f."
)
NOT_ABOVE_CHANCE = _(
    "Not trustworthy here: sampled review. AUROC %(auroc).2f cannot be told from chance "
    "(95 %% interval %(low).2f–%(high).2f, %(labels)d verdicts, %(bad)d bad)."
)
ABOVE_FLOOR = _(
    "Trusted: the order tells bad from good with AUROC %(auroc).2f "
    "(95 %% interval %(low).2f–%(high).2f, %(labels)d verdicts, %(bad)d bad)."
)


class TrustState(StrEnum):
    """How far a language's flags may be trusted."""

    NO_EVIDENCE = "no_evidence"
    SAMPLED_REVIEW = "sampled_review"
    TRUSTED = "trusted"


@dataclass(frozen=True)
class Trust:
    """A language's state with its reason: a `%`-style template, marked for translation, and its figures.

    `auroc` is None without evidence.
    """

    state: TrustState
    template: str
    params: Mapping[str, Any]
    auroc: Interval | None

    @property
    def sentence(self) -> str:
        """The reason in English."""
        return self.template % dict(self.params)


def trust(audit: Sample) -> Trust:
    """This function will judge a language by the weighted AUROC on its audit sample.

    No evidence with fewer than `LEAST_OF_A_KIND` bad or good verdicts; sampled review only where the AUROC is
    below `AUROC_FLOOR` or its 95 % interval holds chance; else trusted.
    """
    counts = {"labels": len(audit), "bad": audit.bads, "good": audit.goods}
    if not len(audit):
        return Trust(TrustState.NO_EVIDENCE, NO_LABELS, {}, None)
    if min(audit.bads, audit.goods) < LEAST_OF_A_KIND:
        return Trust(TrustState.NO_EVIDENCE, FEW_LABELS, {**counts, "least": LEAST_OF_A_KIND}, None)
    area = auroc_interval(audit)
    figures = {**counts, "auroc": area.value, "low": area.low, "high": area.high, "floor": AUROC_FLOOR}
    if area.value < AUROC_FLOOR:
        return Trust(TrustState.SAMPLED_REVIEW, BELOW_FLOOR, figures, area)
    if area.low <= CHANCE:
        return Trust(TrustState.SAMPLED_REVIEW, NOT_ABOVE_CHANCE, figures, area)
    return Trust(TrustState.TRUSTED, ABOVE_FLOOR, figures, area)
