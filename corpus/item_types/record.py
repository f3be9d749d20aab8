"""A record under reading: columns renamed, values taken one by one, and all faults collected."""

from __future__ import annotations

import re
from collections.abc import Mapping

from corpus.bounds import LONGEST_TEXT
from corpus.item_types.base import Columns, FieldError, RefusedRowError
from corpus.text import unstorable

ID_NAMES = ("sample_id", "id")
SHARED_NAMES = frozenset((*ID_NAMES, "subject", "subject_category", "split", "position"))
MAX_NAME_LENGTH = 200
MAX_POSITION = 2**31 - 1

_SHORTEN = f"{LONGEST_TEXT} are the most; shorten it"
_SAMPLE_ID = re.compile("([^/]+)/([^/]+)/([0-9]{1,9})")
_WHOLE = re.compile("0|[1-9][0-9]{0,9}")


class Record:
    """The values of one record under their field names, and the errors met so far."""

    def __init__(self, values: Mapping[str, object], mapping: Mapping[str, str]) -> None:
        """This function will rename the columns; a mapped column takes the place of one of that name."""
        self.errors: list[FieldError] = []
        self.values = {name: value for name, value in values.items() if name not in mapping}
        for column, field in mapping.items():
            if column in values:
                self.values[field] = values[column]
            else:
                told = f"is mapped from the column {column!r}, which the record lacks"
                self.refuse(field, told, "map a column that is there")

    def refuse(self, field: str | None, message: str, cure: str) -> None:
        """This function will note one more reason why the record cannot be taken, and what to do."""
        self.errors.append(FieldError(field, message, cure))

    def finish(self) -> None:
        """This function will raise `RefusedRowError` when any error was noted."""
        if self.errors:
            raise RefusedRowError(self.errors)

    def has(self, field: str) -> bool:
        """This function will say whether the field is there and not null."""
        return self.values.get(field) is not None

    def text(self, field: str) -> str | None:
        """This function will return the field's text as it stands, None when absent, null or refused.

        A whole number is taken as its decimal digits: options may be numerals.
        """
        value = self.values.get(field)
        return None if value is None else self.as_text(field, value)

    def as_text(self, field: str, value: object) -> str | None:
        """This function will return a value as text, or note under `field` why it is none."""
        if isinstance(value, str):
            problem = unstorable(value)
            if problem is None and len(value) <= LONGEST_TEXT:
                return value
            message, _, cure = (problem or f"has {len(value)} characters: {_SHORTEN}").partition(": ")
            self.refuse(field, message, cure)
        elif isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        else:
            self.refuse(field, f"is a {type(value).__name__}, not text: {value!r:.60}", "write it in quotes")
        return None

    def whole(self, field: str) -> int | None:
        """This function will return a whole number from 0, None when absent, null, empty or refused."""
        text = self.text(field)
        if not text:
            return None
        if _WHOLE.fullmatch(text) and int(text) <= MAX_POSITION:
            return int(text)
        told = f"is {text!r:.60}, not a whole number from 0 to {MAX_POSITION}"
        self.refuse(field, told, "write digits alone, or leave it empty")
        return None

    def name(self, field: str) -> str:
        """This function will return a text that names something: short, one line, "" when absent."""
        text = self.text(field) or ""
        if len(text) > MAX_NAME_LENGTH:
            told = f"has {len(text)} characters"
            self.refuse(field, told, f"{MAX_NAME_LENGTH} are the most; shorten it")
        elif text != text.strip() or not text.isprintable():
            told = f"is {text!r:.60}: a name may not hold control characters or edge white space"
            self.refuse(field, told, "remove them")
        else:
            return text
        return ""

    def external_id(self) -> str:
        """This function will return the record's id: `sample_id`, else `id`. Notes when there is none."""
        field = next((name for name in ID_NAMES if self.has(name)), ID_NAMES[0])
        before = len(self.errors)
        value = self.name(field)
        if not value and len(self.errors) == before:
            self.refuse(field, "has no id", "name its column with --map COLUMN=sample_id")
        return value

    def columns(self, external_id: str) -> Columns:
        """This function will return the columns; an id `<subject>/<split>/<N>` gives what is missing."""
        found = _SAMPLE_ID.fullmatch(external_id)
        subject, split, number = found.groups() if found else ("", "", None)
        position = self.whole("position")
        return Columns(
            subject=self.name("subject") or subject,
            subject_category=self.name("subject_category"),
            split=self.name("split") or split,
            position=int(number) if position is None and number is not None else position,
        )
