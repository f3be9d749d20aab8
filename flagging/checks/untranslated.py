"""Text left in the source language: the whole item, one field, or part of a field."""

from __future__ import annotations

from collections.abc import Iterator

from flagging.checks.base import (
    JSON,
    WHOLE_ITEM,
    Check,
    Finding,
    Pair,
    Span,
    excerpt,
    gettext_noop,
)
from flagging.checks.copying import (
    Run,
    copied_fields,
    covers_much,
    is_quoted,
    is_sentence_part,
    kept_runs,
)
from flagging.checks.scripts import same_script
from flagging.checks.wording import core, plain

SHORTEST_RUN = 3


class UntranslatedItem(Check):
    """The source stands in every field that had to be translated."""

    name = "untranslated_item"
    severity = "broken"
    title = gettext_noop("Item not translated")
    message = gettext_noop("All %(count)d fields that need a translation still hold the source text.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        copied, whole = copied_fields(pair)
        if whole:
            spans = tuple(Span("target", name, 0, len(pair.target[name])) for name in copied)
            yield Finding(WHOLE_ITEM, {"count": len(copied)}, spans)


class UntranslatedField(Check):
    """The source stands in one field; names, formulas, units and codes may stay."""

    name = "untranslated_field"
    severity = "broken"
    title = gettext_noop("Field not translated")
    message = gettext_noop("The translation is the source text, unchanged: “%(text)s”.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        copied, whole = copied_fields(pair)
        if whole:
            return
        for name in copied:
            text = pair.target[name]
            yield Finding(name, {"text": excerpt(text)}, (Span("target", name, 0, len(text)),))


class PartlyUntranslated(Check):
    """A run of the source's words stands inside the translation, outside quotation marks."""

    name = "partly_untranslated"
    version = 2
    severity = "suspect"
    title = gettext_noop("Partly not translated")
    message = gettext_noop("%(count)d words in a row were left in the source language: “%(text)s”.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        across = not same_script(pair.source_language, pair.target_language)
        for name, source, target in pair.shared:
            found = kept_runs(source, target, shortest=SHORTEST_RUN)
            runs = [run for run in found if _counts(source, target, run, across)]
            if runs and core(source) not in plain(target):
                longest = max(runs, key=lambda run: len(run.words))
                params: dict[str, JSON] = {
                    "count": len(longest.words),
                    "text": excerpt(target[longest.start : longest.end]),
                }
                yield Finding(name, params, tuple(Span("target", name, run.start, run.end) for run in runs))


def _counts(source: str, target: str, run: Run, across: bool) -> bool:
    if is_quoted(target, run):
        return False
    return is_sentence_part(run, across_scripts=across) or covers_much(source, run)
