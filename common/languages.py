"""The languages the platform knows: tag, names, direction, script and the name used in releases.

One table in code is the truth; the `Language` rows are written from it by a migration and by
`manage.py sync_languages`, so that a foreign key can stand on them.
"""

from __future__ import annotations

from dataclasses import dataclass


class UnknownLanguageError(ValueError):
    """The value is neither a tag nor an export name of a known language."""


@dataclass(frozen=True, slots=True)
class LanguageRecord:
    """One language: BCP 47 `tag`, English `name`, `autonym`, `ltr` or `rtl`, ISO 15924 `script`,
    and the `export_name` that a Global-MMLU config of this language bears."""

    tag: str
    name: str
    autonym: str
    direction: str
    script: str
    export_name: str


_TABLE = """
af|Afrikaans|Afrikaans|ltr|Latn|af
am|Amharic|አማርኛ|ltr|Ethi|am
ar|Arabic|العربية|rtl|Arab|ar
bm|Bambara|Bamanankan|ltr|Latn|bm
bn|Bengali|বাংলা|ltr|Beng|bn
cs|Czech|čeština|ltr|Latn|cs
de|German|Deutsch|ltr|Latn|de
el|Greek|Ελληνικά|ltr|Grek|el
en|English|English|ltr|Latn|en
es|Spanish|español|ltr|Latn|es
et|Estonian|eesti|ltr|Latn|et
fa|Persian|فارسی|rtl|Arab|fa
fil|Filipino|Filipino|ltr|Latn|fil
fr|French|français|ltr|Latn|fr
ha|Hausa|Hausa|ltr|Latn|ha
he|Hebrew|עברית|rtl|Hebr|he
hi|Hindi|हिन्दी|ltr|Deva|hi
id|Indonesian|Indonesia|ltr|Latn|id
ig|Igbo|Igbo|ltr|Latn|ig
it|Italian|italiano|ltr|Latn|it
ja|Japanese|日本語|ltr|Jpan|ja
ko|Korean|한국어|ltr|Kore|ko
ky|Kyrgyz|кыргызча|ltr|Cyrl|ky
lt|Lithuanian|lietuvių|ltr|Latn|lt
mg|Malagasy|Malagasy|ltr|Latn|mg
ms|Malay|Melayu|ltr|Latn|ms
ne|Nepali|नेपाली|ltr|Deva|ne
nl|Dutch|Nederlands|ltr|Latn|nl
nso|Northern Sotho|Sesotho sa Leboa|ltr|Latn|nso
ny|Nyanja|Chichewa|ltr|Latn|ny
pl|Polish|polski|ltr|Latn|pl
ps|Pashto|پښتو|rtl|Arab|ps
pt|Portuguese|português|ltr|Latn|pt
ro|Romanian|română|ltr|Latn|ro
ru|Russian|русский|ltr|Cyrl|ru
si|Sinhala|සිංහල|ltr|Sinh|si
sn|Shona|chiShona|ltr|Latn|sn
so|Somali|Soomaali|ltr|Latn|so
sr|Serbian|српски|ltr|Cyrl|sr
sv|Swedish|svenska|ltr|Latn|sv
sw|Swahili|Kiswahili|ltr|Latn|sw
te|Telugu|తెలుగు|ltr|Telu|te
th|Thai|ไทย|ltr|Thai|th
tr|Turkish|Türkçe|ltr|Latn|tr
uk|Ukrainian|українська|ltr|Cyrl|uk
ur|Urdu|اردو|rtl|Arab|ur
vi|Vietnamese|Tiếng Việt|ltr|Latn|vi
xh|Xhosa|isiXhosa|ltr|Latn|xh
yo|Yoruba|Èdè Yorùbá|ltr|Latn|yo
zh-Hans|Chinese (Simplified)|简体中文|ltr|Hans|zh
zu|Zulu|isiZulu|ltr|Latn|zu
"""

LANGUAGES: tuple[LanguageRecord, ...] = tuple(
    LanguageRecord(*line.split("|")) for line in _TABLE.strip().splitlines()
)
_BY_NAME = {name: record for record in LANGUAGES for name in (record.export_name, record.tag)}


def find(tag_or_export_name: str) -> LanguageRecord:
    """This function will return the record for a BCP 47 tag or a release's config name.

    Raises `UnknownLanguageError` naming the value and the cure.
    """
    try:
        return _BY_NAME[tag_or_export_name]
    except KeyError:
        known = " ".join(record.tag for record in LANGUAGES)
        raise UnknownLanguageError(
            f"{tag_or_export_name!r} is not a language this installation knows. Use one of: {known}. "
            "A new one is a line in common/languages.py."
        ) from None
