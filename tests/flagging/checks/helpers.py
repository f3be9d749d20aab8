"""Short ways to write a pair, and to ask which checks fire on it."""

from __future__ import annotations

from collections.abc import Mapping

from flagging.checks import Check, Finding, Pair, SetStatistics, by_name

LETTERS = "abcdefghij"


def item(question: str, *options: str) -> dict[str, str]:
    """An item's fields from its question and options."""
    fields = {f"option_{letter}": option for letter, option in zip(LETTERS, options, strict=False)}
    return {"question": question} | fields


def pair(
    source: Mapping[str, str] | str,
    target: Mapping[str, str] | str,
    language: str = "de",
    *,
    source_language: str = "en",
    answer: str | None = None,
    statistics: SetStatistics | None = None,
) -> Pair:
    """A pair; a bare string stands for a question alone."""
    return Pair(
        item(source) if isinstance(source, str) else source,
        item(target) if isinstance(target, str) else target,
        source_language,
        language,
        answer,
        statistics,
    )


def findings(name: str, given: Pair) -> list[Finding]:
    """What the named check finds."""
    check = by_name(name)
    assert isinstance(check, Check)
    return list(check.run(given))
