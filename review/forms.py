"""Reads what the pages of review send. Item text is taken as it comes: no field of Django's touches it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from annotation.textareas import restore
from review.cases import Case, Said, Seen
from review.errors import SettlementError
from review.models import Settlement
from review.queries import Wanted, Why
from review.waiting import Cursor

Outcome = Settlement.Outcome
TEXT_PREFIX = "text-"
PICK_PREFIX = "pick:"


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form shows as filled in: the decision chosen, the reason, the judgement whose text `texts` started
    from ("" for the machine's)."""

    decision: str = ""
    reason: str = ""
    start: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer decided, and on what they had seen."""

    outcome: str
    picked: Said | None
    fields: Mapping[str, str] | None
    # The judgement whose text the writing started from; None for the translation that was offered.
    start: Said | None
    reason: str
    seen: Seen


def wanted(query: QueryDict) -> Wanted:
    """This function will return which part of the queue an address asks for; an unknown reason is none."""
    why = query.get("why", "")
    return Wanted(
        why if why in Why.values else "", query.get("language", "")[:35], query.get("campaign", "")[:80]
    )


def cursor(query: QueryDict) -> Cursor | None:
    """This function will return the place an address names; `ValueError` where it is none of the queue's."""
    value = query.get("at", "")
    return Cursor.parse(value) if value else None


def first_draft(case: Case, start: str) -> Draft:
    """This function will return a form not yet filled in; a `start` makes it one to write from that judgement."""
    said = case.said_by_key(start)
    known = start if said and said.texts else ""
    return Draft(Outcome.WRITE if known else "", start=known, texts=start_texts(case, known))


def draft(post: QueryDict, case: Case) -> Draft:
    """This function will return the form as it was sent, to be shown again."""
    start = post.get("start", "")
    return Draft(post.get("decision", ""), post.get("reason", ""), start, _texts(post, case, start))


def decision(post: QueryDict, case: Case) -> Decision:
    """This function will return what a form says. `SettlementError` where nothing was chosen or the form came in
    incomplete."""
    chosen = post.get("decision", "")
    if not chosen:
        raise SettlementError(_("Choose what is to become of this text."))
    try:
        seen = Seen.parse(post.get("seen", ""))
    except ValueError:
        raise SettlementError(_("The form came in incomplete. Load the page again.")) from None
    outcome = Outcome.PICK if chosen.startswith(PICK_PREFIX) else chosen
    writes = outcome == Outcome.WRITE
    return Decision(
        outcome,
        case.said_by_key(chosen.removeprefix(PICK_PREFIX)) if outcome == Outcome.PICK else None,
        _texts(post, case, post.get("start", "")) if writes else None,
        case.said_by_key(post.get("start", "")) if writes else None,
        post.get("reason", "").strip(),
        seen,
    )


def start_texts(case: Case, start: str) -> Mapping[str, str]:
    """This function will return the texts that writing starts from: a judgement's, else the machine's."""
    said = case.said_by_key(start)
    fields: Mapping[str, str] = case.translation.fields
    return said.texts if said and said.texts else fields


def _texts(post: QueryDict, case: Case, start: str) -> dict[str, str]:
    """Fields that were not sent were not touched; the line breaks a textarea changed are put back."""
    originals = start_texts(case, start)
    sent = {name: post.get(TEXT_PREFIX + name) for name in originals}
    return {
        name: original if (text := sent[name]) is None else restore(original, text)
        for name, original in originals.items()
    }
