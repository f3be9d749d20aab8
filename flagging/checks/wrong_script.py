"""Text in a script, or in the words of a language, that is not the target's."""

from __future__ import annotations

from collections.abc import Iterator

from flagging.checks.base import Check, Finding, Pair, Span, excerpt, gettext_noop, is_option, shared_fields
from flagging.checks.copying import is_copied, translatable_words
from flagging.checks.scripts import (
    count_core,
    count_own,
    foreign_runs,
    has_core,
    script_of,
)
from flagging.checks.wording import lower_words

# One letter of another script is a symbol (α, Ω, ∆); a run of two may be, if the source has it too.
FOREIGN_LETTERS = 3
# Words of a text from which the absence of every common word says something.
FEWEST_WORDS = 5
FEWEST_COUNTED = 2000
LONG_WITHOUT_CORE = 12


class WrongScript(Check):
    """Letters of a script that neither the target language nor the source text uses, or, in a language
    of another script than Latin, running Latin text that is not the source's."""

    name = "wrong_script"
    severity = "broken"
    title = gettext_noop("Wrong script")
    message = gettext_noop("Not in the script of the language (%(script)s): “%(text)s”.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        script = script_of(pair.target_language)
        if script is None:
            return
        for name, source, target in shared_fields(pair):
            spans = _foreign(source, target, script) or _latin_instead(source, target, script)
            if spans:
                text = excerpt(target[spans[0][0] : spans[-1][1]])
                where = tuple(Span("target", name, start, end) for start, end in spans)
                yield Finding(name, {"script": script, "text": text}, where)


def _foreign(source: str, target: str, script: str) -> list[tuple[int, int]]:
    runs = [run for run in foreign_runs(target, script) if target[slice(*run)] not in source]
    total = sum(end - start for start, end in runs)
    if not runs or (total < FOREIGN_LETTERS and count_own(target, script) > 0):
        return []
    return [] if max(end - start for start, end in runs) < 2 else runs


def _latin_instead(source: str, target: str, script: str) -> list[tuple[int, int]]:
    """A whole text without a letter of its script, though it has words of its own to translate."""
    if script == "Latn" or is_copied(source, target):
        return []
    if has_core(script) and count_own(target, script) >= LONG_WITHOUT_CORE:
        return [] if count_core(target, script) else [(0, len(target))]
    if count_own(target, script):
        return []
    theirs = set(lower_words(source))
    strange = [word for word in translatable_words(target) if word.lower() not in theirs and len(word) > 3]
    return [(0, len(target))] if strange else []


class WrongLanguage(Check):
    """None of the words that the set's translations are commonly made of stands in a long text.

    Language identification fails on short and on lesser-known text; the set itself knows its language.
    """

    name = "wrong_language"
    severity = "suspect"
    title = gettext_noop("Wrong language")
    message = gettext_noop("None of its %(count)d words is common in the other translations of the set.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        usual = pair.statistics
        if usual is None or usual.words_counted < FEWEST_COUNTED or not usual.common_words:
            return
        for name, source, target in shared_fields(pair):
            if is_option(name) or is_copied(source, target):
                continue
            theirs = set(lower_words(source))
            own = [word for word in lower_words(target) if word not in theirs]
            if len(own) >= FEWEST_WORDS and not usual.common_words.intersection(own):
                yield Finding(name, {"count": len(own)}, (Span("target", name, 0, len(target)),))
