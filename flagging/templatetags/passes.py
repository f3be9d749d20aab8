"""Template tags of the passes: times in words, and commands to type inside a sentence."""

from __future__ import annotations

import re

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from flagging.catalogue import title_of_scorer

register = template.Library()
_COMMAND = re.compile(r"`([^`]+)`")


@register.filter
def duration(seconds: float) -> str:
    """This function will return a length of time in words, as exactly as an estimate deserves."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return _("less than a minute")
    if minutes < 60:
        return ngettext("about %d minute", "about %d minutes", minutes) % minutes
    hours = round(seconds / 3600)
    if hours < 48:
        return ngettext("about %d hour", "about %d hours", hours) % hours
    days = round(hours / 24)
    return ngettext("about %d day", "about %d days", days) % days


@register.filter
def commands(sentence: str) -> SafeString:
    """This function will return a sentence with what stands between backticks set as something to type."""
    return mark_safe(_COMMAND.sub(_typed, str(escape(sentence))))  # noqa: S308 (escaped)


def _typed(found: re.Match[str]) -> str:
    return format_html('<code dir="ltr">{}</code>', mark_safe(found[1]))  # noqa: S308 (escaped by `commands`)


@register.filter
def scorer_title(name: str) -> str:
    """This function will return what a scorer is called on a page."""
    return title_of_scorer(name)
