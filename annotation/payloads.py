"""Rows as the API answers them: plain dicts in the shapes of `annotation.serializers`."""

from __future__ import annotations

from typing import Any

from annotation.held_work import HeldWork, Shown
from annotation.models import Annotation, Campaign, Kind, Slot
from annotation.queries import Queue
from flagging.queries import FlagView


def work(held: HeldWork, campaign: Campaign) -> dict[str, Any]:
    """This function will return a held slot with all that is to be seen of it."""
    return {
        "slot": held.slot,
        "campaign": campaign.slug,
        "kind": held.kind,
        "language": held.language,
        "lease_until": held.lease_until,
        "opened_at": held.opened_at,
        "guideline": held.guideline,
        "item": {
            "id": held.external_id,
            "subject": held.subject,
            "language": held.source_language,
            "version": held.item.number,
            "fields": held.item.fields,
            "attributes": held.attributes if campaign.show_answer else None,
        },
        "translation": _translation(held.language, held.translation) if held.translation else None,
        "others": [_other(held.language, one) for one in held.others],
        "flags": _flags(held.flags),
        "previous": said(held.previous) if held.previous else None,
    }


def _translation(language: str, shown: Shown) -> dict[str, Any]:
    return {
        "language": language,
        "system": shown.system,
        "origin": shown.origin,
        "version": shown.text.number,
        "fields": shown.text.fields,
    }


def _other(language: str, shown: Shown) -> dict[str, Any]:
    return {**_translation(language, shown), "flags": _flags(shown.flags)}


def _flags(flags: tuple[FlagView, ...] | None) -> list[dict[str, Any]] | None:
    return None if flags is None else [_flag(flag) for flag in flags]


def _flag(flag: FlagView) -> dict[str, Any]:
    return {
        "detector": flag.detector,
        "title": flag.title,
        "severity": flag.severity,
        "field": flag.field,
        "evidence": flag.evidence,
        "spans": list(flag.spans),
        "on_source": flag.on_source,
    }


def said(annotation: Annotation) -> dict[str, Any]:
    """This function will return what a judgement says; its fields where it is an edit."""
    edited = annotation.result_version if annotation.verdict == "edit" else None
    judged = annotation.translation_version
    return {
        "system": judged.translation.system if judged else None,
        "verdict": annotation.verdict,
        "reason": annotation.reason,
        "severity": annotation.severity,
        "fields": edited.fields if edited else None,
        "answers": annotation.answers,
        "note": annotation.note,
    }


def own_annotation(annotation: Annotation) -> dict[str, Any]:
    """This function will return one row that somebody handed in."""
    slot = annotation.slot
    return {
        "annotation": annotation.public_id,
        "slot": slot.public_id,
        "campaign": slot.campaign.slug,
        "kind": slot.kind,
        "language": slot.language_id,
        "item": slot.task.item.external_id,
        "retraction": annotation.retraction,
        "submitted_at": annotation.submitted_at,
        **said(annotation),
    }


def held_slot(slot: Slot) -> dict[str, Any]:
    """This function will return a slot that somebody holds."""
    return {
        "slot": slot.public_id,
        "campaign": slot.campaign.slug,
        "kind": slot.kind,
        "language": slot.language_id,
        "item": slot.task.item.external_id,
        "claimed_at": slot.claimed_at,
        "lease_until": slot.lease_until,
    }


def campaign_row(campaign: Campaign) -> dict[str, Any]:
    """This function will return a campaign as a list shows it."""
    return {
        "campaign": campaign.slug,
        "name": campaign.name,
        "benchmark": campaign.benchmark.slug,
        "source_language": campaign.benchmark.source_language_id,
        "opened_at": campaign.opened_at,
        "paused_at": campaign.paused_at,
        "closed_at": campaign.closed_at,
    }


def campaign_detail(campaign: Campaign, queues: list[Queue], guideline: int) -> dict[str, Any]:
    """This function will return a campaign with what somebody is to it. One statement."""
    languages = [
        {"language": one.language_id, "system": one.system, "systems": one.systems or [one.system]}
        for one in campaign.languages.all()
    ]
    kinds = [Kind.VERIFICATION] if languages else []
    return {
        **campaign_row(campaign),
        "kinds": [*kinds, Kind.SENSITIVITY] if campaign.sensitivity_overlap else kinds,
        "languages": languages,
        "overlap": {
            Kind.VERIFICATION: campaign.verification_overlap,
            Kind.SENSITIVITY: campaign.sensitivity_overlap,
        },
        "lease_seconds": campaign.lease_seconds,
        "shows_answer": campaign.show_answer,
        "shows_flags": campaign.show_flags,
        "guideline": guideline,
        "queues": [_queue(queue) for queue in queues],
    }


def _queue(queue: Queue) -> dict[str, Any]:
    return {
        "kind": queue.kind,
        "language": queue.language,
        "standing": queue.standing,
        "done": queue.done,
        "held": queue.held,
        "open": queue.open,
    }
