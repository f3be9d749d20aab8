"""Country names as Global-MMLU publishes them: CLDR's English names, but for the two with an abbreviation."""

from __future__ import annotations

from babel import Locale

_PUBLISHED = {"US": "United States of America (USA)", "GB": "United Kingdom (UK)"}
# Two-letter codes of CLDR that are no country: unions, outlying parts, pseudo-locales, unknown.
_NO_COUNTRY = {
    "EU",
    "EZ",
    "UN",
    "QO",
    "XA",
    "XB",
    "ZZ",
    "AC",
    "CP",
    "DG",
    "EA",
    "IC",
    "TA",
    "CQ",
}

COUNTRIES: tuple[str, ...] = tuple(
    sorted(
        _PUBLISHED.get(code, name)
        for code, name in Locale("en").territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
    )
)
