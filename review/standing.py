"""Which judgements and settlements count: the conditions that every read of this room is made of.

A judgement counts while it is the end of its slot's chain, was said of the texts that count now, and its slot
was not set aside: sending back does that, and an extra judgement is set aside from the first. A settlement
stands while nothing replaces it, it does not send back, and the texts it was about are those that count now;
leaving an item out in all languages is about its source alone. A release reads both in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from annotation.actions.submissions import tips
from annotation.labels import Verdict
from annotation.models import Annotation, Kind
from review.models import Settlement

Outcome = Settlement.Outcome
AGAINST = (Verdict.REJECT.value, Verdict.CANNOT_TRANSLATE.value)


def judgements_of_current_texts(tasks: Iterable[int]) -> QuerySet[Annotation]:
    """This function will return the verifications of some tasks, named by their ids, that stand and were said of
    the texts that count now. For a page of tasks: over many the planner goes astray (see `review.waiting`)."""
    return tips(Annotation.objects.all()).filter(
        slot__task__in=list(tasks),
        slot__kind=Kind.VERIFICATION,
        translation_version=F("translation_version__translation__current_version"),
        item_version=F("slot__task__item__current_version"),
    )


def current_judgements(tasks: Iterable[int]) -> QuerySet[Annotation]:
    """This function will return the verifications that count: those above, but for what was set aside because the
    task was sent back or they came too late."""
    return judgements_of_current_texts(tasks).filter(slot__set_aside_at=None)


def settlements_in_force() -> QuerySet[Settlement]:
    """This function will return the decisions that stand."""
    about_its_translation = Q(translation_version=F("translation_version__translation__current_version"))
    return Settlement.objects.filter(
        about_its_translation | Q(outcome=Outcome.EXCLUDE_ALL),
        ~Q(outcome=Outcome.SEND_BACK),
        item_version=F("task__item__current_version"),
        replaced_by=None,
    )


def excluded_everywhere() -> Exists:
    """This function will return the condition that a task's item is left out of the whole campaign."""
    return Exists(
        settlements_in_force().filter(
            outcome=Outcome.EXCLUDE_ALL, task__campaign=OuterRef("campaign"), task__item=OuterRef("item")
        )
    )
