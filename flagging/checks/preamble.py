"""A language model talking about the translation, or refusing it, where the translation should be."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from flagging.checks.base import Check, Finding, Pair, Span, excerpt, gettext_noop
from flagging.checks.copying import translatable_words
from flagging.checks.scripts import same_script
from flagging.checks.wording import lower_words, word_set

_WORD_FOR_TRANSLATION = (
    r"translat(?:ion|ed)|übersetz(?:ung|t)|traducción|traducido|tradu(?:ction|it)|traduzione|tradução|traduzid[oa]|"
    r"vertaling|vertaald|översättning|översatt|tłumaczenie|překlad|traducere(?:a)?|перевод|переклад|превод|аударма|"
    r"çeviri(?:si)?|tercüme|terjemahan|pagsasalin|salin|tafsiri|fassara|itumọ|ntụgharị|tarjumaad|fandikana|shanduro|vertimas|"
    r"bản dịch|dịch|翻译|翻譯|译文|譯文|翻訳|訳文|번역|ترجمة|الترجمة|ترجمه|תרגום|अनुवाद|অনুবাদ|అనువాదం|පරිවර්තනය|"
    r"คำแปล|แปล|μετάφραση|ትርጉም|котормо"
)
# At the start: pleasantries and announcements, up to the colon or full stop that ends them.
_OPENING = regex.compile(
    r"\W*(?:"
    r"(?:sure|certainly|of course|absolutely|okay|ok|great|no problem|gladly)\s*[!,.:—-]\s+|"
    r"(?:here(?:'s|’s| is| are)|below is|the following is|this is)\s[^\n:.]{0,60}?translat[^\n:.]{0,60}[:.]|"
    r"here(?:'s|’s| is| are)\s(?:the|your|a|my)\s(?:text|question|answer|version|result|output)[^\n:.]{0,60}:|"
    r"(?:the )?translat(?:ion|ed)(?:\s[^\n:]{0,50})?\s*[:：]|"
    r"(?:note|please note|disclaimer|n\.b\.)\s*[:,]?\s[^\n]{0,80}?(?:translat|request|as an ai|cannot|original)|"
    r"as (?:an ai|a language model|an assistant)|as your translator|"
    r"i(?:'ve|’ve| have)\s+translated|i(?:'m|’m| am) (?:sorry|unable|not able)|i apologi[sz]e|sorry, (?:but )?i|"
    r"i (?:cannot|can't|can’t|won't|could not|couldn't|do not|don't)\s[^\n.]{0,40}?(?:translat|assist|help|fulfil|provide|comply)|"
    r"unfortunately,? i\b|thank you for (?:your|the)|let me (?:translate|know|help)|happy to help|"
    r"(?:natürlich|gerne|selbstverständlich|por supuesto|claro|bien sûr|certo|certamente|claro que sim|конечно|tabii(?: ki)?|elbette|"
    r"tentu(?: saja)?|当然|當然|好的|もちろん|はい|물론|بالطبع|بالتأكيد|حسنًا|ज़रूर|बेशक|অবশ্যই|แน่นอน|ได้เลย|βεβαίως|φυσικά)\s*[!,.:！，。：、؛]\s*|"
    r"(?:es tut mir leid|lo siento|je suis désolée?|mi dispiace|desculpe|извините|üzgünüm|maaf|抱歉|对不起|申し訳|죄송|آسف|عذرًا|क्षमा करें|दुर्भाग्य)[^\n]{0,60}"
    rf"(?:{_WORD_FOR_TRANSLATION}|ich kann|no puedo|je ne peux|non posso|não posso|не могу|无法|不能|できません|수 없|لا أستطيع|لا يمكن|नहीं)"
    r")",
    regex.IGNORECASE,
)
_ANNOUNCEMENT = regex.compile(
    rf"[^\n:：.?]*?(?:{_WORD_FOR_TRANSLATION})[^\n:：.?]{{0,45}}[:：]", regex.IGNORECASE
)
_CLOSING = regex.compile(
    r"(?:[\[(]?\s*(?:translator'?s? )?note\s*:\s[^\n]{0,200}(?:translat|literal|original)[^\n]*|"
    r"i hope this helps[^\n]*|let me know if[^\n]*|(?:please )?feel free to (?:ask|reach)[^\n]*|"
    r"is there anything else[^\n]*|\(?translated (?:from|by|into|to|using)\b[^\n]*)$",
    regex.IGNORECASE,
)
_CLOSING_HINT = regex.compile(r"translat|note|i hope|let me know|feel free|anything else", regex.IGNORECASE)
_FENCE = regex.compile(r"\s*```")
# Code points at either end in which a model speaks.
HEAD = 200
TAIL = 300
# "Good." is a fine answer option.
SHORTEST = 6
# An English clause before the translation proper, ended by a mark: for targets in other scripts.
_LATIN_LEAD = regex.compile(
    r"[\p{Latin}\p{P}\p{Zs}]{8,160}?[:.!\n]\s*(?=.{0,8}[^\p{Latin}\p{P}\p{N}\p{S}\p{Zs}])"
)


class Preamble(Check):
    """The translation opens or closes with words of a model about its work, or is a refusal."""

    name = "preamble"
    severity = "broken"
    title = gettext_noop("Model's preamble or refusal")
    message = gettext_noop("The translation holds words about translating: “%(text)s”.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        across = not same_script(pair.source_language, pair.target_language)
        for name, source, target in pair.shared:
            span = _said_about(source, target) or (_lead(source, target) if across else None)
            if span:
                yield Finding(name, {"text": excerpt(target[slice(*span)])}, (Span("target", name, *span),))


def _said_about(source: str, target: str) -> tuple[int, int] | None:
    if len(target) < SHORTEST:
        return None
    head, tail_start = target[:HEAD], max(0, len(target) - TAIL)
    hit = _OPENING.match(head) or _announced(head) or _FENCE.match(head)
    if hit is None and _CLOSING_HINT.search(target, tail_start):
        hit = _CLOSING.search(target, tail_start)
    if hit is None or _speaks_of_translating(source) or _OPENING.match(source) or _FENCE.match(source):
        return None
    start, end = hit.span()
    return start, end


def _announced(head: str) -> regex.Match[str] | None:
    """A word for translation before the first colon, in any language."""
    return _ANNOUNCEMENT.match(head) if ":" in head or "：" in head else None


def _speaks_of_translating(source: str) -> bool:
    """Items about genes and languages speak of translation themselves."""
    return "translat" in source.lower() or "sorry" in source.lower()


def _lead(source: str, target: str) -> tuple[int, int] | None:
    """Running Latin text before a translation in another script, in words the source does not have."""
    hit = _LATIN_LEAD.match(target[:HEAD]) if target[:3].isascii() else None
    if hit is None or len(translatable_words(hit[0])) < 3:
        return None
    theirs = word_set(source)
    strange = [word for word in lower_words(hit[0]) if word not in theirs]
    return hit.span() if len(strange) >= 3 else None
