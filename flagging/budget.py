"""What a workspace's verdicts say of its review, language by language: how far to trust the order, what is left.

Everything is read from what was kept when it was learned (`flagging.figures`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any, NamedTuple, Self

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from flagging.models import Fit, VerdictSample

DEFAULT_MISS, DEFAULT_TARGET = 10, 90
# Where nobody was timed: a question with four options, read against its source.
UNTIMED_SECONDS = 60.0
# In percent reviewed.
SHOWN_AT = (5, 10, 20, 30, 50)
NO_EVIDENCE, SAMPLED_REVIEW, TRUSTED = "no_evidence", "sampled_review", "trusted"


class Estimate(NamedTuple):
    """A figure with the bounds of its 95 % interval."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, stored: Sequence[float] | None) -> Self | None:
        """This function will return what was stored as a list; None for None."""
        return None if stored is None else cls(*stored)

    def times(self, factor: float) -> Estimate:
        """This function will return the figure in another unit."""
        return Estimate(self.value * factor, self.low * factor, self.high * factor)


class Point(NamedTuple):
    """Recall once a share, in percent, is reviewed: most suspect first with its band, and longest first."""

    share: int
    recall: float
    low: float
    high: float
    longest_first: float

    @property
    def reviewed(self) -> float:
        """This function will return the share reviewed, in [0, 1]."""
        return self.share / 100


@dataclass(frozen=True, slots=True)
class Counts:
    """Translations of a language that were judged (`verdicts`, of them `bad`), those that figures are made from
    (`used`), and how many of each stratum were read of how many."""

    verdicts: int = 0
    bad: int = 0
    used: int = 0
    audited: int = 0
    unflagged: int = 0
    flagged: int = 0
    flagged_read: int = 0
    rest_read: int = 0

    @property
    def size(self) -> int:
        """This function will return how many translations the queues hold."""
        return self.flagged + self.unflagged

    @property
    def flagged_unread(self) -> int:
        """This function will return how many flagged translations nobody has read."""
        return max(0, self.flagged - self.flagged_read)


@dataclass(frozen=True, slots=True)
class Left:
    """Bad translations estimated among those nobody has read; `unseen` of these lie where nothing was judged.

    By stratum the estimate alone (None without a verdict) and how many are unread.
    """

    errors: Estimate
    unseen: int
    by_stratum: Mapping[str, tuple[float | None, int]]

    @property
    def unread(self) -> int:
        """This function will return how many translations nobody has read."""
        return sum(unread for _, unread in self.by_stratum.values())


@dataclass(frozen=True, slots=True)
class Pull:
    """Flagged translations judged and found bad, flags shown and hidden; `difference` None: not enough yet."""

    shown: tuple[int, int]
    hidden: tuple[int, int]
    difference: Estimate | None

    @property
    def sentence(self) -> str:
        """This function will say what the flags did to the verdicts."""
        counts = {
            "shown": self.shown[0], "shown_bad": self.shown[1],
            "hidden": self.hidden[0], "hidden_bad": self.hidden[1],
        }  # fmt: skip
        seen = _(
            "With flags shown %(shown_bad)d of %(shown)d were found bad, hidden %(hidden_bad)d of %(hidden)d."
        )
        return seen % counts


@dataclass(frozen=True, slots=True)
class Review:
    """What the order is worth. `curve` is by whole percent reviewed; `thresholds` the share to review for a miss
    rate in percent (None: labels are too few for the promise), `shares` that for a recall in percent."""

    curve: tuple[Point, ...]
    auroc: Estimate
    longest_first_auroc: float
    length_controlled_auroc: float | None
    thresholds: Mapping[int, float | None]
    shares: Mapping[int, Estimate]

    @property
    def shown(self) -> list[Point]:
        """This function will return the points that tables show."""
        return [self.curve[share] for share in SHOWN_AT]

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> Review | None:
        """This function will return what `flagging.figures` stored; None where there was too little."""
        if stored is None:
            return None
        columns = (stored["recall"], stored["low"], stored["high"], stored["longest_first"])
        return cls(
            curve=tuple(Point(share, *values) for share, values in enumerate(zip(*columns, strict=True))),
            auroc=Estimate(*stored["auroc"]),
            longest_first_auroc=stored["longest_first_auroc"],
            length_controlled_auroc=stored["length_controlled_auroc"],
            thresholds={int(miss): share for miss, share in stored["thresholds"].items()},
            shares={int(target): Estimate(*share) for target, share in stored["shares"].items()},
        )


