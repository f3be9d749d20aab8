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
    is_option,
)
from flagging.checks.copying import (
    Run,
    copied_fields,
    covers_much,
    is_copied,
    is_quoted,
    is_sentence_part,
    kept_runs,
)
from flagging.checks.habits import Habits, Rendering, is_name
from flagging.checks.identify import other_language
from flagging.checks.scripts import same_script
from flagging.checks.vocabulary import ENGLISH_GLUE, TITLE_GLUE
from flagging.checks.wording import bare, core, plain, word_set

SHORTEST_RUN = 3
# A term that a set keeps: words, and rows that hold it.
LONGEST_TERM, FEWEST_ROWS = 4, 3
# Letters of a source by which another language than the source's is told.
FEWEST_FOREIGN = 18


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
    version = 2
    severity = "broken"
    title = gettext_noop("Field not translated")
    message = gettext_noop("The translation is the source text, unchanged: “%(text)s”.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        copied, whole = copied_fields(pair)
        if whole:
            return
        for name in copied:
            text = pair.target[name]
            if not is_kept_throughout(pair, name) and not _is_of_another_language(pair.source[name], pair):
                yield Finding(name, {"text": excerpt(text)}, (Span("target", name, 0, len(text)),))


class KeptThroughout(Check):
    """The source stands in an option, as in every other row of the set that holds it: a term its translators keep."""

    name = "kept_throughout"
    severity = "notice"
    title = gettext_noop("Option never translated")
    message = gettext_noop("The set leaves “%(text)s” as it is in all %(rows)d rows.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        copied, whole = copied_fields(pair)
        for name in () if whole else copied:
            rendering = pair.statistics.habits.of(pair.source[name]) if pair.statistics else None
            if rendering and is_kept_throughout(pair, name):
                text = pair.target[name]
                params: dict[str, JSON] = {"text": excerpt(text), "rows": rendering.rows}
                yield Finding(name, params, (Span("target", name, 0, len(text)),))


def is_kept_throughout(pair: Pair, name: str) -> bool:
    """This function will tell whether three rows or more of the set hold this option, a term rather than a
    sentence, and none translates it."""
    if pair.statistics is None or not is_option(name):
        return False
    rendering = pair.statistics.habits.of(pair.source[name])
    is_term = len(pair.source[name].split()) <= LONGEST_TERM
    return rendering is not None and is_term and rendering.rows == rendering.kept >= FEWEST_ROWS


def _is_of_another_language(source: str, pair: Pair) -> bool:
    """A title or a quotation in a third language stays as it is."""
    if word_set(source) & (ENGLISH_GLUE - TITLE_GLUE) and pair.source_language.startswith("en"):
        return False
    return other_language(source, pair.source_language, fewest=FEWEST_FOREIGN) is not None


class OptionUnlikeSet(Check):
    """The source stands in an option that the set translates elsewhere."""

    name = "option_unlike_set"
    severity = "suspect"
    title = gettext_noop("Option not translated as elsewhere")
    message = gettext_noop("The source text stays here; in %(rows)d other rows of the set it is “%(other)s”.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        for name, source, target, rendering in _kept_options(pair):
            translated = sum(times for _, times in rendering.others) if rendering else 0
            if rendering is None or translated * 2 < rendering.rows:
                continue
            other = rendering.others[0][0]
            if bare(source).casefold() not in other.casefold():
                params: dict[str, JSON] = {"rows": translated, "other": excerpt(other)}
                yield Finding(name, params, (Span("target", name, 0, len(target)),))


class NameKept(Check):
    """A name stands as in the source, in a set that writes names in the script of its language."""

    name = "name_kept"
    severity = "suspect"
    title = gettext_noop("Name left as it is")
    message = gettext_noop("“%(text)s” stays as in the source; of %(names)d names in the set %(kept)d do.")

    def run(self, pair: Pair) -> Iterator[Finding]:
        habits = pair.statistics.habits if pair.statistics else Habits()
        if not habits.writes_names or same_script(pair.source_language, pair.target_language):
            return
        for name, source, target, rendering in _kept_options(pair):
            if rendering is None and is_name(source) and not _is_of_another_language(source, pair):
                params: dict[str, JSON] = {
                    "text": excerpt(target),
                    "names": habits.names,
                    "kept": habits.names_kept,
                }
                yield Finding(name, params, (Span("target", name, 0, len(target)),))


def _kept_options(pair: Pair) -> Iterator[tuple[str, str, str, Rendering | None]]:
    """Options left as they stand, with how the set renders them."""
    if pair.statistics is None:
        return
    for name, source, target in pair.shared:
        if is_option(name) and is_copied(source, target) and any(map(str.isalpha, source)):
            yield name, source, target, pair.statistics.habits.of(source)


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
            runs = [run for run in found if _counts(name, source, target, run, across)]
            if runs and core(source) not in plain(target):
                longest = max(runs, key=lambda run: len(run.words))
                params: dict[str, JSON] = {
                    "count": len(longest.words),
                    "text": excerpt(target[longest.start : longest.end]),
                }
                yield Finding(name, params, tuple(Span("target", name, run.start, run.end) for run in runs))


def _counts(name: str, source: str, target: str, run: Run, across: bool) -> bool:
    if is_quoted(target, run):
        return False
    is_half = not is_option(name) and covers_much(source, run)
    return is_half or is_sentence_part(run, across_scripts=across)
