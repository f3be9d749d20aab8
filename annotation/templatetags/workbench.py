"""Template tags of the workbench: names of fields, marks of flags, groups of reasons."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from annotation.labels import (
    CULTURES,
    REASON_BY_CODE,
    REGIONS,
    SPAN_LABELS,
    TAGS,
    UNTRANSLATABLE,
    ReasonLabel,
    Severity,
    Verdict,
    reasons_for,
)
from annotation.queries import FieldView, WorkItem
from corpus.countries import COUNTRIES
from flagging.queries import FlagView

register = template.Library()


@register.filter
def field_label(field: FieldView) -> str:
    """This function will return what a field is called on a page."""
    if field.letter:
        return _("Option %(letter)s") % {"letter": field.letter}
    return _("Question") if field.name == "question" else field.name.replace("_", " ").capitalize()


@register.simple_tag
def field_marks(work: WorkItem, field: FieldView, side: str) -> list[dict[str, Any]]:
    """This function will return the spans that flags put on one side of a field, as `text` wants them."""
    return [
        {"start": span["start"], "end": span["end"], "kind": flag.severity, "title": flag.evidence}
        for flag in all_flags(work)
        for span in flag.spans
        if span["side"] == side and span["field"] == field.name
    ]


@register.filter
def all_flags(work: WorkItem) -> tuple[FlagView, ...]:
    """This function will return every flag of an item: those on the whole first, then field by field."""
    return work.flags + tuple(flag for field in work.fields for flag in field.flags)


@register.filter
def weight_label(weight: str) -> str:
    """This function will return what a check weighs in a word."""
    return _("Silent") if weight == "silent" else severity_label(weight)


@register.filter
def weight_tone(weight: str) -> str:
    """This function will return how the tag of a weight is coloured; "" for none."""
    return {"broken": "bad", "suspect": "warn"}.get(weight, "")


@register.filter
def severity_label(severity: str) -> str:
    """This function will return a flag's severity in a word."""
    return {"broken": _("Broken"), "suspect": _("Suspect"), "notice": _("Notice")}[severity]


@register.simple_tag
def reason_groups() -> list[tuple[str, str, list[ReasonLabel]]]:
    """This function will return the tree of reasons: (verdicts it is for, heading, leaves) in order of keys."""
    groups: dict[str, list[ReasonLabel]] = {}
    for reason in (*reasons_for(Verdict.REJECT), *reasons_for(Verdict.CANNOT_TRANSLATE)):
        groups.setdefault(reason.group, []).append(reason)
    return [
        ("untranslatable" if group == UNTRANSLATABLE else "translation", _(group), reasons)
        for group, reasons in groups.items()
    ]


# Four keys side by side, from neutral to critical.
_SEVERITY_KEYS = ("KeyU", "KeyI", "KeyO", "KeyP")


@register.simple_tag
def severities() -> list[tuple[str, str, str]]:
    """This function will return (value, wording, key) of the severities, mildest first."""
    wordings = (_("neutral"), _("minor"), _("major"), _("critical"))
    return [
        (str(value), word, key) for value, word, key in zip(Severity, wordings, _SEVERITY_KEYS, strict=True)
    ]


@register.filter
def in_words(marked: str) -> str:
    """This function will translate a label that is stored in English."""
    return _(marked) if marked else ""


@register.filter
def reason_in_words(code: str) -> str:
    """This function will return the wording of a reason's code."""
    return _(REASON_BY_CODE[code].label)


@register.filter
def verdict_in_words(verdict: str) -> str:
    """This function will return a verdict as something that was done."""
    return {
        "accept": _("Accepted"),
        "edit": _("Edited"),
        "reject": _("Rejected"),
        "cannot_translate": _("Marked as not translatable"),
        "": _("Labelled"),
    }[verdict]


@register.filter
def key_name(code: str) -> str:
    """This function will return the letter on the key of a `KeyboardEvent.code`, on a keyboard as sold in the US."""
    return code.removeprefix("Key").removeprefix("Digit")


@register.simple_tag
def tag_labels() -> list[tuple[str, str, str, str]]:
    """This function will return (value, wording, key, label of a span) of the kinds of knowledge."""
    wordings = (_("Cultural"), _("Geographic"), _("Dialect"))
    return [
        (tag, word, f"Digit{number}", SPAN_LABELS[tag])
        for number, (tag, word) in enumerate(zip(TAGS, wordings, strict=True), start=1)
    ]


@register.simple_tag
def countries() -> tuple[str, ...]:
    """This function will return the published names of countries."""
    return COUNTRIES


@register.simple_tag
def cultures() -> tuple[str, ...]:
    """This function will return the published names of cultures."""
    return CULTURES


@register.simple_tag
def regions() -> tuple[str, ...]:
    """This function will return the published names of regions."""
    return REGIONS
