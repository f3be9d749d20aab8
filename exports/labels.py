"""Columns 10–17 of a published row: the sensitivity votes of an item and the label they give.

What the rule decides where the published schema is silent:

* A person who is not sure is no voter: nothing of theirs enters columns 10–16. The judgement itself
  stays in the ``annotations`` config.
* A person who judged an item twice (in two campaigns) is one voter: the later judgement counts.
* With fewer than three voters altogether a row passes as it was published, and an item without
  published votes is "not annotated" (``[]``, ``-``, False). What was said so far stays in ``annotations``.
* A row with published votes and no vote of ours passes as published, whatever its number of voters. Its
  label is computed only where the published one is blank: empty, or ``-`` on a row that says it is
  annotated.
* As soon as a vote of ours joins three or more voters, the label comes from the rule.
* A person who marked several passages gives column 12 one entry a passage. The lists of columns 10–15
  are not aligned with each other, neither here nor as published.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

LABEL_RULE_VERSION = "1"

MIN_VOTERS = 3
TAGS = ("cultural", "regional", "dialect")
SPAN_LABELS = {"cultural": "Cultural", "regional": "Geographic", "dialect": "Dialect"}
NO_KNOWLEDGE = "none"
NOTHING_MARKED = "-"
NOT_LABELLED = "-"
SENSITIVE = "CS"
AGNOSTIC = "CA"

SPAN_KEYS = ("end", "label", "score", "start")

Mark: TypeAlias = str | Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Span:
    """Marked words: half-open code-point offsets into the English question, label as in ``SPAN_LABELS``."""

    start: int
    end: int
    label: str

    def __post_init__(self) -> None:
        if self.label not in SPAN_LABELS.values():
            raise ValueError(f"span label {self.label!r} is none of {', '.join(SPAN_LABELS.values())}")
        if not 0 <= self.start < self.end:
            raise ValueError(f"span {self.start}..{self.end} is empty or runs backwards")


@dataclass(frozen=True, slots=True)
class SensitivityJudgement:
    """One person's answer to the sensitivity questions on one item. No tag means "none needed"."""

    contributor: str
    tags: frozenset[str] = frozenset()
    not_sure: bool = False
    time_sensitive: bool | None = None
    spans: tuple[Span, ...] = ()
    culture: str = ""
    region: str = ""
    country: str = ""

    def __post_init__(self) -> None:
        unknown = sorted(self.tags.difference(TAGS))
        if unknown:
            raise ValueError(f"tag {unknown[0]!r} is none of {', '.join(TAGS)}")


@dataclass(frozen=True, slots=True)
class PublishedVotes:
    """Votes as another data set published them: an ordered list a column, never aligned with each other."""

    required_knowledge: tuple[str, ...] = ()
    time_sensitive: tuple[str, ...] = ()
    reference: tuple[Mark, ...] = ()
    culture: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    label: str | None = None
    is_annotated: bool | None = None


@dataclass(frozen=True, slots=True)
class SensitivityColumns:
    """Columns 10–17 as published; ``label_source`` is ``published``, ``rule`` or ``none``."""

    required_knowledge: str
    time_sensitive: str
    reference: str
    culture: str
    region: str
    country: str
    cultural_sensitivity_label: str
    is_annotated: bool
    label_source: str


def sensitivity_columns(
    published: PublishedVotes | None, judgements: Iterable[SensitivityJudgement]
) -> SensitivityColumns:
    """This function will give columns 10–17 of an item from all its votes.

    ``judgements`` are the current ones on the current source text, of all campaigns, in the order they
    were submitted. Imported votes come first in every column, then ours.
    """
    imported = published or PublishedVotes()
    ours = voters(judgements)
    if not ours or len(imported.required_knowledge) + len(ours) < MIN_VOTERS:
        return _as_published(imported)
    votes = with_judgements(imported, ours)
    return _columns(votes, label_of(votes.required_knowledge), True, "rule")


def voters(judgements: Iterable[SensitivityJudgement]) -> list[SensitivityJudgement]:
    """This function will give one judgement a person, in order: their latest, and only if it is a vote."""
    latest: dict[str, SensitivityJudgement] = {}
    for judgement in judgements:
        latest.pop(judgement.contributor, None)
        latest[judgement.contributor] = judgement
    return [judgement for judgement in latest.values() if not judgement.not_sure]


