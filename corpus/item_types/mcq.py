"""Multiple choice: a question, two to ten options, and the letter of the right one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from corpus.bounds import LONGEST_TEXT
from corpus.item_types.base import FieldWarning, Json, Parsed
from corpus.item_types.record import SHARED_NAMES, Record
from corpus.item_types.text_warnings import BLANK_FIELD, option_warnings, text_warnings
from corpus.text import is_blank

LETTERS = "ABCDEFGHIJ"
OPTION_FIELDS = tuple(f"option_{letter.lower()}" for letter in LETTERS)
LIST_NAMES = ("choices", "options")
MIN_OPTIONS = 2


@dataclass(frozen=True, slots=True)
class Mcq:
    """Fields `question`, `option_a` … at most `option_j`; attribute `answer`, a letter.

    Options come as columns, or as one list (`choices` or `options`; in CSV a JSON list). A null is
    an absent option and an empty text a blank one; but CSV has no null, so empty texts at the end
    from `option_e` on are absent too: that is how a table holds items of four and of ten options.
    """

    name: ClassVar[str] = "mcq"
    accepts: ClassVar[frozenset[str]] = SHARED_NAMES | {"question", "answer", *OPTION_FIELDS, *LIST_NAMES}

    def parse(
        self, values: Mapping[str, object], mapping: Mapping[str, str], *, translation: bool = False
    ) -> Parsed:
        """This function will read one question; see `ItemType.parse`."""
        record = Record(values, mapping)
        external_id = record.external_id()
        columns = record.columns(external_id)
        question = record.text("question")
        if not record.has("question"):
            record.refuse("question", "is missing", "name its column with --map COLUMN=question")
        options = _options(record)
        answer = _answer(record, len(options), required=not translation)
        record.finish()
        fields = {"question": question or "", **options}
        return Parsed(external_id, fields, {"answer": answer} if answer else {}, columns)

    def field_order(self, fields: Mapping[str, str]) -> list[str]:
        """This function will return `question`, then the options by letter."""
        return [name for name in ("question", *OPTION_FIELDS) if name in fields]

    def options(self, fields: Mapping[str, str]) -> list[str]:
        """This function will return the names of the options the item has, by letter."""
        return [name for name in OPTION_FIELDS if name in fields]

    def translatable(self, fields: Mapping[str, str], attributes: Mapping[str, Json]) -> list[str]:
        """This function will return every field: question and options are all translated."""
        return self.field_order(fields)

    def warnings(self, fields: Mapping[str, str]) -> list[FieldWarning]:
        """This function will return blank and equal texts, and odd characters in any of them."""
        names = self.field_order(fields)
        found = [warning for name in names for warning in text_warnings(name, fields[name])]
        if is_blank(fields["question"]):
            found.insert(0, FieldWarning("question", BLANK_FIELD, "the question is blank"))
        return found + option_warnings(fields, self.options(fields))


def _options(record: Record) -> dict[str, str]:
    columns = _option_columns(record)
    listed = _option_list(record)
    if listed is not None and columns and listed != columns:
        told = f"gives its options twice, differently: as {OPTION_FIELDS[0]} … and as a list"
        record.refuse(None, told, "keep one of the two")
    options = listed if listed is not None else columns
    if len(options) < MIN_OPTIONS and not record.errors:
        told = f"is missing: an item has {MIN_OPTIONS} to {len(LETTERS)} options"
        cure = "give them as option_a … option_j, or as a list `choices`"
        record.refuse(OPTION_FIELDS[len(options)], told, cure)
    return options


def _option_columns(record: Record) -> dict[str, str]:
    present = [name for name in OPTION_FIELDS if record.has(name)]
    while present and OPTION_FIELDS.index(present[-1]) >= 4 and record.values[present[-1]] == "":
        present.pop()
    for name, expected in zip(present, OPTION_FIELDS, strict=False):
        if name != expected:
            record.refuse(expected, f"is missing, and {name} is there", "leave no option out")
            break
    return {name: text for name in present if (text := record.text(name)) is not None}


def _option_list(record: Record) -> dict[str, str] | None:
    name = next((name for name in LIST_NAMES if record.has(name)), None)
    if name is None:
        return None
    choices = _as_list(record.values[name])
    if choices is None or not MIN_OPTIONS <= len(choices) <= len(LETTERS):
        value = f"{record.values[name]!r:.60}"
        told = f"is {value}, not a list of {MIN_OPTIONS} to {len(LETTERS)} texts"
        record.refuse(name, told, "write a list of texts (in CSV: as JSON)")
        return {}
    texts: dict[str, str] = {}
    for field, choice in zip(OPTION_FIELDS, choices, strict=False):
        text = record.as_text(name, choice)
        if text is not None:
            texts[field] = text
    return texts


def _as_list(value: object) -> list[object] | None:
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            return None
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, list) else None


def _answer(record: Record, options: int, *, required: bool) -> str:
    value = record.values.get("answer")
    if value is None or value == "":
        if required:
            record.refuse(
                "answer", "is missing", "give the letter, or the number from 0, of the right option"
            )
        return ""
    letters = LETTERS[:options]
    text = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    if len(text) == 1 and text.upper() in letters:
        return text.upper()
    if len(text) == 1 and text in "0123456789" and int(text) < options:
        return LETTERS[int(text)]
    if options >= MIN_OPTIONS:
        span = f"{letters[0]} to {letters[-1]}, or 0 to {options - 1}"
        record.refuse("answer", f"is {value!r:.60}, which is no option", f"the options are {span}")
    return ""
