"""What each person of the sample campaign says, for the campaign to open on and for the headless run.

Everything here is read from the files in `data/` and is the same every time. Pure: no database, no clock.
An annotator finds the deliberate errors (`errors.json`) and mends them, except where `deviations.json` says
that this person judged otherwise; where two people part, `settlements.json` says how Rui settles it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from annotation.labels import (
    SensitivityAnswers,
    SensitivitySpan,
    Severity,
    Verdict,
    VerificationAnswer,
)

DATA = Path(__file__).parent / "data"
SOURCE_LANGUAGE = "en"
LANGUAGES = ("ar", "ur", "hi", "ja", "sw", "de", "fr")
MAIN_SYSTEM = "mt-alpha"
# (language, system, file): German has a second candidate beside the one people start from.
TRANSLATIONS = (
    *((language, MAIN_SYSTEM, f"{language}.jsonl") for language in LANGUAGES if language != "de"),
    ("de", MAIN_SYSTEM, "de.mt-alpha.jsonl"),
    ("de", "mt-beta", "de.mt-beta.jsonl"),
)
VERIFICATION_OVERLAP, SENSITIVITY_OVERLAP = 2, 4
VERIFICATION, SENSITIVITY = "verification", "sensitivity"
REVIEWER = "Rui"
FIELDS = ("question", "option_a", "option_b", "option_c", "option_d")

# What is done when the campaign opens. French is untouched, and Dev has tagged nothing yet.
_OPENING_LANGUAGES = LANGUAGES[:-1]
_OPENING_TAGS: Mapping[str, int] = {"Ana": 3, "Ben": 2, "Chi": 1}


@dataclass(frozen=True, slots=True)
class Person:
    """One of the cast. `role` is manager, reviewer or empty; `standing` professional, community or empty.

    `annotates` are the languages of the person's memberships; the source language is for sensitivity.
    """

    name: str
    email: str
    role: str
    standing: str
    languages: Mapping[str, str]
    annotates: tuple[str, ...]
    about: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one person says of one task. `system` is empty for sensitivity."""

    person: str
    kind: str
    language: str
    sample_id: str
    system: str
    answer: VerificationAnswer | SensitivityAnswers


@dataclass(frozen=True, slots=True)
class Settled:
    """What Rui decides: `outcome` is pick, write or exclude_language, `picked` the person whose judgement
    is taken, `fields` the whole text written; `reason` is never empty."""

    language: str
    sample_id: str
    outcome: str
    reason: str
    picked: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


def people() -> tuple[Person, ...]:
    """This function will return the cast: Mia, Rui, Ana, Ben, Chi, Dev and Oz."""
    return tuple(Person(**{**row, "annotates": tuple(row["annotates"])}) for row in _json("people.json"))


def judges(kind: str, language: str) -> tuple[str, ...]:
    """This function will return who does a kind of work in a language, in the order of the cast."""
    of = SOURCE_LANGUAGE if kind == SENSITIVITY else language
    return tuple(person.name for person in people() if of in person.annotates)


@cache
def sample_ids() -> tuple[str, ...]:
    """This function will return the ids of the items in the order of their file."""
    return tuple(_texts("items.jsonl"))


def for_task(
    *, person: str, kind: str, language: str, sample_id: str, system: str = MAIN_SYSTEM
) -> Judgement:
    """This function will return what this person says of this task, whichever task they were handed.

    `system` is the system whose text is on the screen. Raises `LookupError` for a person who does not do
    this work in this language, and for an item or system that is not part of the sample.
    """
    if person not in judges(kind, language):
        raise LookupError(f"{person} does no {kind} in {language!r}; judges() names those who do.")
    if sample_id not in sample_ids():
        raise LookupError(f"{sample_id!r} is no item of the sample; sample_ids() lists them.")
    if kind == SENSITIVITY:
        return Judgement(person, kind, SOURCE_LANGUAGE, sample_id, "", _tags(person, sample_id))
    answer = _verdict(person, language, sample_id, system)
    return Judgement(person, kind, language, sample_id, system, answer)


def opening() -> tuple[Judgement, ...]:
    """This function will return the judgements that are in when the campaign opens, in their order.

    They leave work for every annotator, and rejects and disagreements that wait for Rui.
    """
    return tuple(judgement for judgement in _everything() if _opens_with(judgement))


def rest() -> tuple[Judgement, ...]:
    """This function will return every judgement that `opening` leaves: together they fill every slot."""
    return tuple(judgement for judgement in _everything() if not _opens_with(judgement))


def opening_settlements() -> tuple[Settled, ...]:
    """This function will return what Rui has settled when the campaign opens."""
    return tuple(_settled(row) for row in _json("settlements.json") if row["opening"] == "settled")


def settlements() -> tuple[Settled, ...]:
    """This function will return what Rui settles later. With the opening ones nothing is left in conflict."""
    return tuple(_settled(row) for row in _json("settlements.json") if row["opening"] != "settled")


def settlement_for(language: str, sample_id: str) -> Settled:
    """This function will return Rui's decision on any verification task of the sample.

    A task on which the annotators agree comes up as a sampled revision: the first of them is picked.
    """
    for row in _json("settlements.json"):
        if (row["language"], row["sample_id"]) == (language, sample_id):
            return _settled(row)
    first = judges(VERIFICATION, language)[0]
    return Settled(language, sample_id, "pick", "Looked at again: right as it is.", picked=first)


