"""A language model talking about the translation, or refusing it, where the translation should be."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import regex

from flagging.checks.base import Check, Finding, Pair, Span, excerpt, gettext_noop
from flagging.checks.copying import translatable_words
from flagging.checks.preamble_words import ANNOUNCING, PLEASANTRIES, REGRETS, SPEAKING, TRANSLATION
from flagging.checks.scripts import same_script
from flagging.checks.wording import lower_words, word_set

_WORK = r"translat|version of the|rendered in|rendering"
# At the start: pleasantries and announcements, up to the colon or full stop that ends them.
_OPENING = regex.compile(
    r"\W*(?:"
    r"(?:sure|certainly|of course|absolutely|okay|ok|alright|great|no problem|gladly|understood|got it)"
    r"(?:\s(?:thing|here you go|i can help))?\s*[!,.:—-]\s+|"
    rf"(?:here(?:'s|’s| is| are| you)|below|the following is|this is|as requested)\s[^\n:.]{{0,60}}?(?:{_WORK})[^\n:.]{{0,60}}[:.\n]|"
    r"here(?:'s|’s| is| are)\s(?:the|your|a|my)\s(?:text|question|answer|version|result|output)[^\n:.]{0,60}:|"
    r"(?:the )?translat(?:ion|ed)(?:\s[^\n:]{0,50})?\s*[:：]|"
    r"(?:note|please note|disclaimer|n\.b\.)\s*[:,]?\s[^\n]{0,80}?(?:translat|request|as an ai|cannot|original)|"
    r"as (?:an ai|a language model|an assistant)|as your translator|"
    r"i(?:'ve|’ve| have)\s+translated|i(?:'m|’m| am) (?:sorry|unable|not able|an ai)|i apologi[sz]e|(?:apologies|sorry),? (?:but )?i|"
    r"i (?:cannot|can't|can’t|won't|could not|couldn't|do not|don't)\s[^\n.]{0,40}?(?:translat|assist|help|fulfil|provide|comply|answer)|"
    r"i(?:'d| would|'ll| will) (?:be )?(?:happy|glad|translate)|let(?:'s| us| me) (?:translat|know|help|think)|"
    r"unfortunately,? i\b|thank you for (?:your|the)|happy to help|"
    rf"(?:{PLEASANTRIES})\s*[!,.:！，。：、؛]\s*|{REGRETS}"
    r")",
    regex.IGNORECASE,
)
_CLOSING = regex.compile(
    r"(?:[\[(]?\s*\*{0,2}(?:translator'?s? )?notes?\s*\*{0,2}:\s[^\n]{0,200}(?:translat|literal|original)[^\n]*|"
    r"i hope (?:this|that|it) (?:helps|is)[^\n]*|let me know if[^\n]*|(?:please )?feel free to (?:ask|reach)[^\n]*|"
    r"is there anything else[^\n]*|would you like me to[^\n]*|\(?translated (?:from|by|into|to|using)\b[^\n]*)$",
    regex.IGNORECASE,
)
_CLOSING_HINT = regex.compile(
    r"translat|note|i hope|let me know|feel free|anything else|would you like", regex.IGNORECASE
)
_FENCE = regex.compile(r"\s*```")
# Code points at either end in which a model speaks.
HEAD = 200
TAIL = 300
# "Good." is a fine answer option.
SHORTEST = 6
# A clause before something else takes room.
SHORTEST_LED = 24
# An English clause before the translation proper, ended by a mark: for targets in other scripts.
_LATIN_LEAD = regex.compile(
    r"[\p{Latin}\p{P}\p{Zs}]{8,160}?[:.!\n]\s*(?=.{0,8}[^\p{Latin}\p{P}\p{N}\p{S}\p{Zs}])"
)
# Any first clause.
_CLAUSE = regex.compile(r"[^\n:：.!?]{8,160}[\n:：.!]")
FEWEST_STRANGE = 3


class Preamble(Check):
    """The translation opens or closes with words of a model about its work, or is a refusal."""

    name = "preamble"
    version = 2
    severity = "broken"
    title = gettext_noop("Model's preamble or refusal")
    message = gettext_noop("The translation holds words about translating: “%(text)s”.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        across = not same_script(pair.source_language, pair.target_language)
        for name, source, target in pair.shared:
            span = _said_about(source, target, pair.target_language) or _lead(source, target, across)
            if span:
                yield Finding(name, {"text": excerpt(target[slice(*span)])}, (Span("target", name, *span),))


def _said_about(source: str, target: str, language: str) -> tuple[int, int] | None:
    if len(target) < SHORTEST:
        return None
    head, tail_start = target[:HEAD], max(0, len(target) - TAIL)
    hit = _OPENING.match(head) or _announced(head, language) or _FENCE.match(head)
    if hit is None and _CLOSING_HINT.search(target, tail_start):
        hit = _CLOSING.search(target, tail_start)
    if hit is None or _speaks_of_translating(source) or _OPENING.match(source) or _FENCE.match(source):
        return None
    start, end = hit.span()
    return start, end


def _announced(head: str, language: str) -> regex.Match[str] | None:
    """A word for translation before the first colon, in English or the target's language."""
    if not any(colon in head for colon in ":：፦፡"):
        return None
    return _announcement(language.split("-")[0].lower()).match(head)


@lru_cache(maxsize=64)
def _announcement(language: str) -> regex.Pattern[str]:
    word = "|".join(("translat(?:ion|ed)", *filter(None, [TRANSLATION.get(language)])))
    return regex.compile(
        rf"[^\n:：.?]*?(?:{word})[^\n:：.?]{{0,45}}(?:[:：፦፡]|\n)|"
        rf"(?:{ANNOUNCING})[^\n:：.?]{{0,40}}(?:{word})[^\n:：.?]{{0,45}}[.\n]",
        regex.IGNORECASE,
    )


def _speaks_of_translating(source: str) -> bool:
    """Items about genes and languages speak of translation themselves."""
    return "translat" in source.lower() or "sorry" in source.lower()


def _lead(source: str, target: str, across: bool) -> tuple[int, int] | None:
    """A first clause in English words that the source does not have."""
    if len(target) < SHORTEST_LED or not target[:3].isascii():
        return None
    hit = (_LATIN_LEAD if across else _CLAUSE).match(target[:HEAD])
    if hit is None or (across and len(translatable_words(hit[0])) < FEWEST_STRANGE):
        return None
    theirs = word_set(source)
    strange = [word for word in lower_words(hit[0]) if word not in theirs]
    if not across:
        strange = [word for word in strange if word in SPEAKING]
    return hit.span() if len(set(strange)) >= FEWEST_STRANGE else None
