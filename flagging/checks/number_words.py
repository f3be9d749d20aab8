"""Numbers written in words: enough to excuse a number that changed its form, never to accuse one."""

from __future__ import annotations

from functools import lru_cache

import regex

from flagging.checks.number_tables import MONTHS, ORDINALS, OTHERS, STEMS, TENS, UNITS

_TABLE = {
    line.split("|")[0]: [stems.split("/") for stems in line.split("|")[1].split()]
    for line in STEMS.strip().splitlines()
}
# Joined to other words on either side, so that a stem may stand inside a word.
_INSIDE = frozenset({"am", "ar", "fa", "he", "ko", "sw", "th"})


def _english() -> dict[str, tuple[int, ...]]:
    others = (entry.split("=") for entry in OTHERS.split())
    table = {word: tuple(map(int, values.split("/"))) for word, values in others}
    for value, (unit, ordinal) in enumerate(zip(UNITS.split(), ORDINALS.split(), strict=True)):
        table[unit] = table[ordinal] = (value,)
    for index, ten in enumerate(TENS.split()):
        value = 20 + 10 * index
        table[ten] = table[ten[:-1] + "ieth"] = (value,)
        table[ten[:-1] + "ies"] = (value, 1900 + value)
        for below_ten in range(1, 10):
            for word in (UNITS.split()[below_ten], ORDINALS.split()[below_ten]):
                table[f"{ten}-{word}"] = table[f"{ten} {word}"] = (value + below_ten,)
    for index, month in enumerate(MONTHS.split()):
        for word in (month, month[:3]):
            table[word] = (*table.get(word, ()), index + 1)
    return table


_ENGLISH = _english()
_ENGLISH_WORD = regex.compile(
    r"\b(?:" + "|".join(sorted((regex.escape(word) for word in _ENGLISH), key=len, reverse=True)) + r")\b"
)
_PARTS = regex.compile(r"[\p{L}\p{M}]+")
_ROMAN = regex.compile(r"(?<![A-Za-z])(?=[IVXLC])(?:C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?![A-Za-z])")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}

_HAN_DIGITS = {
    sign: value
    for value, signs in enumerate(
        ("〇零", "一壹", "二两兩贰双", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
    )
    for sign in signs
}
_HAN_POWERS = {"十": 10, "拾": 10, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_HAN_RUN = regex.compile("[" + "".join((*_HAN_DIGITS, *_HAN_POWERS)) + "]+")
_POWERS = _HAN_POWERS | {
    "십": 10,
    "백": 100,
    "천": 1000,
    "만": 10**4,
    "억": 10**8,
    "兆": 10**12,
    "조": 10**12,
}
_SIGNS = "".join(_POWERS)
_COMPOSITE = regex.compile(
    rf"\d[\d,]*[{_SIGNS}]+\s?\d[\d,]*[{_SIGNS}]*(?:\s?\d[\d,]*[{_SIGNS}]+)*(?:\s?\d+)?"
)
_COMPOSITE_PART = regex.compile(rf"(\d[\d,]*)([{_SIGNS}]*)")
_DISCOUNT = regex.compile("([" + "".join(_HAN_DIGITS) + r"1-9]{1,2})折")


def base_language(language: str) -> str:
    """This function will return the primary subtag: `zh-Hans` is `zh`."""
    return language.split("-")[0].lower()


def knows_words(language: str) -> bool:
    """This function will tell whether number words of the language are in the tables."""
    return base_language(language) in _TABLE or base_language(language) in {"en", "zh", "ja"}


def values_in_words(text: str, language: str) -> frozenset[int]:
    """This function will return every number that words, Roman or Han numerals of the text may stand for."""
    return _values(text, base_language(language))


@lru_cache(maxsize=2048)
def _values(text: str, language: str) -> frozenset[int]:
    found: set[int] = {roman_value(hit) for hit in _ROMAN.findall(text)}
    if language == "en":
        found.update(value for hit in _ENGLISH_WORD.findall(text.lower()) for value in _ENGLISH[hit])
        found.update(_ENGLISH[part][0] for part in regex.split(r"[-\s]", text.lower()) if part in _ENGLISH)
    if language in {"zh", "ja", "ko"}:
        for hit in _HAN_RUN.findall(text):
            found.update(han_values(hit))
        found.update(_discounts(text))
    if language in _TABLE:
        found.update(_from_stems(text.lower(), _TABLE[language], inside=language in _INSIDE))
    return frozenset(found)


def _discounts(text: str) -> set[int]:
    """Per cent off, from the tenths that are left to pay: `七五折` is 25 off, `9折` is 10."""
    found = set()
    for tenths in _DISCOUNT.findall(text):
        digits = "".join(str(_HAN_DIGITS.get(sign, sign)) for sign in tenths)
        found.add(100 - int(digits.ljust(2, "0")))
    return found


def composites(text: str, language: str) -> list[tuple[int, int, int]]:
    """This function will return (start, end, value) of numbers in digits with several Han or Korean magnitudes
    among them: `2万5千` is 25,000."""
    if base_language(language) not in {"zh", "ja", "ko"}:
        return []
    return [(*hit.span(), _composite_value(hit[0])) for hit in _COMPOSITE.finditer(text)]


def _composite_value(written: str) -> int:
    total = section = 0
    for digits, powers in _COMPOSITE_PART.findall(written):
        number = int(digits.replace(",", ""))
        for sign in powers:
            power = _POWERS[sign]
            if power >= 10**4:
                total, section, number = total + (section + number) * power, 0, 0
            else:
                number *= power
        section += number
    return total + section


def _from_stems(text: str, table: list[list[str]], *, inside: bool) -> set[int]:
    if inside:
        return {value for value, stems in enumerate(table) if any(stem in text for stem in stems)}
    parts = _PARTS.findall(text)
    heads = {part[:length] for part in parts for length in range(1, len(part) + 1)}
    return {value for value, stems in enumerate(table) if any(stem in heads for stem in stems)}


def roman_value(numeral: str) -> int:
    """This function will return the value of a Roman numeral below 400, 0 for an empty one."""
    values = [_ROMAN_VALUES[sign] for sign in numeral]
    return sum(-one if one < two else one for one, two in zip(values, (*values[1:], 0), strict=False))


def han_values(numeral: str) -> set[int]:
    """This function will return the value of a run of Han numerals, and each of its digits alone.

    `二十三` gives 23; read sign by sign, as in `二〇〇七`, it gives 2007.
    """
    digits = [_HAN_DIGITS[sign] for sign in numeral if sign in _HAN_DIGITS]
    values = set(digits) | {_han_sum(numeral)}
    if len(digits) == len(numeral):
        values.add(int("".join(map(str, digits))))
    return values


def _han_sum(numeral: str) -> int:
    total = section = digit = 0
    for sign in numeral:
        if sign in _HAN_DIGITS:
            digit = _HAN_DIGITS[sign]
            continue
        power = _HAN_POWERS[sign]
        if power >= 10**4:
            total, section = total + max(section + digit, 1) * power, 0
        else:
            section += max(digit, 1) * power
        digit = 0
    return total + section + digit