def counts(judgements: tuple[Judgement, ...]) -> dict[tuple[str, str, str], int]:
    """This function will return how many of the judgements each (person, kind, language) has."""
    found: dict[tuple[str, str, str], int] = {}
    for judgement in judgements:
        key = (judgement.person, judgement.kind, judgement.language)
        found[key] = found.get(key, 0) + 1
    return found


def right_fields(language: str, sample_id: str, system: str = MAIN_SYSTEM) -> dict[str, str]:
    """This function will return the machine's text of an item with its deliberate errors mended."""
    error = _errors().get((language, system, sample_id), {"correct": {}})
    return {**machine_fields(language, sample_id, system), **error["correct"]}


def machine_fields(language: str, sample_id: str, system: str = MAIN_SYSTEM) -> dict[str, str]:
    """This function will return the five texts of an item as the machine wrote them.

    Raises `LookupError` for a system that has no file in this language.
    """
    for known_language, known_system, name in TRANSLATIONS:
        if (known_language, known_system) == (language, system):
            return dict(_texts(name)[sample_id])
    raise LookupError(f"The sample has no {language!r} translations by {system!r}; see TRANSLATIONS.")


def _everything() -> tuple[Judgement, ...]:
    work = [(SENSITIVITY, SOURCE_LANGUAGE), *((VERIFICATION, language) for language in LANGUAGES)]
    return tuple(
        for_task(person=person, kind=kind, language=language, sample_id=sample_id)
        for kind, language in work
        for sample_id in sample_ids()
        for person in judges(kind, language)
    )


def _opens_with(judgement: Judgement) -> bool:
    number = int(judgement.sample_id.rpartition("/")[2])
    if "/test/" not in judgement.sample_id:
        return False
    if judgement.kind == SENSITIVITY:
        return number < _OPENING_TAGS.get(judgement.person, 0)
    if judgement.language not in _OPENING_LANGUAGES:
        return False
    is_first = judgement.person == judges(VERIFICATION, judgement.language)[0]
    conflict = (judgement.language, judgement.sample_id) in _opening_conflicts()
    return conflict or number == 0 or (number == 1 and is_first)


@cache
def _opening_conflicts() -> frozenset[tuple[str, str]]:
    rows = _json("settlements.json")
    return frozenset((row["language"], row["sample_id"]) for row in rows if row["opening"])


def _verdict(person: str, language: str, sample_id: str, system: str) -> VerificationAnswer:
    said = _deviations().get((person, language, sample_id)) if system == MAIN_SYSTEM else None
    if said is not None:
        return _as_deviation(said, language, sample_id)
    error = _errors().get((language, system, sample_id))
    if error is None:
        return VerificationAnswer(Verdict.ACCEPT)
    if error["reason"].startswith("untranslatable."):
        verdict, fields = Verdict.CANNOT_TRANSLATE, None
    else:
        verdict, fields = Verdict.EDIT, right_fields(language, sample_id, system)
    return VerificationAnswer(verdict, fields, error["reason"], Severity(error["severity"]), error["note"])


def _as_deviation(said: Mapping[str, Any], language: str, sample_id: str) -> VerificationAnswer:
    verdict, fields = Verdict(said["verdict"]), None
    if verdict is Verdict.EDIT:
        fields = {**machine_fields(language, sample_id), **said["fields"]}
    return VerificationAnswer(
        verdict, fields, said.get("reason", ""), said.get("severity", ""), said.get("note", "")
    )


def _tags(person: str, sample_id: str) -> SensitivityAnswers:
    row = _sensitive().get(sample_id)
    if row is None:
        return SensitivityAnswers()
    said = row["answers"][row["by"].get(person, "most")]
    question = _texts("items.jsonl")[sample_id]["question"]
    spans = tuple(_span(mark, question) for mark in said["marks"])
    others = {name: value for name, value in said.items() if name not in ("tags", "marks")}
    return SensitivityAnswers(tags=tuple(said["tags"]), spans=spans, **others)


def _span(mark: Mapping[str, str], question: str) -> SensitivitySpan:
    start = question.index(mark["quote"])
    return SensitivitySpan(start, start + len(mark["quote"]), mark["label"], mark["quote"])


def _settled(row: Mapping[str, str]) -> Settled:
    language, sample_id = row["language"], row["sample_id"]
    fields = right_fields(language, sample_id) if row["outcome"] == "write" else {}
    return Settled(language, sample_id, row["outcome"], row["reason"], row["picked"], fields)


@cache
def _json(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@cache
def _texts(name: str) -> dict[str, dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="\n") as lines:
        rows = [json.loads(line) for line in lines]
    return {row["sample_id"]: {name: row[name] for name in FIELDS} for row in rows}


@cache
def _errors() -> dict[tuple[str, str, str], Any]:
    return {(row["language"], row["system"], row["sample_id"]): row for row in _json("errors.json")}


@cache
def _deviations() -> dict[tuple[str, str, str], Any]:
    return {(row["by"], row["language"], row["sample_id"]): row for row in _json("deviations.json")}


@cache
def _sensitive() -> dict[str, Any]:
    return {row["sample_id"]: row for row in _json("sensitivity.json")}
