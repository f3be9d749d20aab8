"""What "bad" means, by a version that every fit and figure records.

An edit is not an error: it may be taste. Bad is a rejection, an error of severity major or critical, a changed
answer, or an edit beyond a floor of HTER.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import regex
from rapidfuzz.distance import Levenshtein

BAD_VERSION = 1
# On the seven pairs of MLQE-PE that have both post-edits and direct assessments (6,999 rows), telling the worst
# fifth by HTER alone is best here: sensitivity less false alarms is .22 at .10, .29 at .20, .31 at .30, .29 at
# .40 and .26 at .50 (means over pairs). Machine
# translation of Wikipedia, though: benchmark items may want another floor, which is another version.
HTER_FLOOR = 0.30
BAD_SEVERITIES = frozenset({"major", "critical"})
ANSWER_CHANGED = "answer_changed"
VERDICTS = ("accept", "edit", "reject", "cannot_translate")

# Words, and in scripts that put no space between words one character as a reader sees it; other signs alone.
_TOKEN = regex.compile(
    r"(?=[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}])\X"
    r"|(?:(?![\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}])"
    r"[\p{L}\p{M}\p{N}\u200c\u200d])+"
    r"|[^\s\p{L}\p{M}\p{N}]"
)


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One judgement as plain values.

    `verdict` is one of `VERDICTS`; `severity` and `reason` as stored, "" for none. `machine` holds the fields
    that were judged, `post_edited` those that came out of an edit (None where nothing was edited; a field that
    is left out was not touched). The answers are the item's answer before and after, None where it has none.
    """

    verdict: str
    severity: str = ""
    reason: str = ""
    machine: Mapping[str, str] | None = None
    post_edited: Mapping[str, str] | None = None
    answer_before: str | None = None
    answer_after: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a translation is bad, on which grounds (in the order of the definition), and the edit's HTER."""

    bad: bool
    grounds: tuple[str, ...]
    hter: float
    version: int = BAD_VERSION


def judge(row: VerdictRow) -> Judgement:
    """This function will apply version `BAD_VERSION` of the definition to one verdict.

    Grounds: `rejected`, `severity`, `answer`, `hter`. "cannot_translate" alone is not bad: it speaks of the
    item (see `tells_of_translation`). Raises `ValueError` for a verdict that is none.
    """
    if row.verdict not in VERDICTS:
        raise ValueError(f"{row.verdict!r} is no verdict. Use one of: {' '.join(VERDICTS)}.")
    edited = row.post_edited if row.verdict == "edit" else None
    hter = edit_rate(row.machine or {}, edited) if edited is not None else 0.0
    tests = {
        "rejected": row.verdict == "reject",
        "severity": row.severity in BAD_SEVERITIES,
        "answer": row.reason == ANSWER_CHANGED or _answer_changed(row),
        "hter": hter > HTER_FLOOR,
    }
    grounds = tuple(name for name, holds in tests.items() if holds)
    return Judgement(bool(grounds), grounds, hter)


def is_bad(row: VerdictRow) -> bool:
    """This function will tell whether the verdict says "bad" by version `BAD_VERSION`."""
    return judge(row).bad


def tells_of_translation(row: VerdictRow) -> bool:
    """This function will tell whether the verdict is about the translation at all.

    "cannot_translate" without grounds of its own is about the item: leave it out of fits and figures.
    """
    return row.verdict != "cannot_translate" or is_bad(row)


def _answer_changed(row: VerdictRow) -> bool:
    both = row.answer_before is not None and row.answer_after is not None
    return both and row.answer_before != row.answer_after


def edit_rate(machine: Mapping[str, str], post_edited: Mapping[str, str]) -> float:
    """This function will return the HTER of a post-edit: edits over all fields by the post-edit's length.

    Edits are Levenshtein's over words (in scripts without spaces over characters; a punctuation mark is one),
    without the block shifts of TER (Snover et al. 2006), so never below it. Texts are compared in NFC. A field
    that the post-edit leaves out stands as it was. An empty post-edit of some text is 1.
    """
    after = {**machine, **post_edited}
    edits = length = 0
    for name, text in after.items():
        old, new = tokens(machine.get(name, "")), tokens(text)
        edits += Levenshtein.distance(old, new)
        length += len(new)
    if not length:
        return 1.0 if edits else 0.0
    return edits / length


def tokens(text: str) -> list[str]:
    """This function will cut the text, in NFC, into the units that edits are counted in."""
    return list(_TOKEN.findall(unicodedata.normalize("NFC", text)))
