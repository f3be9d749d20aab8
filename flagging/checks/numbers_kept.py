"""Numbers of the source that the translation changed or dropped."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from flagging.checks.base import JSON, Check, Finding, Pair, Span, gettext_noop, listed
from flagging.checks.number_words import base_language, composites, knows_words, values_in_words
from flagging.checks.numbers import Amount, amounts_in, ascii_digits, unmatched

# Up to here translators spell numbers out, in words that inflect beyond any table.
LARGEST_SPELT = 12
_ROUND = frozenset({20, 30, 40, 50, 60, 70, 80, 90, 100, 1000, 10000, 100000, 1000000})
_MAGNITUDE = regex.compile(
    r"hundred|thousand|million|billion|trillion|\d\s?(?:k|m|bn|b)\b|mio|mrd|millia|milió|miljo|miljard|milyon|"
    r"milyar|bin\b|mil\b|mila\b|tys|тыс|млн|млрд|миллион|миллиард|мільйон|мільярд|тисяч|χιλιάδ|εκατομμύρ|δισεκατ|"
    r"[百千万萬億亿兆만억천백]|हज़ार|हजार|लाख|करोड़|करोड|মিলিয়ন|হাজার|লাখ|লক্ষ|কোটি|లక్ష|కోట్ల|వేల|వంద|మిలియన్|"
    r"ร้อย|พัน|หมื่น|แสน|ล้าน|ألف|آلاف|مئة|مائة|مليون|ملايين|مليار|هزار|میلیون|میلیارد|אלף|אלפי|מיליון|מיליארד|"
    r"nghìn|ngàn|triệu|tỷ|tỉ|trăm|ribu|juta|milia|elfu|laki|ሺህ|ሚሊዮን|දහස|මිලියන|libo|daang|miriada|tisíc|millier|mille\b",
    regex.IGNORECASE,
)
_CLOCK = regex.compile(r"\b[ap]\.?\s?m\b|noon|o'clock|:\d\d|\bsaa\b|ሰዓት", regex.IGNORECASE)
# Hours are counted from midnight, from noon or, in Swahili and Amharic, from dawn.
_HOURS_APART = frozenset({6, 12, 18})
# Units that translators convert, what to, and how freely they round.
_IMPERIAL = regex.compile(
    r"\b(?:miles?|mi|mph|feet|foot|ft|inch(?:es)?|in|yards?|yd|acres?|pounds?|lbs?|ounces?|oz|gallons?|gal|°?\s?F|fahrenheit)\b",
    regex.IGNORECASE,
)
_FACTORS = (1.609, 2.59, 0.3048, 30.48, 2.54, 0.9144, 0.4047, 4047, 0.4536, 453.6, 28.35, 3.785)
ROUNDING = 0.04
# Share of a set's numbers that stand in digits on both sides, from which one that does not is missing.
DIGITS_USUALLY_KEPT = 0.86
# Languages in which an ending says two.
_DUAL = frozenset({"ar", "he"})
_BUDDHIST_YEARS = 543
_ETHIOPIAN_YEARS = (7, 8)


class NumbersKept(Check):
    """A number of the source is missing from the translation, or another one stands in its place.

    Digits of all scripts and all ways of grouping are one; number words, Roman and Han numerals, months,
    magnitudes (5.5 million is 550万), clock times, calendars and converted units excuse a number that is not found.
    """

    name = "numbers"
    version = 2
    severity = "suspect"
    title = gettext_noop("Numbers differ")
    message = gettext_noop("Only in the source: %(source)s. Only in the translation: %(target)s.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        for name, source, target in pair.shared:
            ours = _amounts(source, pair.source_language)
            theirs = _amounts(target, pair.target_language)
            if (not ours and not theirs) or _digits(ours) == _digits(theirs):
                continue
            if not theirs and len(ours) > 1 and not knows_words(pair.target_language):
                # All of them in words, in a language whose number words are not known.
                continue
            yield from self._compare(pair, name, ours, theirs)

    def _compare(
        self, pair: Pair, name: str, ours: tuple[Amount, ...], theirs: tuple[Amount, ...]
    ) -> Iterator[Finding]:
        source, target = pair.source[name], pair.target[name]
        lost, new = unmatched(ours, theirs)
        lost = [one for one in lost if not _excused(one, theirs, source, target, pair.target_language)]
        new = [one for one in new if not _excused(one, ours, target, source, pair.source_language)]
        lost = [one for one in lost if not _is_repeat(one, theirs) or new]
        new = [one for one in new if not _is_repeat(one, ours) and not _is_trifle(one, alone=not lost)]
        lost, new = _unconverted(lost, new, source)
        if not new:
            keeps = _keeps_digits(pair)
            lost = [
                one
                for one in lost
                if (keeps and _is_missed(one, source, pair.target_language))
                or (not _is_trifle(one, alone=True) and (theirs or one.value >= 100))
            ]
        if lost or new:
            spans = [Span("source", name, one.start, one.end) for one in lost]
            spans += [Span("target", name, one.start, one.end) for one in new]
            yield Finding(name, {"source": _shown(source, lost), "target": _shown(target, new)}, tuple(spans))


def _keeps_digits(pair: Pair) -> bool:
    """Whether a number that is not there in digits is missing: the set writes numbers as its source does, and
    the language's number words are known."""
    usual = pair.statistics.numbers_kept if pair.statistics else 0.0
    return usual >= DIGITS_USUALLY_KEPT and knows_words(pair.target_language)


