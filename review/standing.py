"""Which judgements and settlements count: the conditions that every read of this room is made of.

A judgement counts while it is the end of its slot's chain, was said of the texts that count now, and came
after the task was last sent back. A settlement stands while nothing replaces it, it does not send back, and
the texts it was about are those that count now. A release reads both in the same way.
"""

from __future__ import annotations

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from annotation.actions.submissions import tips
from annotation.labels import Verdict
from annotation.models import Annotation, Kind, Slot, Task
from review.models import Settlement

Outcome = Settlement.Outcome
AGAINST = (Verdict.REJECT.value, Verdict.CANNOT_TRANSLATE.value)
EXCLUSIONS = (Outcome.EXCLUDE_LANGUAGE.value, Outcome.EXCLUDE_ALL.value)


def judgements_of_current_texts() -> QuerySet[Annotation]:
    """This function will return the verifications that stand and were said of the texts that count now."""
    return tips(Annotation.objects.all()).filter(
        slot__kind=Kind.VERIFICATION,
        translation_version=F("translation_version__translation__current_version"),
        item_version=F("slot__task__item__current_version"),
    )


def current_judgements() -> QuerySet[Annotation]:
    """This function will return the verifications that count: those above, but for what was sent back."""
    sent_back = Settlement.objects.filter(
        task=OuterRef("slot__task"), outcome=Outcome.SEND_BACK, decided_at__gte=OuterRef("submitted_at")
    )
    return judgements_of_current_texts().filter(~Exists(sent_back))


def settlements_in_force() -> QuerySet[Settlement]:
    """This function will return the decisions that stand."""
    current_item = F("task__item__current_version")
    return Settlement.objects.filter(
        Q(outcome=Outcome.PICK, picked__item_version=current_item)
        | Q(outcome=Outcome.WRITE, result_version__item_version=current_item)
        | Q(outcome__in=EXCLUSIONS),
        replaced_by=None,
        translation_version=F("translation_version__translation__current_version"),
    )


def excluded_everywhere() -> Exists:
    """This function will return the condition that a task's item is left out of the whole campaign."""
    return Exists(
        settlements_in_force().filter(
            outcome=Outcome.EXCLUDE_ALL, task__campaign=OuterRef("campaign"), task__item=OuterRef("item")
        )
    )


def still_wanted() -> Exists:
    """This function will return the condition that a task still misses a judgement."""
    return Exists(Slot.objects.filter(task=OuterRef("pk"), submitted_at=None))


def undecided(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """This function will narrow verification tasks to those on which no decision stands."""
    settled = settlements_in_force().filter(task=OuterRef("pk"))
    return tasks.filter(~Exists(settled), ~excluded_everywhere(), kind=Kind.VERIFICATION)


def rejected(judgements: QuerySet[Annotation]) -> Q:
    """This function will return the condition that one of a task's judgements is against the translation."""
    return Q(pk__in=judgements.filter(verdict__in=AGAINST).values("slot__task"))


def disputed(judgements: QuerySet[Annotation]) -> Q:
    """This function will return the condition that judgements differ in verdict or severity.

    Who names no severity contradicts nobody. Texts of two post-editors always differ: no conflict.
    """
    differing = (
        judgements.values("slot__task")
        .annotate(
            verdicts=Count("verdict", distinct=True),
            severities=Count("severity", distinct=True, filter=~Q(severity="")),
        )
        .filter(Q(verdicts__gt=1) | Q(severities__gt=1))
    )
    return Q(pk__in=differing.values("slot__task"))


def sampled(judgements: QuerySet[Annotation]) -> Q:
    """This function will return the condition that a task was drawn for revision and all its judgements are in."""
    judged = Q(pk__in=judgements.values("slot__task"))
    return Q(sampled_for_revision=True) & judged & Q(~still_wanted())


def differing_texts(judgements: QuerySet[Annotation]) -> Q:
    """This function will return the condition that judgements stand behind more than one text."""
    texts = (
        judgements.exclude(result_version=None)
        .values("slot__task")
        .annotate(texts=Count("result_version__sha256", distinct=True))
        .filter(texts__gt=1)
    )
    return Q(pk__in=texts.values("slot__task"))
