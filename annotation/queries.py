"""Reads of the annotation room. Each is scoped to the person who asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from annotation.actions.submissions import tips
from annotation.candidates import Candidate, candidates
from annotation.models import (
    Annotation,
    Campaign,
    GuidelineVersion,
    Kind,
    Membership,
    PastHold,
    Skip,
    Slot,
)
from annotation.permissions import standings_for
from annotation.weights import weights_of
from corpus.item_types import by_name
from corpus.models import ItemVersion, TranslationVersion
from flagging.queries import FlagView, flags_of
from people.models import Contributor


@dataclass(frozen=True, slots=True)
class Queue:
    """One line of somebody's home page: work of one kind in one language of one campaign."""

    campaign: Campaign
    kind: str
    language: str
    standing: str
    done: int
    held: bool
    open: bool


def queues(contributor: Contributor) -> list[Queue]:
    """This function will return the queues that `contributor` may take from. Two statements, one more a membership,
    two where nothing is left free."""
    memberships = (
        Membership.objects.filter(contributor=contributor, withdrawn_at=None, campaign__closed_at=None)
        .select_related("campaign__benchmark")
        .order_by("campaign__opened_at", "language")
    )
    own = _own_slots(contributor)
    return [queue for membership in memberships if (queue := _queue(membership, own)) is not None]


OwnSlots = Mapping[tuple[int, str, str], tuple[int, int]]


def _own_slots(contributor: Contributor) -> OwnSlots:
    """How many slots somebody has handed in and holds, by campaign, kind and language: all at once, since their
    slots lie together and not by queue."""
    rows = (
        Slot.objects.filter(contributor=contributor, campaign__closed_at=None)
        .values_list("campaign", "kind", "language")
        .annotate(done=Count("submitted_at"), held=Count("id", filter=Q(submitted_at=None)))
        .order_by()
    )
    return {(campaign, kind, language): (done, held) for campaign, kind, language, done, held in rows}


def _queue(membership: Membership, own: OwnSlots) -> Queue | None:
    campaign, language = membership.campaign, membership.language_id
    kind = Kind.SENSITIVITY if language == campaign.benchmark.source_language_id else Kind.VERIFICATION
    if membership.standing not in standings_for(campaign, kind):
        return None
    done, held = own.get((campaign.pk, kind.value, language), (0, 0))
    return Queue(
        campaign, kind, language, membership.standing, done, bool(held), has_open_slots(membership, kind)
    )


def has_open_slots(membership: Membership, kind: str) -> bool:
    """This function will say whether a queue has a slot for a member who has not judged its task or passed it by.

    One statement, two where none was left free.
    """
    contributor = membership.contributor_id
    # Not by an index on the person, as in the claim.
    who = F("contributor_id") + 0
    others = Slot.objects.annotate(who=who).filter(task=OuterRef("task"), who=contributor)
    skips = Skip.objects.annotate(who=who).filter(task=OuterRef("task"), who=contributor)
    theirs = Slot.objects.filter(
        ~Exists(others), ~Exists(skips), campaign=membership.campaign_id, kind=kind,
        language=membership.language_id, closed_at=None,
    )  # fmt: skip
    free = theirs.filter(contributor=None, position__gte=membership.low_water)
    expired = theirs.filter(contributor__isnull=False, submitted_at=None, lease_until__lt=Now())
    # In the order of the queue, or the planner prefers to read all of it.
    return bool(free.order_by("position", "pk").values("pk")[:1]) or expired.exists()


def campaign_for(contributor: Contributor, slug: str) -> Campaign:
    """This function will return a campaign that `contributor` is a member of; `Campaign.DoesNotExist` otherwise.

    One statement.
    """
    return (
        Campaign.objects.filter(memberships__contributor=contributor, memberships__withdrawn_at=None)
        .select_related("benchmark__source_language")
        .distinct()
        .get(slug=slug)
    )


def own_slot(contributor: Contributor, public_id: UUID) -> Slot:
    """This function will return a slot that `contributor` holds, has submitted or had; `Slot.DoesNotExist`
    otherwise. One statement."""
    had = PastHold.objects.filter(slot=OuterRef("pk"), contributor=contributor)
    return (
        Slot.objects.filter(Q(contributor=contributor) | Exists(had))
        .select_related("campaign__benchmark", "task__item__current_version", "guideline")
        .get(public_id=public_id)
    )


def latest_guideline(campaign: Campaign) -> GuidelineVersion:
    """This function will return the guidelines in force. One statement."""
    return campaign.guidelines.latest("number")


