"""One task as a reviewer sees it: texts, flags, judgements, decisions, and what a page carries to say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, Q, QuerySet

from annotation.models import Annotation, CampaignLanguage, Task
from annotation.weights import weights_of
from corpus.item_types import by_name
from corpus.models import ItemVersion, Translation, TranslationVersion
from flagging.queries import FlagView, flags_of
from review.models import Settlement
from review.queries import Why, is_drawn, reasons_to_review
from review.standing import current_judgements, judgements_of_current_texts, settlements_in_force


@dataclass(frozen=True, slots=True)
class Seen:
    """What a decision was based on: versions of the texts, the judgements, the last settlement.

    As a string it travels with the form; a decision on anything else is refused.
    """

    item_version: int
    translation_version: int
    judgements: frozenset[UUID]
    settlement: UUID | None

    def __str__(self) -> str:
        settlement = self.settlement.hex if self.settlement else ""
        judgements = ",".join(sorted(one.hex for one in self.judgements))
        return f"{self.item_version}.{self.translation_version}.{settlement}.{judgements}"

    @classmethod
    def parse(cls, value: str) -> Seen:
        """This function will read what a form carries; `ValueError` for anything else."""
        item, translation, settlement, judgements = value.split(".")
        return cls(
            int(item),
            int(translation),
            frozenset(UUID(hex=one) for one in judgements.split(",") if one),
            UUID(hex=settlement) if settlement else None,
        )


@dataclass(frozen=True, slots=True)
class Said:
    """A judgement with the texts it stands behind, None for one against the translation; `judged` is the version it
    started from, `system` whose that is, where several systems' may be judged.

    `counts` is False for what was said before the task was sent back: still there to be picked.
    """

    annotation: Annotation
    texts: Mapping[str, str] | None
    counts: bool
    judged: TranslationVersion

    @property
    def system(self) -> str:
        """This function will return whose translation was judged."""
        return self.judged.translation.system

    @property
    def key(self) -> str:
        """This function will return the name by which a form picks this judgement."""
        return self.annotation.public_id.hex


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `letter` of an option or "", both texts, whether it is the right answer."""

    name: str
    letter: str
    source: str
    target: str
    is_answer: bool


@dataclass(frozen=True, slots=True)
class Case:
    """Everything a reviewer sees of one task."""

    task: Task
    source: ItemVersion
    # What was offered first, and whose it is; `several` says that other systems' may be judged instead.
    translation: TranslationVersion
    system: str
    several: bool
    fields: tuple[Field, ...]
    flags: tuple[FlagView, ...]
    said: tuple[Said, ...]
    why: tuple[Why, ...]
    missing: int
    # All decisions, newest first; `standing` is the one in force.
    settlements: tuple[Settlement, ...]
    standing: Settlement | None
    # A decision on another language's task that leaves the item out of this one too.
    excluded_by: Settlement | None
    seen: Seen

    def said_by_key(self, key: str) -> Said | None:
        """This function will return the judgement a form names; None where it is not there any more."""
        return next((one for one in self.said if one.key == key), None)


def case(task: Task) -> Case:
    """This function will return what a reviewer sees of `task`, whose campaign, benchmark and item are read.

    Rights were looked at where the task came from. Nine statements, ten for one drawn for revision.
    """
    source = task.item.current_version
    translation = translation_of(task)
    target = translation.current_version
    said = _said(task)
    settlements = tuple(_settlements(task))
    counting = [one.annotation for one in said if one.counts]
    return Case(
        task=task,
        source=source,
        translation=target,
        system=translation.system,
        several=translation.is_one_of_several,  # type: ignore[attr-defined]  # annotated by translation_of
        fields=fields_of(task.campaign.benchmark.item_type, source, target.fields),
        flags=flags_of(
            translation_version=target,
            item_version=source,
            weights=weights_of(task.campaign_id, task.language_id),
        ),
        said=said,
        why=reasons_to_review(counting, is_drawn(task)),
        missing=task.slots.filter(submitted_at=None, closed_at=None).count(),
        settlements=settlements,
        standing=settlements_in_force().filter(task=task).first(),
        excluded_by=_excluded_by(task),
        seen=Seen(
            source.number,
            target.number,
            frozenset(one.public_id for one in counting),
            settlements[0].public_id if settlements else None,
        ),
    )


def seen_now(task: Task) -> Seen:
    """This function will return what a decision on `task` would be based on at this moment. Three statements."""
    last = last_settlement(task)
    return Seen(
        task.item.current_version.number,
        translation_of(task).current_version.number,
        frozenset(current_judgements([task.pk]).values_list("public_id", flat=True)),
        last.public_id if last else None,
    )


def translation_of(task: Task) -> Translation:
    """This function will return the translation a verification task offers first, with its version, and whether it is
    one of several to be judged. One statement."""
    several = CampaignLanguage.objects.filter(campaign=task.campaign_id, language=task.language_id)
    return (
        Translation.objects.annotate(is_one_of_several=Exists(several.exclude(systems=[])))
        .select_related("current_version")
        .get(item=task.item_id, language=task.language_id, system=task.system)
    )


def last_settlement(task: Task) -> Settlement | None:
    """This function will return the end of a task's chain of decisions, in force or not. One statement."""
    return task.settlements.filter(replaced_by=None).first()


def judgements_to_pick(task: Task) -> QuerySet[Annotation]:
    """This function will return the judgements of `task` on its current texts, sent back or not."""
    return judgements_of_current_texts([task.pk])


def _said(task: Task) -> tuple[Said, ...]:
    counting = set(current_judgements([task.pk]).values_list("pk", flat=True))
    judgements = (
        judgements_to_pick(task)
        .select_related("contributor", "result_version", "translation_version__translation")
        .order_by("submitted_at", "pk")
    )
    return tuple(
        Said(one, one.result_version.fields if one.result_version else None, one.pk in counting, judged)
        for one in judgements
        if (judged := one.translation_version) is not None
    )


def _settlements(task: Task) -> QuerySet[Settlement]:
    # The chain is in the order of its ids: each row names one that was there before it.
    return task.settlements.select_related(
        "decided_by", "picked__contributor", "result_version", "translation_version", "replaced_by"
    ).order_by("-pk")


def _excluded_by(task: Task) -> Settlement | None:
    everywhere = Q(
        outcome=Settlement.Outcome.EXCLUDE_ALL, task__campaign=task.campaign_id, task__item=task.item_id
    )
    found = settlements_in_force().filter(everywhere).exclude(task=task)
    return found.select_related("task__language", "decided_by").first()


def fields_of(item_type: str, source: ItemVersion, target: Mapping[str, str]) -> tuple[Field, ...]:
    """This function will return the fields of an item in its type's order, the right answer marked."""
    names: Sequence[str] = by_name(item_type).field_order({**source.fields, **target})
    answer = source.attributes.get("answer")
    letters = {name: name.removeprefix("option_").upper() for name in names if name.startswith("option_")}
    return tuple(
        Field(
            name,
            letter := letters.get(name, ""),
            source.fields.get(name, ""),
            target.get(name, ""),
            bool(letter) and letter == answer,
        )
        for name in names
    )
