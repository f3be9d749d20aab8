"""An answer given away by the translation: a mark at an option, the letter told in the question, or length."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import regex

from flagging.checks.base import (
    JSON,
    Check,
    Finding,
    Pair,
    Span,
    excerpt,
    gettext_noop,
    is_option,
    letter,
    options,
)
from flagging.checks.vocabulary import SAID_CORRECT, SAID_OF_ANSWERS

_ARROW = r"[←→⇐⇒➔➜➡👉]|<[-=]+|[-=]+>"
_SIGN = r"[✓✔☑✅⭐★☆✪●◉]\ufe0f?"
# At either end of an option: a sign, an arrow, an asterisk, a word for "correct" in brackets or behind an arrow.
_MARK = regex.compile(
    rf"^\s*(?:{_SIGN}|{_ARROW}|\*+(?=[^*\s])|\[[xX✓]\])|"
    rf"(?:{_SIGN}|\*+|[(\[（【]\s*(?:{SAID_CORRECT})\b[^)\]）】]{{0,24}}[)\]）】]|"
    rf"(?:{_ARROW})\s*(?:\p{{L}}+ ){{0,3}}?(?:{SAID_CORRECT})?(?: answer| option)?)[\s.!]*$",
    regex.IGNORECASE,
)
# The same behind a dash or colon, where an item may speak of what is correct itself.
_DASHED = regex.compile(
    rf"[-–—:：]\s*(?:(?:this is )?the )?(?:{SAID_CORRECT})(?: answer| option)?[\s.!]*$", regex.IGNORECASE
)
_SPEAKS = regex.compile(r"correct|right|true|answer|accurate|wrong|false", regex.IGNORECASE)
_TOLD = regex.compile(
    rf"(?:(?:{SAID_OF_ANSWERS})[^\n.?!？。]{{0,24}}?[\s:：=>(（]|[(\[（])\s*\*{{0,2}}([A-J])\*{{0,2}}\s*[)\]）.。!]*\s*$",
    regex.IGNORECASE,
)
# The right option's growth against the others', and against their length, from which it stands out.
GROWTH, STANDS_OUT, LONG = 3.0, 2.0, 30


class AnswerLeak(Check):
    """A mark stands at the right option of the translation alone, or the question tells its letter, and the source
    does neither."""

    name = "answer_leak"
    version = 2
    severity = "broken"
    title = gettext_noop("Answer given away")
    message = gettext_noop(
        "Option %(letter)s is marked as the answer, which the source does not do: “%(mark)s”."
    )

    def run(self, pair: Pair) -> Iterator[Finding]:
        if pair.answer is None:
            return
        name = f"option_{pair.answer.lower()}"
        hit = _mark(pair, name) if name in pair.target else None
        others = (other for other in options(pair.target) if other != name)
        if hit and not any(_mark(pair, other) for other in others):
            params: dict[str, JSON] = {"letter": letter(name), "mark": hit[0].strip()}
            yield Finding(name, params, (Span("target", name, *hit.span()),))
        for name, source, target in pair.shared:
            told = None if is_option(name) else _told(source, target, pair)
            if told:
                params = {"letter": told[1].upper(), "mark": excerpt(told[0])}
                yield Finding(name, params, (Span("target", name, *told.span()),))


def _mark(pair: Pair, name: str) -> regex.Match[str] | None:
    source, target = pair.source.get(name, ""), pair.target[name]
    hit = _MARK.search(target)
    if hit is None and (hit := _DASHED.search(target)) and any(map(_SPEAKS.search, pair.source.values())):
        return None
    if hit is None or _MARK.search(source) or _DASHED.search(source) or hit[0].strip() in source:
        return None
    return hit


def _told(source: str, target: str, pair: Pair) -> regex.Match[str] | None:
    """The letter of an option behind a word for answer, or in brackets, at the end of the question alone."""
    hit = _TOLD.search(target[-120:])
    if hit is None or hit[1] != pair.answer:
        return None
    return None if _TOLD.search(source[-120:]) or hit[0].strip() in source else _TOLD.search(target)


class AnswerLonger(Check):
    """The right option is by far the longest of the translation, and is not so in the source."""

    name = "answer_longer"
    severity = "suspect"
    title = gettext_noop("Answer stands out by its length")
    message = gettext_noop(
        "The right option, %(letter)s, grew %(growth).1f times as much as the others and is now by far the longest."
    )

    def run(self, pair: Pair) -> Iterator[Finding]:
        name = f"option_{(pair.answer or '').lower()}"
        lengths = {
            one: (len(pair.source[one].strip()), len(pair.target[one].strip()))
            for one in options(pair.source)
            if pair.source[one].strip() and pair.target.get(one, "").strip()
        }
        mine = lengths.pop(name, None)
        if mine is None or len(lengths) < 2 or mine[1] < LONG:
            return
        growth = (mine[1] / mine[0]) / median(theirs / ours for ours, theirs in lengths.values())
        stands_out = mine[1] >= STANDS_OUT * max(theirs for _, theirs in lengths.values())
        stood_out = mine[0] >= STANDS_OUT * max(ours for ours, _ in lengths.values())
        if growth >= GROWTH and stands_out and not stood_out:
            span = Span("target", name, 0, len(pair.target[name]))
            yield Finding(name, {"letter": letter(name), "growth": round(growth, 1)}, (span,))
