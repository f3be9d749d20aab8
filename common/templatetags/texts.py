"""Template tags by which every text of an item reaches a page: in its language, byte for byte, isolated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from babel import Locale
from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi, ngettext

from common import rich_text
from common.languages import LanguageRecord, find
from common.marked_text import Mark, Piece, code_point_name, pieces

register = template.Library()


def _record(language: LanguageRecord | str) -> LanguageRecord:
    return language if isinstance(language, LanguageRecord) else find(str(language))


@register.simple_tag
def lang_attrs(language: LanguageRecord | str) -> SafeString:
    """This function will return `lang="…" dir="…"` of a language, given by record, tag or export name."""
    record = _record(language)
    return format_html('lang="{}" dir="{}"', record.tag, record.direction)


@register.simple_tag
def interface_attrs() -> SafeString:
    """This function will return `lang` and `dir` of the interface, for words of ours inside an item's text."""
    language = get_language() or "en"
    return format_html('lang="{}" dir="{}"', language, "rtl" if get_language_bidi() else "ltr")


@register.filter
def script_class(language: LanguageRecord | str) -> str:
    """This function will return the CSS class that picks font and line height: `script-arab`."""
    return f"script-{_record(language).script.lower()}"


@register.filter
def language_name(language: LanguageRecord | str) -> str:
    """This function will return what the language is called in the language of the interface (CLDR's name)."""
    record = _record(language)
    names = Locale.parse(get_language() or "en", sep="-").languages
    return str(names.get(record.tag.replace("-", "_"), record.name))


@register.filter
def autonym(language: LanguageRecord | str) -> str:
    """This function will return what the language calls itself."""
    return _record(language).autonym


@register.simple_tag
def text(value: str, language: LanguageRecord | str, spans: Iterable[Mapping[str, Any]] = ()) -> SafeString:
    """This function will return `value` as an isolated element of its language.

    Its text content equals `value` exactly. `spans` are mappings with `start`, `end` (half-open, code
    points), `kind` (a style: broken, suspect, notice, cultural …) and `title`.
    """
    marks = [Mark(span["start"], span["end"], span["kind"], str(span.get("title", ""))) for span in spans]
    inner = mark_safe("".join(_render(piece) for piece in pieces(value, marks)))  # noqa: S308 (escaped below)
    return format_html(
        '<bdi class="text {}" {}>{}</bdi>',
        script_class(language),
        lang_attrs(language),
        inner,
    )


@register.filter
def textarea_value(value: str) -> SafeString:
    """This function will return a text for between the tags of a textarea.

    An HTML parser drops a line break that comes first, so one is given for it to drop.
    """
    return mark_safe("\n" + _escape(value))  # noqa: S308 (escaped)


@register.filter
def markdown(source: str) -> SafeString:
    """This function will return Markdown as safe HTML: no raw HTML, no scripts, no images from elsewhere."""
    return mark_safe(rich_text.render(source))  # noqa: S308 (cleaned by nh3)


def _escape(value: str) -> str:
    # A raw carriage return would be read as a line feed; a character reference is kept.
    return escape(value).replace("\r", "&#13;")


def _render(piece: Piece) -> str:
    html = _escape(piece.text)
    if piece.oddity:
        html = format_html(
            '<span class="odd odd-{}" title="{}" data-code="{}">{}</span>',
            piece.oddity, _oddity_title(piece), _code(piece), mark_safe(html),  # noqa: S308 (escaped)
        )  # fmt: skip
    # The first mark lies innermost, and so is the one that is seen: flags come worst first.
    for mark in piece.marks:
        html = format_html(
            '<mark class="hit hit-{}" title="{}">{}</mark>',
            mark.kind, mark.title, mark_safe(html),  # noqa: S308 (escaped)
        )  # fmt: skip
    return html


def _code(piece: Piece) -> str:
    return f"{ord(piece.text):04X}" if piece.oddity == "control" else ""


def _oddity_title(piece: Piece) -> str:
    if piece.oddity != "edge":
        return code_point_name(piece.text)
    count = len(piece.text)
    if piece.start == 0:
        return ngettext(
            "%(count)d white-space character at the start",
            "%(count)d white-space characters at the start",
            count,
        ) % {"count": count}
    return ngettext(
        "%(count)d white-space character at the end",
        "%(count)d white-space characters at the end",
        count,
    ) % {"count": count}
