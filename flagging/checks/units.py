"""Units behind numbers: 5 kg that became 5 g."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from flagging.checks.base import Check, Finding, Pair, Span, gettext_noop
from flagging.checks.numbers import ascii_digits

_UNITS = (
    "kg mg µg g km cm mm µm nm m ml mL L kJ MJ J kcal cal kW MW W kV mV V mA A kHz MHz GHz Hz kPa MPa Pa atm mol mmol "
    "°C °F K % ‰ kN N Ω kΩ dB eV keV MeV"
)
_MEASURE = regex.compile(
    r"(?<![\p{L}\d.,])(\d+(?:[.,]\d+)*)\s?(" + "|".join(sorted(map(regex.escape, _UNITS.split()), key=len, reverse=True))
    + r")(?![\p{L}\p{M}\d/^²³·*])"
)  # fmt: skip
_SAME = {"mL": "ml", "L": "l"}


class UnitsKept(Check):
    """A number has another unit's symbol behind it than in the source."""

    name = "units"
    severity = "suspect"
    title = gettext_noop("Unit changed")
    message = gettext_noop("The source says %(source)s, the translation %(target)s.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        for name, source, target in pair.shared:
            ours = _measures(source)
            theirs = _measures(target) if ours else {}
            for number, (units, _) in ours.items():
                found, span = theirs.get(number, (frozenset(), None))
                if span and not units & found:
                    params = {"source": f"{number} {min(units)}", "target": f"{number} {min(found)}"}
                    yield Finding(name, {**params}, (Span("target", name, *span),))


def _measures(text: str) -> dict[str, tuple[frozenset[str], tuple[int, int]]]:
    """By number, decimal commas as points, the symbols behind it and where the last of them stands."""
    found: dict[str, tuple[frozenset[str], tuple[int, int]]] = {}
    for hit in _MEASURE.finditer(ascii_digits(text)):
        number = hit[1].replace(",", ".")
        units = found.get(number, (frozenset[str](), (0, 0)))[0] | {_SAME.get(hit[2], hit[2])}
        found[number] = (units, hit.span())
    return found