def last_submitted(contributor: Contributor, *, limit: int = 10) -> QuerySet[Annotation]:
    """This function will return the last judgements of `contributor` that stand, newest first. One statement."""
    return (
        tips(Annotation.objects.filter(contributor=contributor))
        .filter(Q(slot__set_aside_at=None) | Q(slot__number=None), slot__campaign__closed_at=None)
        .select_related("slot__task__item", "slot__campaign")
        .order_by("-submitted_at", "-id")[:limit]
    )


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field on the workbench: `name`, option `letter` ("" for none), both texts, whether it is the answer."""

    name: str
    letter: str
    source: str
    target: str
    is_answer: bool
    flags: tuple[FlagView, ...]


@dataclass(frozen=True, slots=True)
class WorkItem:
    """Everything a page shows of one slot."""

    slot: Slot
    campaign: Campaign
    external_id: str
    subject: str
    source_language: str
    language: str
    fields: tuple[FieldView, ...]
    # Flags on the item as a whole; those on a field hang on it.
    flags: tuple[FlagView, ...]
    item_version: int
    translation_version: int | None
    translation: TranslationVersion | None
    # All that may be judged, the offered one first, and which of them is shown; both empty for sensitivity.
    candidates: tuple[Candidate, ...]
    shown: Candidate | None
    # What this person had said before they took it back.
    previous: Annotation | None
    guideline: GuidelineVersion

    @property
    def number(self) -> int:
        """This function will return which of the candidates is shown, from 1."""
        return self.candidates.index(self.shown) + 1 if self.shown else 1

    @property
    def shows_what_was_judged(self) -> bool:
        """This function will say whether what this person had said before is about the text that is shown."""
        judged = self.previous.translation_version if self.previous else None
        return judged is None or self.shown is None or judged.translation.system == self.shown.system

    @property
    def following(self) -> Candidate | None:
        """This function will return the candidate that comes after the one shown, the first after the last; None
        where there is but one."""
        return self.candidates[self.number % len(self.candidates)] if len(self.candidates) > 1 else None


def work_item(
    slot: Slot, *, offered: tuple[Candidate, ...] | None = None, shown: Candidate | None = None
) -> WorkItem:
    """This function will return what the workbench shows of `slot`: `shown` of its candidates, which are `offered`
    where they were read before; else the one its person judged before, else the first. Four statements; five where
    nobody was told of guidelines yet, one less without flags or with candidates that were read.

    `slot` comes from `own_slot`; rights were looked at there.
    """
    version = slot.task.item.current_version
    offered = candidates(slot) if offered is None else offered
    previous = _previous(slot)
    shown = shown or _judged_before(offered, previous) or next(iter(offered), None)
    translation = shown.version if shown else None
    flags = _flags(slot, translation, version) if slot.shows_flags else ()
    return WorkItem(
        slot=slot,
        campaign=slot.campaign,
        external_id=slot.task.item.external_id,
        subject=slot.task.item.subject,
        source_language=slot.campaign.benchmark.source_language_id,
        language=slot.language_id,
        fields=field_views(slot, version.fields, translation.fields if translation else {}, flags),
        flags=tuple(flag for flag in flags if not flag.field),
        item_version=version.number,
        translation_version=translation.number if translation else None,
        translation=translation,
        candidates=offered,
        shown=shown,
        previous=previous,
        guideline=slot.guideline or latest_guideline(slot.campaign),
    )


def _flags(slot: Slot, translation: TranslationVersion | None, item: ItemVersion) -> tuple[FlagView, ...]:
    weights = weights_of(slot.campaign_id, slot.language_id)
    return flags_of(translation_version=translation, item_version=item, weights=weights)


def field_views(
    slot: Slot, source: Mapping[str, str], target: Mapping[str, str], flags: tuple[FlagView, ...]
) -> tuple[FieldView, ...]:
    """This function will return the fields of an item in its type's order, the answer marked where the campaign
    shows it."""
    item_type = by_name(slot.campaign.benchmark.item_type)
    attributes: Mapping[str, Any] = slot.task.item.current_version.attributes
    answer = attributes.get("answer") if slot.campaign.show_answer else None
    names = item_type.field_order({**source, **target})
    return tuple(
        FieldView(
            name,
            letter := name.removeprefix("option_").upper() if name.startswith("option_") else "",
            source.get(name, ""),
            target.get(name, ""),
            bool(letter) and letter == answer,
            tuple(flag for flag in flags if flag.field == name),
        )
        for name in names
    )


def _previous(slot: Slot) -> Annotation | None:
    return (
        Annotation.objects.filter(slot=slot, contributor=slot.contributor_id, retraction="")
        .select_related("result_version", "translation_version__translation")
        .order_by("-id")
        .first()
    )


def _judged_before(offered: tuple[Candidate, ...], previous: Annotation | None) -> Candidate | None:
    judged = previous.translation_version if previous else None
    return next((one for one in offered if judged and one.system == judged.translation.system), None)


# Slots as progress counts them: extra ones are outside every overlap.
SUBMITTED = Q(submitted_at__isnull=False, number__isnull=False)
WANTED = Q(closed_at=None) | SUBMITTED


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a queue is: tasks, wanted judgements, and how many are submitted or held."""

    kind: str
    language: str
    tasks: int
    slots: int
    submitted: int
    held: int
    complete: int


def progress(campaign: Campaign) -> list[Progress]:
    """This function will return how far each queue of a campaign is, equal to counting the rows. Two statements."""
    slots = (
        Slot.objects.filter(campaign=campaign)
        .values("kind", "language")
        .annotate(
            slots=Count("id", filter=WANTED),
            submitted=Count("id", filter=SUBMITTED),
            held=Count("id", filter=Q(submitted_at=None, lease_until__gte=Now(), number__isnull=False)),
        )
    )
    tasks = {
        (row["kind"], row["language"]): row
        for row in campaign.tasks.values("kind", "language").annotate(
            tasks=Count("id"), complete=Count("id", filter=~Exists(_unsubmitted()))
        )
    }
    return [
        Progress(
            row["kind"], row["language"], tasks[row["kind"], row["language"]]["tasks"], row["slots"],
            row["submitted"], row["held"], tasks[row["kind"], row["language"]]["complete"],
        )
        for row in slots.order_by("kind", "language")
    ]  # fmt: skip


def _unsubmitted() -> QuerySet[Slot]:
    return Slot.objects.filter(task=OuterRef("pk"), submitted_at=None, closed_at=None)
