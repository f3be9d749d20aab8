"""How figures stand on a page: shares as percent, estimates with their bounds, each isolated from the words around."""

from __future__ import annotations

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from flagging.budget import Estimate, Point

register = template.Library()

NOT_YET = "–"
# A figure reads from left to right in every language of the interface.
_BEGIN, _END = "\u2066", "\u2069"


def _isolated(text: str) -> str:
    return f"{_BEGIN}{text}{_END}"


def _number(value: float, digits: int = 0) -> str:
    return str(number_format(round(value, digits), decimal_pos=digits, force_grouping=True))


@register.filter
def percent(share: float | None) -> str:
    """This function will return a share as whole percent, a dash for None."""
    return NOT_YET if share is None else _isolated(f"{_number(100 * share)} %")


@register.filter
def percent_band(one: Estimate | Point | None) -> str:
    """This function will return the bounds of a share in percent."""
    if one is None:
        return NOT_YET
    return _isolated(f"{_number(100 * one.low)}–{_number(100 * one.high)} %")


@register.filter
def points_band(one: Estimate) -> str:
    """This function will return a difference of shares in percentage points with its bounds."""
    shown = {
        "value": f"{100 * one.value:+.0f}", "low": f"{100 * one.low:+.0f}", "high": f"{100 * one.high:+.0f}"
    }  # fmt: skip
    return _("%(value)s points (%(low)s to %(high)s)") % {
        name: _isolated(value) for name, value in shown.items()
    }


@register.filter
def number(value: float | None, digits: int = 0) -> str:
    """This function will return a number with so many decimals, a dash for None."""
    return NOT_YET if value is None else _isolated(_number(value, digits))


@register.filter
def band(one: Estimate | None, digits: int = 0) -> str:
    """This function will return the bounds of a number with so many decimals."""
    return NOT_YET if one is None else _isolated(f"{_number(one.low, digits)}–{_number(one.high, digits)}")
