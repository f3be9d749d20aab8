"""A held slot with all there is to see of it, read for programs: in one statement, and with no models built.

A bulk worker's claim is this read; through the models it cost ten times the processor time of the statement.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from annotation.models import Annotation, Campaign, Slot
from annotation.weights import weighed
from common.rows import columns, cursor, one
from corpus.item_types import by_name
from flagging.queries import FlagView, current_flags, view_of
from people.models import Contributor

_READ = """
SELECT s.public_id, s.kind, s.language_id, s.lease_until, s.opened_at, s.flags_shown, g.number,
    b.item_type, b.source_language_id, i.external_id, i.subject, iv.id, iv.number, iv.fields, iv.attributes,
    t.system, v.id, v.number, v.origin, v.fields, (
        SELECT jsonb_agg(jsonb_build_array(o.system, ov.id, ov.number, ov.origin, ov.fields)
            ORDER BY (SELECT c.place FROM flagging_candidate c
                JOIN flagging_modelpass p ON p.id = c.model_pass_id AND p.finished_at IS NOT NULL
                WHERE c.translation_version_id = ov.id ORDER BY c.model_pass_id DESC LIMIT 1), o.system)
        FROM annotation_campaignlanguage l
        JOIN corpus_translation o ON o.item_id = i.id AND o.language_id = s.language_id AND o.system = ANY(l.systems)
        JOIN corpus_translationversion ov ON ov.id = o.current_version_id
        WHERE l.campaign_id = s.campaign_id AND l.language_id = s.language_id AND o.system <> k.system),
    EXISTS (SELECT 1 FROM flagging_flag f WHERE f.translation_version_id = v.id)
        OR EXISTS (SELECT 1 FROM flagging_flag f WHERE f.item_version_id = iv.id),
    (SELECT jsonb_object_agg(w.detector, w.weight ORDER BY w.language_id NULLS FIRST)
        FROM annotation_checksetting w WHERE w.campaign_id = s.campaign_id
            AND (w.language_id = s.language_id OR w.language_id IS NULL)),
    (SELECT a.id FROM annotation_annotation a
        WHERE a.slot_id = s.id AND a.contributor_id = s.contributor_id AND a.retraction = ''
        ORDER BY a.id DESC LIMIT 1)
FROM annotation_slot s
JOIN annotation_task k ON k.id = s.task_id
JOIN corpus_item i ON i.id = k.item_id
JOIN corpus_benchmark b ON b.id = i.benchmark_id
JOIN corpus_itemversion iv ON iv.id = i.current_version_id
LEFT JOIN annotation_guidelineversion g ON g.id = s.guideline_id
LEFT JOIN corpus_translation t
    ON t.item_id = i.id AND t.language_id = s.language_id AND t.system = k.system
