"""Text in a script that is not the target language's."""

from __future__ import annotations

from collections.abc import Iterator

from flagging.checks.base import Check, Finding, Pair, Span, excerpt, gettext_noop
from flagging.checks.copying import is_copied, translatable_words
from flagging.checks.scripts import (
    count_core,
    count_own,
    foreign_runs,
    has_core,
    script_of,
)
from flagging.checks.wording import lower_words, word_set

# One letter of another script is a symbol (α, Ω, ∆); a run of two may be, if the source has it too.
FOREIGN_LETTERS = 3
# Han letters of a Japanese text that has no kana, from which it is rather Chinese.
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
        for name, source, target in pair.shared:
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
    theirs = word_set(source)
    strange = [word for word in lower_words(target) if word not in theirs and len(word) > 3]
    is_word = len(strange) == 1 and translatable_words(target) == (strange[0],)
    return [(0, len(target))] if len(strange) > 1 or is_word else []
