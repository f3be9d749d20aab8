"""The rows of a release, each from plain facts: the 17 columns, the provenance of a row, a judgement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exports.distance import Distance, fields_distance
from exports.formats.schema import OPTION_FIELDS, TEXT_FIELDS
from exports.labels import SensitivityColumns
from exports.selection import Choice

SOURCE_ORIGIN = "source"
LABEL_COLUMNS = tuple(name for name in SensitivityColumns.__slots__ if name != "label_source")


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What all languages share of an item."""

    sample_id: str
    subject: str
    subject_category: str
    answer: str


@dataclass(frozen=True, slots=True)
class TextFacts:
    """The text a row carries, the imported one it goes back to, and where they come from."""

    fields: Mapping[str, str]
    imported: Mapping[str, str]
    origin: str
    system: str
    sha256: str


@dataclass(frozen=True, slots=True)
class WorkFacts:
    """What people and checks said of the text: verdicts and reasons that count, flags as detector:field."""

    verdicts: Sequence[str] = ()
    reasons: Sequence[str] = ()
    flags: Sequence[str] = ()


def misfit(fields: Mapping[str, str]) -> str:
    """This function will say why a text is no question with exactly the options A to D; "" where it is."""
    if set(fields) == set(TEXT_FIELDS):
        return ""
    options = sum(name.startswith("option_") for name in fields)
    if options != len(OPTION_FIELDS):
        return f"unfit: {options} options"
    return f"unfit: the fields {', '.join(sorted(fields))}"


def data_row(item: ItemFacts, fields: Mapping[str, str], labels: SensitivityColumns) -> dict[str, Any]:
    """This function will give the 17 columns of an item in one language, text byte for byte.

    Only of a text in which ``misfit`` finds nothing.
    """
    return {
        "sample_id": item.sample_id,
        "subject": item.subject,
        "subject_category": item.subject_category,
        **{name: fields[name] for name in TEXT_FIELDS},
        "answer": item.answer,
        **{name: getattr(labels, name) for name in LABEL_COLUMNS},
    }


def provenance_row(
    item: ItemFacts, language: str, choice: Choice, text: TextFacts, work: WorkFacts, label_source: str
) -> dict[str, Any]:
    """This function will say who verified a row, and how far its text is from the imported one."""
    question = fields_distance(text.imported, text.fields, ["question"])
    options = fields_distance(text.imported, text.fields, OPTION_FIELDS)
    return {
        "sample_id": item.sample_id,
        "language": language,
        "status": choice.status.value,
        "open": choice.is_open,
        "verified_by": choice.verified_by,
        "reason": choice.reason,
        "origin": text.origin,
        "system": text.system,
        "edited": dict(text.fields) != dict(text.imported),
        **_distances("", question + options),
        **_distances("question_", question),
        **_distances("options_", options),
        "verdicts": list(work.verdicts),
        "reasons": list(work.reasons),
        "flags": list(work.flags),
        "label_source": label_source,
        "text_sha256": text.sha256,
    }


def _distances(prefix: str, distance: Distance) -> dict[str, Any]:
    return {
        f"{prefix}edit_distance": distance.edits,
        f"{prefix}edit_distance_normalised": distance.normalised,
    }


NO_ANSWERS: Mapping[str, Any] = {
    "tags": [], "not_sure": False, "spans": [], "culture": "", "region": "", "country": "",
    "time_sensitive": None,
}  # fmt: skip


def annotation_row(facts: Mapping[str, Any], answers: Mapping[str, Any] | None) -> dict[str, Any]:
    """This function will give a judgement's row: ``facts`` holds the columns that both kinds of work share,
    ``answers`` those of a sensitivity judgement, None for a verification."""
    given = answers or NO_ANSWERS
    spans = [{key: span[key] for key in ("start", "end", "label")} for span in given["spans"]]
    return {**facts, **{name: given[name] for name in NO_ANSWERS}, "spans": spans}