def label_of(required_knowledge: Sequence[str]) -> str:
    """This function will label an item from its column 10, one entry a voter: ``CS``, ``CA`` or ``-``."""
    return label_of_counts(Counter(required_knowledge), len(required_knowledge))


def label_of_counts(votes: Mapping[str, int], voter_count: int) -> str:
    """This function will label an item from the votes for each tag.

    A tag holds when at least half of the voters chose it (2 of 4 is enough); the item is culturally
    sensitive, ``CS``, when any tag holds, else ``CA``; ``-`` with fewer than three voters. This is the
    reading that reproduces the labels published with Global-MMLU (arXiv 2412.03304).
    """
    if voter_count < MIN_VOTERS:
        return NOT_LABELLED
    return SENSITIVE if any(votes.get(tag, 0) * 2 >= voter_count for tag in TAGS) else AGNOSTIC


def with_judgements(published: PublishedVotes, ours: Sequence[SensitivityJudgement]) -> PublishedVotes:
    """This function will append our voters to published votes, column by column, in submission order."""
    return replace(
        published,
        required_knowledge=(*published.required_knowledge, *entries(published.required_knowledge, ours)),
        time_sensitive=(*published.time_sensitive, *_time_answers(ours)),
        reference=(*published.reference, *(mark for one in ours for mark in _marks(one))),
        culture=(*published.culture, *(one.culture for one in ours if one.culture)),
        region=(*published.region, *(one.region for one in ours if one.region)),
        country=(*published.country, *(one.country for one in ours if one.country)),
    )


def entries(published: Sequence[str], ours: Sequence[SensitivityJudgement]) -> list[str]:
    """This function will give column 10's one entry for each of our voters.

    It is the one of their tags with most votes overall, published votes counted in; ties go cultural,
    regional, dialect. The tag that leads overall thereby keeps every one of its votes and no tag gains
    any, so ``label_of`` the column equals ``label_of_counts`` of all the tags that were chosen.
    """
    votes = Counter(published)
    for judgement in ours:
        votes.update(judgement.tags)
    ranked = sorted(TAGS, key=lambda tag: (-votes[tag], TAGS.index(tag)))
    return [next((tag for tag in ranked if tag in one.tags), NO_KNOWLEDGE) for one in ours]


def render_list(values: Iterable[Mark]) -> str:
    """This function will write a list as Python's ``str(list)`` does, the form of columns 10–15."""
    return str([value if isinstance(value, str) else _in_key_order(value) for value in values])


def _as_published(votes: PublishedVotes) -> SensitivityColumns:
    annotated = bool(votes.required_knowledge) if votes.is_annotated is None else votes.is_annotated
    if not _is_blank(votes.label, annotated):
        source = "none" if votes.label == NOT_LABELLED else "published"
        return _columns(votes, votes.label or NOT_LABELLED, annotated, source)
    label = label_of(votes.required_knowledge)
    return _columns(votes, label, annotated, "none" if label == NOT_LABELLED else "rule")


def _is_blank(label: str | None, annotated: bool) -> bool:
    return not label or (label == NOT_LABELLED and annotated)


def _columns(votes: PublishedVotes, label: str, annotated: bool, source: str) -> SensitivityColumns:
    return SensitivityColumns(
        required_knowledge=render_list(votes.required_knowledge),
        time_sensitive=render_list(votes.time_sensitive),
        reference=render_list(votes.reference),
        culture=render_list(votes.culture),
        region=render_list(votes.region),
        country=render_list(votes.country),
        cultural_sensitivity_label=label,
        is_annotated=annotated,
        label_source=source,
    )


def _time_answers(ours: Sequence[SensitivityJudgement]) -> list[str]:
    return ["Yes" if one.time_sensitive else "No" for one in ours if one.time_sensitive is not None]


def _marks(judgement: SensitivityJudgement) -> Sequence[Mark]:
    spans = sorted(judgement.spans, key=lambda span: (span.start, span.end, span.label))
    if not spans:
        return (NOTHING_MARKED,)
    return [{"end": s.end, "label": s.label, "score": None, "start": s.start} for s in spans]


def _in_key_order(mark: Mapping[str, object]) -> dict[str, object]:
    """A JSON column does not keep the order of keys; the published form has one."""
    return {key: mark[key] for key in (*SPAN_KEYS, *sorted(mark.keys() - set(SPAN_KEYS))) if key in mark}
