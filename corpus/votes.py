"""Published Global-MMLU votes: columns 10 to 17, read from their exact text and written back to it.

The lists are not aligned across columns (they differ in length in some rows): they are kept a column
each, in their published order, and never zipped.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

LIST_COLUMNS = ("required_knowledge", "time_sensitive", "reference", "culture", "region", "country")
COLUMNS = (*LIST_COLUMNS, "cultural_sensitivity_label", "is_annotated")

KNOWLEDGE = ("none", "cultural", "regional", "dialect")
TIME_SENSITIVE = ("Yes", "No")
SPAN_LABELS = ("Geographic", "Cultural", "Dialect")
REFERENCE_KEYS = ("end", "label", "score", "start")
NOT_MARKED = "-"
PUBLISHED_LABELS = ("CS", "CA", "-", "")

# A span is `{"end": 55, "label": "Geographic", "score": None, "start": 5}`: half-open code-point
# offsets into the English question. "-" stands where an annotator marked nothing.
Reference = str | dict[str, int | float | str | None]

_MAX_CHARACTERS = 100_000


class VotesError(ValueError):
    """The published votes cannot be kept so that they come out again as they were."""

    def __init__(self, field: str, message: str) -> None:
        """This function will keep the column at fault and what is wrong with it."""
        super().__init__(f"{field}: {message}")
        self.field, self.message = field, message


@dataclass(frozen=True, slots=True)
class Votes:
    """The votes on one item as published: one ordered list a column, label and flag beside them."""

    required_knowledge: list[str]
    time_sensitive: list[str]
    reference: list[Reference]
    culture: list[str]
    region: list[str]
    country: list[str]
    label: str
    is_annotated: bool

    @property
    def voters(self) -> int:
        """This function will return how many people voted: the entries of `required_knowledge`."""
        return len(self.required_knowledge)


def parse_votes(row: Mapping[str, object]) -> Votes:
    """This function will read columns 10 to 17 of a published row.

    A label left blank ("" or null) on an annotated row is kept as blank. Raises `VotesError` when a
    column is missing, holds a value the format does not know, or would not be written back to the
    same text.
    """
    lists = {column: _list(column, row.get(column)) for column in LIST_COLUMNS}
    votes = Votes(
        required_knowledge=_among("required_knowledge", lists["required_knowledge"], KNOWLEDGE),
        time_sensitive=_among("time_sensitive", lists["time_sensitive"], TIME_SENSITIVE),
        reference=[_reference(entry) for entry in lists["reference"]],
        culture=_texts("culture", lists["culture"]),
        region=_texts("region", lists["region"]),
        country=_texts("country", lists["country"]),
        label=_label(row.get("cultural_sensitivity_label")),
        is_annotated=_flag(row.get("is_annotated")),
    )
    _check_whole(votes)
    _check_round_trip(votes, row)
    return votes


def render_votes(votes: Votes) -> dict[str, str | bool]:
    """This function will return columns 10 to 17 in their published order and exact text."""
    return {
        "required_knowledge": str(votes.required_knowledge),
        "time_sensitive": str(votes.time_sensitive),
        "reference": str([_ordered(entry) for entry in votes.reference]),
        "culture": str(votes.culture),
        "region": str(votes.region),
        "country": str(votes.country),
        "cultural_sensitivity_label": votes.label,
        "is_annotated": votes.is_annotated,
    }


def _list(column: str, value: object) -> list[object]:
    if not isinstance(value, str):
        raise VotesError(column, f"is {value!r:.60}; published rows hold a Python list as text, such as []")
    if len(value) > _MAX_CHARACTERS:
        raise VotesError(column, f"has {len(value)} characters; {_MAX_CHARACTERS} are the most")
    try:
        entries = ast.literal_eval(value)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        entries = None
    if not isinstance(entries, list):
        raise VotesError(column, f"is {value!r:.60}, not a Python list such as ['none', 'cultural']")
    return entries


def _texts(column: str, entries: list[object]) -> list[str]:
    texts = [entry for entry in entries if isinstance(entry, str)]
    if len(texts) != len(entries):
        raise VotesError(column, f"holds something that is no text: {entries!r:.60}")
    return texts


def _among(column: str, entries: list[object], known: tuple[str, ...]) -> list[str]:
    for entry in entries:
        if entry not in known:
            raise VotesError(column, f"holds {entry!r:.60}; known are {', '.join(known)}")
    return _texts(column, entries)


def _reference(entry: object) -> Reference:
    if entry == NOT_MARKED:
        return NOT_MARKED
    if not isinstance(entry, dict) or set(entry) != set(REFERENCE_KEYS):
        keys = ", ".join(REFERENCE_KEYS)
        raise VotesError("reference", f"holds {entry!r:.60}, neither '-' nor a span of {keys}")
    start, end, score = entry["start"], entry["end"], entry["score"]
    if type(start) is not int or type(end) is not int or not 0 <= start <= end:
        raise VotesError("reference", f"marks {start!r} to {end!r}, which is no span")
    if entry["label"] not in SPAN_LABELS:
        known = ", ".join(SPAN_LABELS)
        raise VotesError("reference", f"holds the label {entry['label']!r:.60}; known are {known}")
    if score is not None and type(score) not in (int, float):
        raise VotesError("reference", f"holds the score {score!r:.60}, which is no number")
    return _ordered(entry)


def _ordered(entry: Reference) -> Reference:
    # JSONB sorts keys as it likes; the published text has them in this order
    return entry if isinstance(entry, str) else {key: entry[key] for key in REFERENCE_KEYS}


def _label(value: object) -> str:
    label = "" if value is None else value
    if not isinstance(label, str) or label not in PUBLISHED_LABELS:
        raise VotesError("cultural_sensitivity_label", f"is {value!r:.60}; known are CS, CA, - and blank")
    return label


def _flag(value: object) -> bool:
    flags = {"True": True, "true": True, "False": False, "false": False}
    flag = flags.get(value) if isinstance(value, str) else value
    if not isinstance(flag, bool):
        raise VotesError("is_annotated", f"is {value!r:.60}; it is true or false")
    return flag


def _check_whole(votes: Votes) -> None:
    if votes.is_annotated and not votes.voters:
        raise VotesError("is_annotated", "is true, and required_knowledge holds no vote")
    if not votes.is_annotated:
        rendered = render_votes(votes)
        for column in LIST_COLUMNS:
            if rendered[column] != "[]":
                raise VotesError(column, f"holds {rendered[column]!r:.60}, and is_annotated is false")
        if votes.label not in ("-", ""):
            raise VotesError("cultural_sensitivity_label", f"is {votes.label}, and is_annotated is false")


def _check_round_trip(votes: Votes, row: Mapping[str, object]) -> None:
    rendered = render_votes(votes)
    for column in LIST_COLUMNS:
        if rendered[column] != row[column]:
            message = f"is {row[column]!r:.60}, and would be written as {rendered[column]!r:.60}"
            raise VotesError(column, message + "; write it as Python's str(list) does")