@dataclass(frozen=True, slots=True)
class LanguageBudget:
    """All that is known of a language's review. `new_verdicts` came in since it was learned (`learned_at`)."""

    language: str
    state: str = NO_EVIDENCE
    sentence: str = ""
    head_on: bool = False
    head_sentence: str = ""
    learned_at: datetime | None = None
    new_verdicts: int = 0
    counts: Counts = field(default_factory=Counts)
    review: Review | None = None
    left: Left | None = None
    pull: Pull | None = None
    timed_seconds: float | None = None

    @property
    def seconds(self) -> float:
        """This function will return the seconds of a judgement: as measured, else `UNTIMED_SECONDS`."""
        return self.timed_seconds or UNTIMED_SECONDS

    def items_for(self, target: int) -> Estimate | None:
        """This function will return how many translations a recall of `target` percent takes, in all, those read
        already among them; None where there is no curve."""
        if self.review is None or target not in self.review.shares:
            return None
        share, counts = self.review.shares[target], self.counts
        # The curve is of what had a draw; what is flagged and not read comes before all of it.
        known = counts.unflagged + counts.flagged_read
        return Estimate(*(float(counts.flagged_unread + ceil(round(part * known, 6))) for part in share))

    def hours_for(self, target: int) -> Estimate | None:
        """This function will return the hours of one judgement each that `items_for` comes to."""
        items = self.items_for(target)
        return None if items is None else items.times(self.seconds / 3600)

    def share_for_miss(self, miss: int) -> float | None:
        """This function will return the share to review that misses at most `miss` percent of the bad in the mean;
        None where the verdicts do not carry the promise."""
        return None if self.review is None else self.review.thresholds.get(miss)


def budgets(workspace: int) -> list[LanguageBudget]:
    """This function will return the languages with verdicts or fits, by tag. Two statements."""
    latest: dict[str, dict[str, Fit]] = {}
    fits = (
        Fit.objects.filter(workspace=workspace)
        .order_by("language_id", "kind", "-pk")
        .distinct("language_id", "kind")
        .defer("parameters", "verdict_ids")
    )
    for fit in fits:
        latest.setdefault(fit.language_id, {})[fit.kind] = fit
    judged = (
        VerdictSample.objects.filter(benchmark__workspace=workspace, withdrawn_at=None, counts=True)
        .values_list("language")
        .annotate(texts=Count("translation_version", distinct=True))
        .order_by()
    )
    verdicts: dict[str, int] = dict(judged)
    return [_budget(tag, latest.get(tag, {}), verdicts.get(tag, 0)) for tag in sorted({*latest, *verdicts})]


def _budget(language: str, fits: Mapping[str, Fit], verdicts: int) -> LanguageBudget:
    calibration, head = fits.get(Fit.Kind.CALIBRATION), fits.get(Fit.Kind.HEAD)
    stored = calibration.report.get("budget") if calibration else None
    if calibration is None or stored is None:
        return LanguageBudget(
            language,
            sentence=_("No evidence yet: nothing was learned from the verdicts of this language."),
            head_sentence=_head_sentence(head),
            new_verdicts=verdicts,
        )
    trust, counts = calibration.report["trust"], Counts(**stored["counts"])
    return LanguageBudget(
        language,
        state=trust["state"],
        sentence=_(trust["template"]) % trust["params"],
        head_on=head is not None and head.switched_on,
        head_sentence=_head_sentence(head),
        learned_at=calibration.fitted_at,
        new_verdicts=max(0, verdicts - counts.verdicts),
        counts=counts,
        review=Review.of(stored["review"]),
        left=_left(stored["left"]),
        pull=_pull(stored["pull"]),
        timed_seconds=stored["seconds"],
    )


def _left(stored: Mapping[str, Any]) -> Left:
    strata = {name: (one["errors"], one["unread"]) for name, one in stored["strata"].items()}
    return Left(Estimate(*stored["errors"]), stored["unseen"], strata)


def _pull(stored: Mapping[str, Any] | None) -> Pull | None:
    if stored is None:
        return None
    return Pull(tuple(stored["shown"]), tuple(stored["hidden"]), Estimate.of(stored["difference"]))


def _head_sentence(fit: Fit | None) -> str:
    """Whether a head of its own orders the language, and why."""
    if fit is None:
        return _("Off: no head was fitted; the set of translations is too small for one.")
    report = fit.report
    if report["auroc"] is None:
        few = ngettext(
            "Off: %(labels)d verdict, %(bad)d of them bad; a head of its own needs %(least)d and %(least_bad)d.",
            "Off: %(labels)d verdicts, %(bad)d of them bad; a head of its own needs %(least)d and %(least_bad)d.",
            report["saw"]["labels"],
        )
        return few % {
            **report["saw"],
            "least": report["needs"]["labels"],
            "least_bad": report["needs"]["bad"],
        }
    figures = {"head": report["auroc"], "alone": report["auroc"] - report["gain"], "best": report["best"]}
    if fit.switched_on:
        on = _("On: AUROC %(head).2f against %(alone).2f of %(best)s alone, on verdicts it had not seen.")
        return on % figures
    off = _("Off: no certain gain (AUROC %(head).2f against %(alone).2f of %(best)s alone).")
    return off % figures
