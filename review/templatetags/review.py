"""Template tags of review: texts compared, marks of flags on either side, decisions in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from annotation.labels import Severity
from common.languages import find
from common.templatetags.texts import lang_attrs, script_class
from review.cases import Case, Field, Said
from review.diff import Side, word_diff
from review.models import Settlement

register = template.Library()
_ELEMENTS = {Side.BEFORE: "del", Side.AFTER: "ins"}
Outcome = Settlement.Outcome


@register.simple_tag
def text_diff(before: str, after: str, language: str) -> SafeString:
    """This function will return how `before` became `after`, as an isolated element of their language."""
    pieces = format_html_join(
        "", "{}", ((_marked(piece.side, piece.text),) for piece in word_diff(before, after))
    )
    return format_html(
        '<bdi class="text diff {}" {}>{}</bdi>', script_class(language), lang_attrs(language), pieces
    )


def _marked(side: Side, text: str) -> SafeString:
    # A raw carriage return would be read as a line feed; a character reference is kept.
    html = mark_safe(escape(text).replace("\r", "&#13;"))  # noqa: S308 (escaped)
    element = _ELEMENTS.get(side)
    return format_html("<{}>{}</{}>", element, html, element) if element else html


@register.simple_tag
def side_marks(case: Case, field: Field, side: str) -> list[dict[str, Any]]:
    """This function will return the spans that flags put on one side of a field, as `text` wants them."""
    return [
        {"start": span["start"], "end": span["end"], "kind": flag.severity, "title": flag.evidence}
        for flag in case.flags
        for span in flag.spans
        if span["side"] == side and span["field"] == field.name
    ]


@register.simple_tag
def changed_fields(case: Case, said: Said) -> list[tuple[Field, str, str]]:
    """This function will return the fields in which a judgement's text is not the one it started from, with both."""
    return _changes(case, said.judged.fields, said.texts or {})


def _changes(case: Case, before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[Field, str, str]]:
    pairs = [
        (field, before.get(field.name, ""), after.get(field.name, before.get(field.name, "")))
        for field in case.fields
    ]
    return [(field, old, new) for field, old, new in pairs if old != new]


@register.simple_tag
def texts_of(case: Case, said: Said) -> list[tuple[Field, str]]:
    """This function will return every field with the text a judgement stands behind."""
    return [(field, (said.texts or {}).get(field.name, "")) for field in case.fields]


@register.simple_tag
def judged_texts(case: Case, said: Said) -> list[tuple[Field, str]]:
    """This function will return every field with the text a judgement started from."""
    return [(field, said.judged.fields.get(field.name, "")) for field in case.fields]


@register.simple_tag
def written_texts(case: Case, settlement: Settlement) -> list[tuple[Field, str, str]]:
    """This function will return the fields that a reviewer wrote otherwise than the text they started from, with
    both."""
    version = settlement.result_version
    return _changes(case, settlement.translation_version.fields, version.fields if version else {})


@register.filter
def flags_on(case: Case, field: Field | None = None) -> list[Any]:
    """This function will return the flags of one field."""
    return [flag for flag in case.flags if field and flag.field == field.name]


@register.filter
def other_flags(case: Case) -> list[Any]:
    """This function will return the flags that are on no field shown: those of the item as a whole."""
    names = {field.name for field in case.fields}
    return [flag for flag in case.flags if flag.field not in names]


@register.filter
def in_percent(share: float) -> str:
    """This function will return a share as whole percent, in the digits of the page's language."""
    return f"{number_format(round(share * 100), 0)}\u00a0%"


@register.filter
def how_bad(severity: str) -> str:
    """This function will return the severity of an error in a word; "" where none was named."""
    words = {
        Severity.NEUTRAL.value: _("neutral"),
        Severity.MINOR.value: _("minor"),
        Severity.MAJOR.value: _("major"),
        Severity.CRITICAL.value: _("critical"),
    }
    return words.get(severity, "")


@register.filter
def verdict_tone(verdict: str) -> str:
    """This function will return how a verdict's tag is coloured: good, warn or bad."""
    return {"accept": "good", "edit": "warn"}.get(verdict, "bad")


@register.filter
def why_tone(why: str) -> str:
    """This function will return how the tag of a reason to review is coloured; "" for none."""
    return {"reject": "bad", "disagreement": "warn"}.get(why, "")


@register.filter
def outcome_in_words(outcome: str) -> str:
    """This function will return a decision as something that was done."""
    return {
        Outcome.PICK.value: _("A judgement was taken"),
        Outcome.WRITE.value: _("A text was written"),
        Outcome.EXCLUDE_LANGUAGE.value: _("Left out in this language"),
        Outcome.EXCLUDE_ALL.value: _("Left out in all languages"),
        Outcome.SEND_BACK.value: _("Sent back"),
    }[outcome]


@register.simple_tag
def outcome_offer(outcome: str, language: str) -> tuple[str, str, str]:
    """This function will return a decision as an offer: its words, what comes of it, the key that chooses it (a
    `KeyboardEvent.code`)."""
    name = _(find(language).name)
    return {
        Outcome.WRITE.value: (_("Write the text"), _("Your text is released as settled."), "KeyW"),
        Outcome.EXCLUDE_LANGUAGE.value: (
            _("Leave out in %(language)s") % {"language": name},
            _("Other languages keep the item."),
            "KeyL",
        ),
        Outcome.EXCLUDE_ALL.value: (
            _("Leave out in all languages"),
            _("The item is in no release of this campaign."),
            "KeyX",
        ),
        Outcome.SEND_BACK.value: (
            _("Send back"),
            _("Somebody else judges it anew; what was said so far counts no more."),
            "KeyB",
        ),
    }[outcome]
