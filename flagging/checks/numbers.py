"""Numbers in digits: found in any script's digits, compared whatever the grouping and decimal marks."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import regex

_FOREIGN_DIGIT = regex.compile(r"(?![0-9])\p{Nd}")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")
# Digits in groups: by a point, comma, apostrophe or an Arabic mark; by a blank only before three digits.
# The number of an HTML entity (&#39;) is none.
_NUMBER = regex.compile(r"(?<!&#)(?<!&#\d)\d+(?:(?:[.,'’٫٬·．，]\d+)|(?:[ \u00a0\u202f\u2009]\d{3}(?!\d)))*")
_DIGIT = re.compile(r"[\d⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉]")
_PART = regex.compile(r"\d+")
_RAISED_SIGN = regex.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉]+")


@dataclass(frozen=True)
class Amount:
    """One number as written: where it stands (code points of the text), and its groups of digits."""

    start: int
    end: int
    text: str
    parts: tuple[str, ...]

    @property
    def digits(self) -> str:
        """All digits without marks and leading zeros; `1,000`, `1.000` and `1 000` are one."""
        return "".join(self.parts).lstrip("0") or "0"

    @property
    def readings(self) -> frozenset[str]:
        """Every value the writing may stand for: all marks as grouping, or the last one as decimal."""
        found = {self.digits}
        if len(self.parts) > 1:
            whole = "".join(self.parts[:-1]).lstrip("0") or "0"
            decimals = self.parts[-1].rstrip("0")
            found.add(f"{whole}.{decimals}" if decimals else whole)
        return frozenset(found)

    @property
    def value(self) -> int:
        """The number with all marks read as grouping."""
        return int(self.digits[:30])

    @property
    def values(self) -> frozenset[float]:
        """The readings as numbers."""
        return frozenset(float(reading[:30]) for reading in self.readings)

    @property
    def significant(self) -> str:
        """The digits without zeros at either end: what 5.5 million and 550万 share."""
        return self.digits.strip("0")


def ascii_digits(text: str) -> str:
    """This function will write the decimal digits of every script as 0 to 9; the length stays."""
    if text.isascii():
        return text
    return _FOREIGN_DIGIT.sub(lambda hit: str(unicodedata.decimal(hit[0])), text)


@lru_cache(maxsize=4096)
def amounts_in(text: str) -> tuple[Amount, ...]:
    """This function will return the numbers of the text in order, exponents apart from their bases."""
    if _DIGIT.search(text) is None:
        return ()
    plain = ascii_digits(text)
    found = [_amount(hit.start(), hit.end(), hit[0]) for hit in _NUMBER.finditer(plain)]
    if not text.isascii():
        for hit in _RAISED_SIGN.finditer(text):
            found.append(_amount(hit.start(), hit.end(), hit[0].translate(_RAISED)))
        found.sort(key=lambda amount: amount.start)
    return tuple(found)


def _amount(start: int, end: int, written: str) -> Amount:
    return Amount(start, end, written, tuple(_PART.findall(written)))


def amounts(text: str) -> list[str]:
    """This function will return the digits of every number of the text, sorted: equal in every locale."""
    return sorted(amount.digits for amount in amounts_in(text))


def unmatched(source: tuple[Amount, ...], target: tuple[Amount, ...]) -> tuple[list[Amount], list[Amount]]:
    """This function will pair off equal numbers and return what is left of the source and of the target."""
    left, pool = [], list(target)
    for amount in source:
        twin = next((one for one in pool if one.readings & amount.readings), None)
        if twin is None:
            left.append(amount)
        else:
            pool.remove(twin)
    return _without_lists(left, pool), _without_lists(pool, left)


def _without_lists(mine: list[Amount], theirs: list[Amount]) -> list[Amount]:
    """Leaves out what the other side holds as parts of lists, dates and times: `1,2` and `1, 2`."""
    parts = {part.lstrip("0") for amount in theirs for part in amount.parts}
    digits = {part.lstrip("0") for amount in mine for part in amount.parts}
    together = "".join(amount.digits for amount in theirs)
    return [
        amount
        for amount in mine
        if not (
            (len(amount.parts) > 1 and all(part.lstrip("0") in parts for part in amount.parts))
            or (len(amount.parts) == 1 and any(_is_part_of(amount, one, digits) for one in theirs))
            or (len(amount.parts) > 1 and amount.digits == together)
        )
    ]


def _is_part_of(amount: Amount, other: Amount, digits: set[str]) -> bool:
    """Whether `other` is a list written without gaps whose parts all stand on this side."""
    return (
        len(other.parts) > 1
        and all(part.lstrip("0") in digits for part in other.parts)
        and (amount.digits in {part.lstrip("0") for part in other.parts})
    )


def count_kept(source: str, target: str) -> tuple[int, int]:
    """This function will return how many numbers above 1 the source has in digits, and how many of them the target
    has too."""
    ours = [one for one in amounts_in(source) if one.value > 1]
    theirs = {reading for one in amounts_in(target) for reading in one.readings} if ours else set()
    return len(ours), sum(bool(one.readings & theirs) for one in ours)
