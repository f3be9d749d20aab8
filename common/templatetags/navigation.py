"""Where the reader is, for the header."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def is_within(path: str, url: str) -> bool:
    """This function will say whether `path` lies at or below `url`; everything lies below `/`, which counts
    only for itself."""
    return path == url or (url != "/" and path.startswith(url))
