"""Reads of what a release is made from: a chunk of items with all that was said of them.

Everything is read inside the one repeatable-read transaction of ``exports.actions``, so chunks agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from annotation.models import Annotation, Campaign, CampaignLanguage, Kind, Membership, Task
from corpus.models import Item, Source, Translation
from flagging.queries import current_flags
from review.models import Settlement

Key = tuple[int, str]
"""Item id and language tag."""


@dataclass(frozen=True, slots=True)
class Material:
    """Items in release order and, by item (and language), their texts, judgements, settlements and flags.

    `translations` are those offered; judgements and settlements bring those of other systems along.
    """

    items: Sequence[Item]
    translations: dict[Key, Translation]
    verifications: dict[Key, list[Annotation]]
    settlements: dict[Key, list[Settlement]]
    sensitivity: dict[int, list[Annotation]]
    translation_flags: dict[int, list[str]]
    item_flags: dict[int, list[str]]


def item_ids(campaign: Campaign) -> list[int]:
    """This function will return the ids of all items of the benchmark in release order. One statement."""
    items = Item.objects.filter(benchmark=campaign.benchmark_id)
    return list(items.order_by("split", "subject", "position", "pk").values_list("pk", flat=True))


def splits(campaign: Campaign) -> list[str]:
    """This function will return the splits of the benchmark. One statement."""
    items = Item.objects.filter(benchmark=campaign.benchmark_id)
    return list(items.order_by("split").values_list("split", flat=True).distinct())


def material(campaign: Campaign, languages: Sequence[CampaignLanguage], ids: Sequence[int]) -> Material:
    """This function will return everything a release says of these items. Seven statements."""
    found = Item.objects.select_related("current_version", "published_votes").in_bulk(ids)
    items = [found[pk] for pk in ids]
    translations = _translations(languages, ids)
    verifications = _by_key(_annotations(ids).filter(slot__campaign=campaign, slot__kind=Kind.VERIFICATION))
    settlements = _settlements(campaign, ids)
    return Material(
        items=items,
        translations=translations,
        verifications=verifications,
        settlements=settlements,
        sensitivity=_by_item(_annotations(ids).filter(slot__kind=Kind.SENSITIVITY)),
        translation_flags=_flags(
            "translation_version", _current_versions(translations, verifications, settlements)
        ),
        item_flags=_flags("item_version", [item.current_version_id for item in items]),
    )


def _current_versions(
    translations: Mapping[Key, Translation],
    verifications: Mapping[Key, Sequence[Annotation]],
    settlements: Mapping[Key, Sequence[Settlement]],
) -> set[int]:
    """Of every translation that a row may be released from: those offered, and those people went by instead."""
    judged = [row.translation_version for rows in verifications.values() for row in rows]
    judged += [row.translation_version for rows in settlements.values() for row in rows]
    others = {version.translation.current_version_id for version in judged if version is not None}
    return others | {one.current_version_id for one in translations.values()}


def _translations(languages: Sequence[CampaignLanguage], ids: Sequence[int]) -> dict[Key, Translation]:
    wanted = Q(pk__in=[])
    for chosen in languages:
        offered: str | Subquery = chosen.system
        if chosen.systems:
            tasks = Task.objects.filter(
                campaign=chosen.campaign_id, kind=Kind.VERIFICATION, language=chosen.language_id,
                item=OuterRef("item"),
            )  # fmt: skip
            offered = Subquery(tasks.values("system")[:1])
        wanted |= Q(language=chosen.language_id, system=offered)
    rows = Translation.objects.filter(wanted, item__in=ids).select_related("current_version")
    for row in rows:
        # What a row is released from is asked for by its version.
        row.current_version.translation = row
    return {(row.item_id, row.language_id): row for row in rows}


def _annotations(ids: Sequence[int]) -> QuerySet[Annotation]:
    """Judgements only: a retraction is told by the ``corrected_by`` of what it takes back."""
    return (
        Annotation.objects.filter(slot__task__item__in=ids, retraction="")
        .select_related(
            "slot__task",
            "contributor",
            "corrected_by",
            "result_version__translation__current_version",
            "translation_version__translation",
        )
        .order_by("submitted_at", "pk")
    )


def _by_key(annotations: Iterable[Annotation]) -> dict[Key, list[Annotation]]:
    grouped: dict[Key, list[Annotation]] = defaultdict(list)
    for one in annotations:
        grouped[one.slot.task.item_id, one.slot.task.language_id].append(one)
    return grouped


def _by_item(annotations: Iterable[Annotation]) -> dict[int, list[Annotation]]:
    grouped: dict[int, list[Annotation]] = defaultdict(list)
    for one in annotations:
        grouped[one.slot.task.item_id].append(one)
    return grouped


def _settlements(campaign: Campaign, ids: Sequence[int]) -> dict[Key, list[Settlement]]:
    rows = (
        Settlement.objects.filter(task__campaign=campaign, task__kind=Kind.VERIFICATION, task__item__in=ids)
        .select_related(
            "task",
            "replaced_by",
            "result_version__translation__current_version",
            "translation_version__translation",
        )
        .order_by("decided_at", "pk")
    )
    grouped: dict[Key, list[Settlement]] = defaultdict(list)
    for row in rows:
        grouped[row.task.item_id, row.task.language_id].append(row)
    return grouped


def _flags(text: str, version_ids: Collection[int]) -> dict[int, list[str]]:
    rows = current_flags(**{f"{text}s": version_ids})
    grouped: dict[int, set[str]] = defaultdict(set)
    for version, detector, field in rows.values_list(f"{text}_id", "detector", "field"):
        grouped[version].add(f"{detector}:{field}")
    return {version: sorted(flags) for version, flags in grouped.items()}


def standings(campaign: Campaign) -> dict[tuple[int, str], str]:
    """This function will return everyone's standing by contributor id and language tag. One statement."""
    rows = Membership.objects.filter(campaign=campaign).values_list(
        "contributor_id", "language_id", "standing"
    )
    return {(contributor, language): standing for contributor, language, standing in rows}


