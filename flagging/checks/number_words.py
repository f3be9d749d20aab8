"""Numbers written in words: enough to excuse a number that changed its form, never to accuse one.

The tables hold stems of 0 to 12, since those are the numbers translators spell out; `/` parts variants.
"""

from __future__ import annotations

from functools import lru_cache

import regex

_STEMS = """
af|nul een/eerste twee drie/derde vier vyf ses sewe agt nege tien elf twaalf
am|ዜሮ አንድ/አንደ ሁለት/ሁለተ ሶስት/ሦስት/ሶስተ አራት/አራተ አምስት ስድስት ሰባት ስምንት ዘጠኝ አስር/አሥር አስራ አስራ
ar|صفر واحد/أول/اول اثن/إثن/ثان ثلاث/ثلث/ثالث أربع/اربع/رابع/ربع خمس/خامس ست/سادس/سدس سبع/سابع ثمان/ثامن/ثمن تسع/تاسع عشر/عاشر عشر عشر
bn|শূন্য এক/প্রথম দুই/দু/দ্বি তিন/তৃতীয় চার/চতুর্থ পাঁচ/পঞ্চম ছয়/ষষ্ঠ সাত/সপ্তম আট/অষ্টম নয়/নবম দশ এগারো বারো
cs|nul jed/prv dv/dru tř/tro/tří čty/čtvr pět/pát šest sedm osm devět/devát deset/desát jedenáct dvanáct
de|null ein/erst zwei/zwo drei/dritt vier fünf sechs sieb acht neun zehn elf zwölf
el|μηδέν ένα/μία/μια/ένας/πρώτ δύο/δυο/δεύτερ τρεις/τρία/τρί τέσσερ/τέταρτ/τετρ πέντε/πέμπτ έξι/έκτ επτά/εφτά/έβδομ οκτώ/οχτώ/όγδο εννέα/εννιά/ένατ δέκα/δέκατ έντεκα δώδεκα
es|cero un/prim dos/segund tres/terc cuatr/cuart cinco/quint seis/sext siete/séptim ocho/octav nueve/noven diez/décim once doce
fa|صفر یک/اول دو سه/سوم چهار پنج شش هفت هشت نه ده یازده دوازده
fr|zéro un/premi deux/second trois/tiers quatr/quart cinq six/sixi sept huit neuf dix onze douz
he|אפס אח/ראשו שנ/שת/שני שלוש/שליש ארבע/רביע/רבע חמש/חמיש שש/שיש שבע/שביע שמונ/שמינ תשע/תשיע עשר אחד שנים
hi|शून्य एक/पहल/प्रथम दो/दूसर/दोन/द्वितीय तीन/तीसर/तृतीय/तिहाई चार/चौथ/चौथाई पां/पाँ/पंच छह/छः/छठ/छ सात आठ नौ/नवा दस/दशम ग्यारह बारह
id|nol satu/se/pertama dua/kedua tiga/ketiga/sepertiga empat/keempat/seperempat lima/kelima/seperlima enam tujuh delapan sembilan sepuluh sebelas dua
it|zero un/prim due/second tre/terz quattr/quart cinqu/quint sei/sest sett ott nov diec/decim undic dodic
ko|영/공/제로 하나/한/일/첫 둘/두/이 셋/세/삼/석 넷/네/사/넉 다섯/오 여섯/육 일곱/칠 여덟/팔 아홉/구 열/십 열하나/십일 열두/십이
ms|sifar satu/se/pertama dua/kedua tiga/ketiga empat/keempat/suku lima/kelima enam tujuh lapan sembilan sepuluh sebelas dua
ne|शून्य एक/एउटा/पहिल दुई/दुवै/दोस्र तीन/तेस्र चार/चौथ पाँच/पांच छ सात आठ नौ दस/दश एघार बाह्र
nl|nul een/één/eerst twee drie/derde vier vijf zes zeven acht negen tien elf twaalf
pl|zer jed/pierwsz dw/drug trz/trój/trze czter/czwar/ćwier pię/piąt sześ/szóst siedem/siódm os/ósm dziewię/dziewią dziesię/dziesią jedenaś dwanaś/tuzin
pt|zero um/uma/primeir doi/dua/segund trê/terç/terceir quatro/quart cinco/quint seis/sext sete/sétim oito/oitav nove/non dez/décim onze doze
ro|zero un/o/prim doi/dou/două trei/treime patr/sfert cinc șas/şas șapt/şapt opt nou zec unsprezece doisprezece
ru|нол/нул од/перв дв/втор/двух тр четыр/четвер/четвёр пят шест сем/седьм восьм/восем/восьми девят десят одиннадцат двенадцат/дюжин
sv|noll en/ett/först två/andr tre/tredj fyr/fjärd fem sex/sjätt sju åtta/åtton nio tio elva tolv
sw|sifuri mmoja/moja/kwanza mbili/wawili/pili tatu/watatu/theluthi nne/wanne/robo tano/watano sita saba nane tisa kumi kumi kumi
te|సున్నా ఒక/ఒక్క/మొదటి రెండ/ఇద్దరు/రెట్టింపు మూడ/ముగ్గురు నాలుగ/నలుగు ఐద ఆర ఏడ ఎనిమిద తొమ్మిద పద పదకొండ పన్నెండ
th|ศูนย์ หนึ่ง/แรก/เดียว/ครึ่ง สอง/คู่/ครึ่ง สาม สี่ ห้า หก เจ็ด แปด เก้า สิบ สิบเอ็ด สิบสอง/โหล
tr|sıfır bir/ilk iki/çift/yarı üç dört/çeyrek beş alt yedi sekiz dokuz on on on
uk|нул од/перш дв/друг тр чотир/четвер/чверт п'ят/п’ят шіст/шост сім/сьом вісім/восьм дев'ят/дев’ят десят одинадцят дванадцят
vi|không một/nhất/nửa hai/nhì/đôi ba bốn/tư/phần năm/lăm sáu bảy tám chín mười mười mười/tá
"""
_TABLE = {
    line.split("|")[0]: [stems.split("/") for stems in line.split("|")[1].split()]
    for line in _STEMS.strip().splitlines()
}
# Joined to other words on either side, so that a stem may stand inside a word.
_INSIDE = frozenset({"am", "ar", "fa", "he", "ko", "th"})

_UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_ORDINALS = ["zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
_OTHERS: dict[str, tuple[int, ...]] = {
    "a": (1,),
    "an": (1,),
    "once": (1,),
    "single": (1,),
    "sole": (1,),
    "only": (1,),
    "each": (1,),
    "every": (1,),
    "per": (1,),
    "another": (1,),
    "twice": (2,),
    "double": (2,),
    "doubled": (2,),
    "both": (2,),
    "pair": (2,),
    "couple": (2,),
    "either": (1, 2),
    "neither": (2,),
    "bilateral": (2,),
    "thrice": (3,),
    "triple": (3,),
    "tripled": (3,),
    "quadruple": (4,),
    "half": (1, 2, 50),
    "halves": (2,),
    "thirds": (3,),
    "quarter": (1, 4, 25, 15),
    "quarters": (3, 4, 75),
    "fourths": (4,),
    "fifths": (5,),
    "decade": (10,),
    "dozen": (12,),
    "dozens": (12,),
    "fortnight": (2, 14),
    "weekly": (1, 7),
    "week": (1, 7),
    "daily": (1,),
    "hour": (1, 60),
    "score": (20,),
    "hundred": (100,),
    "hundreds": (100,),
    "hundredth": (100,),
    "century": (100,),
    "thousand": (1000,),
    "thousands": (1000,),
    "million": (100, 1000000),
    "noon": (12,),
    "midnight": (0, 12, 24),
    "teens": (10, 13, 19),
}


def _english() -> dict[str, tuple[int, ...]]:
    table = dict(_OTHERS)
    for value, (unit, ordinal) in enumerate(zip(_UNITS, _ORDINALS, strict=True)):
        table[unit] = table[ordinal] = (value,)
    for index, ten in enumerate(_TENS):
        value = 20 + 10 * index
        table[ten] = table[ten[:-1] + "ieth"] = (value,)
        table[ten[:-1] + "ies"] = (value, 1900 + value)
        for unit in range(1, 10):
            for word in (_UNITS[unit], _ORDINALS[unit]):
                table[f"{ten}-{word}"] = table[f"{ten} {word}"] = (value + unit,)
    for index, month in enumerate(_MONTHS):
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

_HAN_DIGITS = {sign: value for value, signs in enumerate(
    ("〇零", "一壹", "二两兩贰双", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
) for sign in signs}
_HAN_POWERS = {"十": 10, "拾": 10, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_HAN_RUN = regex.compile("[" + "".join((*_HAN_DIGITS, *_HAN_POWERS)) + "]+")


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
    if language in _TABLE:
        found.update(_from_stems(text.lower(), _TABLE[language], inside=language in _INSIDE))
    return frozenset(found)


def _from_stems(text: str, table: list[list[str]], *, inside: bool) -> set[int]:
    if inside:
        return {value for value, stems in enumerate(table) if any(stem in text for stem in stems)}
    parts = _PARTS.findall(text)
    heads = {part[:length] for part in parts for length in range(1, len(part) + 1)}
    return {value for value, stems in enumerate(table) if any(stem in heads for stem in stems)}


def roman_value(numeral: str) -> int:
    """This function will return the value of a Roman numeral below 400, 0 for an empty one."""
    values = [_ROMAN_VALUES[sign] for sign in numeral]
    return sum(-one if one < two else one for one, two in zip(values, [*values[1:], 0], strict=True))


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