LEFT JOIN corpus_translationversion v ON v.id = t.current_version_id
WHERE s.id = %s AND s.contributor_id = %s
"""


@dataclass(frozen=True, slots=True)
class Text:
    """A version of a text: its row, its number, its fields in the order of the item's type."""

    pk: int
    number: int
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A translation that may be judged; `flags` None where they are not shown."""

    system: str
    origin: str
    text: Text
    flags: tuple[FlagView, ...] | None


@dataclass(frozen=True, slots=True)
class HeldWork:
    """What a program sees of a slot; `flags`, those on the source and the offered translation, None where they are
    not shown. `others` are the translations of other systems that may be judged instead."""

    slot: UUID
    kind: str
    language: str
    lease_until: datetime
    opened_at: datetime | None
    guideline: int | None
    source_language: str
    external_id: str
    subject: str
    item: Text
    attributes: dict[str, Any]
    translation: Shown | None
    others: tuple[Shown, ...]
    flags: tuple[FlagView, ...] | None
    previous: Annotation | None


def held_work(slot: Slot, contributor: Contributor) -> HeldWork | None:
    """This function will return a slot that `contributor` holds; None where it has gone to somebody else since.

    One statement; one more where the texts are flagged or there are others, and one where they had said something
    before.
    """
    with cursor() as sent:
        sent.execute(_READ, [slot.pk, contributor.pk])
        row = sent.fetchone()
    if row is None:
        return None
    (
        public_id, kind, language, lease_until, opened_at, flags_shown, guideline,
        item_type, source_language, external_id, subject, item_pk, item_number, item_fields, attributes,
        system, pk, number, origin, fields, others, flagged, weights, previous,
    ) = row  # fmt: skip
    order = by_name(item_type).field_order
    item = _text(item_pk, item_number, item_fields, order)
    texts = [(system, origin, _text(pk, number, fields, order))] if pk else []
    texts += [
        (whose, how, _text(key, no, said, order)) for whose, key, no, how, said in json.loads(others or "[]")
    ]
    flags: Flags = None
    if flags_shown:
        flags = (
            _flags(item, [text for *_, text in texts], json.loads(weights or "{}"))
            if flagged or others
            else {}
        )
    shown = tuple(Shown(whose, how, text, _of(flags, text)) for whose, how, text in texts)
    return HeldWork(
        public_id, kind, language, lease_until, opened_at, guideline, source_language, external_id, subject,
        item, json.loads(attributes), shown[0] if shown else None, shown[1:], _on_source_and(flags, shown),
        _said(previous) if previous else None,
    )  # fmt: skip


def _text(pk: int, number: int, fields: str | dict[str, str], order: Any) -> Text:
    # The database keeps no order of names; the item's type has one.
    texts = json.loads(fields) if isinstance(fields, str) else fields
    return Text(pk, number, {name: texts[name] for name in order(texts)})


# By translation version, those on the source under None.
Flags = Mapping[int | None, tuple[FlagView, ...]] | None


def _flags(item: Text, translations: Sequence[Text], weights: Mapping[str, str]) -> Flags:
    found = current_flags(
        translation_versions=[text.pk for text in translations], item_versions=[item.pk]
    ).order_by("id")
    grouped: dict[int | None, list[FlagView]] = defaultdict(list)
    for flag in found:
        grouped[flag.translation_version_id].append(view_of(flag))
    return {version: weighed(views, weights) for version, views in grouped.items()}


def _of(flags: Flags, text: Text) -> tuple[FlagView, ...] | None:
    return None if flags is None else flags.get(text.pk, ())


def _on_source_and(flags: Flags, shown: Sequence[Shown]) -> tuple[FlagView, ...] | None:
    """Those on both texts together, the worst first."""
    if flags is None:
        return None
    return weighed([*((shown[0].flags or ()) if shown else ()), *flags.get(None, ())], {})


def _said(pk: int) -> Annotation:
    return Annotation.objects.select_related("result_version", "translation_version__translation").get(pk=pk)


_CAMPAIGN = f"""
SELECT {columns(Campaign, "c")} FROM annotation_campaign c
WHERE c.slug = %s AND EXISTS (SELECT 1 FROM annotation_membership m
    WHERE m.campaign_id = c.id AND m.contributor_id = %s AND m.withdrawn_at IS NULL)
"""  # noqa: S608 (names of ours)


def campaign_to_work_in(contributor: Contributor, slug: str) -> Campaign | None:
    """This function will return a campaign that `contributor` has a place in; None otherwise. One statement."""
    return one(_CAMPAIGN, [slug, contributor.pk], Campaign)


_SLOT = f"""
SELECT {columns(Slot, "s")} FROM annotation_slot s
WHERE s.public_id = %s AND (s.contributor_id = %s OR EXISTS (SELECT 1 FROM annotation_pasthold p
    WHERE p.slot_id = s.id AND p.contributor_id = %s))
"""  # noqa: S608 (names of ours)


def slot_to_hand_in(contributor: Contributor, public_id: UUID) -> Slot | None:
    """This function will return a slot that `contributor` has or had, with nothing beside it; None otherwise. One
    statement."""
    return one(_SLOT, [public_id, contributor.pk, contributor.pk], Slot)