def items_excluded_everywhere(campaign: Campaign) -> set[int]:
    """This function will return the ids of items that are left out of all languages. One statement.

    Such a decision is about the source text alone: a new translation does not lift it.
    """
    rows = Settlement.objects.filter(
        task__campaign=campaign,
        outcome=Settlement.Outcome.EXCLUDE_ALL,
        replaced_by=None,
        item_version=F("task__item__current_version"),
    )
    return set(rows.values_list("task__item", flat=True))


def sources(imports: Collection[int], known: Collection[int]) -> list[Source]:
    """This function will return the sources behind some imports, and those ``known`` by id. One statement."""
    rows = Source.objects.filter(Q(import__in=imports) | Q(pk__in=known)).distinct()
    return list(rows.order_by("language", "system", "licence", "pk"))


def is_stale(annotation: Annotation, item: Item) -> bool:
    """This function will say whether a judgement saw a source text or a translation that counts no longer."""
    version = annotation.translation_version
    replaced = version is not None and version.pk != version.translation.current_version_id
    return replaced or annotation.item_version_id != item.current_version_id


def state_of(annotation: Annotation, item: Item) -> str:
    """This function will say whether a judgement counts: ``current``, or why not (``corrected``,
    ``retracted``, ``stale``, ``extra``, ``sent_back``). No statement on material that ``material`` returned."""
    later = getattr(annotation, "corrected_by", None)
    if later is not None:
        return {"": "corrected", "undone": "retracted", "stale": "stale"}[later.retraction]
    if is_stale(annotation, item):
        return "stale"
    if annotation.slot.is_extra:
        return "extra"
    return "sent_back" if annotation.slot.set_aside_at else "current"


def standing_settlement(settlements: Sequence[Settlement], item: Item) -> Settlement | None:
    """This function will return the decision in force: the last, unless it sent the task back or was about
    texts that count no longer."""
    last = _last(settlements, item)
    return None if last is None or last.outcome == Settlement.Outcome.SEND_BACK else last


def is_sent_back(settlements: Sequence[Settlement], item: Item) -> bool:
    """This function will say whether the last decision on the texts that count was to judge them again."""
    last = _last(settlements, item)
    return last is not None and last.outcome == Settlement.Outcome.SEND_BACK


def _last(settlements: Sequence[Settlement], item: Item) -> Settlement | None:
    for row in settlements:
        if getattr(row, "replaced_by", None) is None:
            return row if _is_of_current_texts(row, item) else None
    return None


def _is_of_current_texts(row: Settlement, item: Item) -> bool:
    if row.item_version_id != item.current_version_id:
        return False
    everywhere = row.outcome == Settlement.Outcome.EXCLUDE_ALL
    return everywhere or row.translation_version_id == row.translation_version.translation.current_version_id