def _is_missed(amount: Amount, source: str, language: str) -> bool:
    """Whether a small number is one that has to be there: none of a formula (H2O), and no pair (`أسبوعين`)."""
    if source[amount.start - 1 : amount.start].isalpha():
        return False
    return amount.value != 2 or base_language(language) not in _DUAL


def _unconverted(lost: list[Amount], new: list[Amount], source: str) -> tuple[list[Amount], list[Amount]]:
    """What is left when measures that were converted are paired off: 110 mph and 180 km/h."""
    if not (lost and new) or not _IMPERIAL.search(source):
        return lost, new
    pool = list(new)
    left = []
    for one in lost:
        twin = next((other for other in pool if _is_conversion(one, other)), None)
        if twin is None:
            left.append(one)
        else:
            pool.remove(twin)
    return left, pool


def _is_conversion(one: Amount, other: Amount) -> bool:
    for ours in one.values:
        for theirs in other.values:
            ratio = theirs / ours if ours else 0.0
            if any(abs(ratio / factor - 1) <= ROUNDING for factor in _FACTORS):
                return True
            if abs((ours - 32) / 1.8 - theirs) <= 1:
                return True
    return False


def _amounts(text: str, language: str) -> tuple[Amount, ...]:
    """The numbers of a text, those with several magnitudes in their midst (`2万5千`) as one."""
    found = amounts_in(text)
    wholes = composites(ascii_digits(text), language) if len(found) > 1 else []
    if not wholes:
        return found
    apart = [one for one in found if not any(start <= one.start < end for start, end, _ in wholes)]
    together = [Amount(start, end, text[start:end], (str(value),)) for start, end, value in wholes]
    return tuple(sorted((*apart, *together), key=lambda one: one.start))


def _digits(found: tuple[Amount, ...]) -> list[str]:
    return sorted(amount.digits for amount in found)


def _shown(text: str, found: list[Amount]) -> JSON:
    return listed(text[one.start : one.end] for one in found) or "–"


def _is_repeat(amount: Amount, others: tuple[Amount, ...]) -> bool:
    """Whether the other side has the number too, only fewer times: reworded, not lost."""
    return any(amount.readings & one.readings for one in others)


def _is_trifle(amount: Amount, *, alone: bool) -> bool:
    """A number that wording may add or drop without a twin on the other side."""
    return alone and len(amount.parts) == 1 and (amount.value <= LARGEST_SPELT or amount.value in _ROUND)


def _excused(amount: Amount, others: tuple[Amount, ...], mine: str, other: str, language: str) -> bool:
    """Whether the other text, in `language`, says the number in another form."""
    value = amount.value
    if value <= LARGEST_SPELT and len(amount.parts) == 1 and not knows_words(language):
        return True
    if value == 1 or value in values_in_words(other, language):
        return True
    return (
        _same_share(amount, others, mine, other)
        or _same_magnitude(amount, others, mine, other)
        or _same_time(amount, others, mine, other)
        or (len(amount.parts) == 1 and _same_year(value, others, language))
    )


def _same_magnitude(amount: Amount, others: tuple[Amount, ...], mine: str, other: str) -> bool:
    if not (_MAGNITUDE.search(mine) or _MAGNITUDE.search(other)):
        return False
    if amount.significant in {"", "1"}:
        return True
    return any(one.significant == amount.significant for one in others)


def _same_share(amount: Amount, others: tuple[Amount, ...], mine: str, other: str) -> bool:
    """20% is 0.2."""
    if ("%" in mine) == ("%" in other):
        return False
    return any(one.significant == amount.significant for one in others if len(one.parts) != len(amount.parts))


def _same_time(amount: Amount, others: tuple[Amount, ...], mine: str, other: str) -> bool:
    if amount.value > 24 or not (_CLOCK.search(mine) or _CLOCK.search(other)):
        return False
    apart = {abs(int(one.parts[0][:9]) - amount.value) for one in others}
    return not apart.isdisjoint(_HOURS_APART) or amount.value in {0, 12}


def _same_year(value: int, others: tuple[Amount, ...], language: str) -> bool:
    """Centuries (1700s, 18th), decades written short (1990s, 90er), calendars with another first year."""
    if not 10 <= value <= 3000:
        return False
    near = {
        value // 100 + 1 if value >= 1000 else value,
        (value - 1) * 100,
        value % 100,
        1900 + value,
        1800 + value,
        value + _BUDDHIST_YEARS,
        value - _BUDDHIST_YEARS,
    }
    if base_language(language) == "am":
        near.update(value - years for years in _ETHIOPIAN_YEARS)
    return any(one.value in near for one in others if one.value != value and len(one.parts) == 1)
