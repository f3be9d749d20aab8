"""What a language's verdicts say of its review, as plain values: made when it is learned, kept with the fit.

A page reads them and works nothing out: for tens of languages the bands take the better part of a minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING, Any

from flagging.audit_sample import AUDIT, FLAGGED, Drawn, Labelled

if TYPE_CHECKING:
    from flagging.measures.sample import Sample
    from flagging.measures.sampling import Pull

# In percent: what a page lets people choose from.
MISSES = range(1, 51)
TARGETS = (50, 60, 70, 80, 85, 90, 95, 99)
DIGITS = 4


def figures(
    verdicts: Sequence[Labelled], sample: Drawn, *, pull: Pull | None, seconds: float | None
) -> dict[str, Any]:
    """This function will return the figures of a language as JSON values.

    "counts", "seconds" of a judgement (None: nobody was timed), "left", "pull" are always there; "review" is None
    with fewer bad or good verdicts than a trust state takes. Curves have a value for each whole percent reviewed.
    A second for 2,000 verdicts.
    """
    return {
        "counts": {
            "verdicts": len(verdicts), "bad": sum(row.bad for row in verdicts), "used": len(sample.rows),
            "audited": sample.audited, "unflagged": sample.unflagged, "flagged": sample.flagged,
            "flagged_read": sample.flagged_read, "rest_read": sample.rest_read,
        },
        "seconds": seconds,
        "left": _left(sample),
        "pull": None if pull is None else _pull(pull),
        "review": _review(sample.in_order_of_review()),
    }  # fmt: skip


def _left(sample: Drawn) -> dict[str, Any]:
    """Errors left among the flagged and the others.

    What was found bad in the rest, which had no draw, is known to be repaired: it comes off the others' estimate.
    """
    from flagging.measures.estimates import Stratum, errors_left

    strata = {
        FLAGGED: (sample.flagged, sample.flagged_read),
        AUDIT: (sample.unflagged, sample.audited),
    }
    found: dict[str, Any] = {"strata": {}}
    parts = [
        # A text that was replaced may have been judged twice: more were then read than there are. The flagged are read
        # worst first: those that were read say nothing of those that were not.
        Stratum(name, size - read, 0, 0)
        if name == FLAGGED and read < size
        else Stratum(name, max(size, read), read, sample.bad_in(name))
        for name, (size, read) in strata.items()
    ]
    together = errors_left(parts)
    known = sample.rest_bad if sample.audited else 0
    found["errors"] = _rounded(max(0.0, value - known) for value in together.errors)
    for part in parts:
        alone = errors_left([part]).errors.value - (known if part.name == AUDIT else 0)
        found["strata"][part.name] = {
            "errors": None if part.unreviewed and not part.reviewed else round(max(0.0, alone), DIGITS),
            "unread": max(0, part.unreviewed - (sample.rest_read if part.name == AUDIT else 0)),
        }
    found["unseen"] = together.unseen
    return found


def _pull(pull: Pull) -> dict[str, Any]:
    return {
        "shown": [pull.shown.items, pull.shown.hits],
        "hidden": [pull.hidden.items, pull.hidden.hits],
        "difference": None if pull.difference is None else _rounded(pull.difference),
    }


def _review(sample: Sample) -> dict[str, Any] | None:
    from flagging.measures.auroc import auroc_interval, length_controlled_auroc, weighted_auroc
    from flagging.measures.conformal import conformal_threshold
    from flagging.measures.curves import longest_first, recall_curve, share_for_recall
    from flagging.measures.trust import LEAST_OF_A_KIND

    if min(sample.bads, sample.goods) < LEAST_OF_A_KIND:
        return None
    curve = recall_curve(sample)
    thresholds = {miss: conformal_threshold(sample, miss / 100) for miss in MISSES}
    controlled = length_controlled_auroc(sample)
    return {
        "recall": _rounded(curve.recall), "low": _rounded(curve.low), "high": _rounded(curve.high),
        "longest_first": _rounded(recall_curve(longest_first(sample), draws=0).recall),
        "auroc": _rounded(auroc_interval(sample)),
        "longest_first_auroc": round(weighted_auroc(longest_first(sample)), DIGITS),
        "length_controlled_auroc": None if isnan(controlled) else round(controlled, DIGITS),
        "thresholds": {
            str(miss): round(one.share, DIGITS) if one.enough else None for miss, one in thresholds.items()
        },
        "shares": {str(target): _rounded(share_for_recall(sample, target / 100)) for target in TARGETS},
    }  # fmt: skip


def _rounded(values: Any) -> list[float]:
    return [round(float(value), DIGITS) for value in values]
