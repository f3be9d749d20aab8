"""Rows of translations whose errors are known, read from files and brought into the shape of pairs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.formats import FileError, RawRow, RowError, open_rows
from flagging.checks.base import Pair, options

CLEAN = "clean"
# What a row with an error is counted under when it names no kind.
UNNAMED = "unnamed"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CHOICES = ("options", "choices", "answers", "endings")
_QUESTIONS = ("question", "text", "stem", "prompt", "query")
# "A. first" on a line of its own, as an item is written where it is one text.
_LETTERED = re.compile(r"^[ \t]*([A-Z])[.)][ \t]*", re.MULTILINE)


class BadRowError(ValueError):
    """A row or file that cannot be evaluated; the message names file, line, field and cure."""

    def __init__(self, error: RowError | FileError) -> None:
        """This function will take over the words of the error."""
        super().__init__(str(error))


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """A pair, whether it is bad and of which kind, and the origin that makes a set of such rows."""

    pair: Pair
    is_bad: bool
    kind: str
    origin: str

    @property
    def set_key(self) -> tuple[str, str, str]:
        """Source language, target language and origin: rows that stand together as a set."""
        return self.pair.source_language, self.pair.target_language, self.origin


class _Refused(ValueError):
    def __init__(self, field: str, message: str, cure: str) -> None:
        super().__init__(message)
        self.field, self.message, self.cure = field, message, cure


def read(paths: Iterable[Path]) -> Iterator[LabelledRow]:
    """This function will yield the rows of all files in order; `BadRowError` for the first it cannot take."""
    for path in paths:
        try:
            for raw in open_rows(path):
                yield _labelled(raw)
        except FileError as error:
            raise BadRowError(error) from error


def _labelled(raw: RawRow | RowError) -> LabelledRow:
    if isinstance(raw, RowError):
        raise BadRowError(raw)
    try:
        return labelled(raw.values)
    except _Refused as refused:
        error = RowError(raw.file, raw.line, refused.field, refused.message, refused.cure)
        raise BadRowError(error) from refused


def labelled(values: Mapping[str, object]) -> LabelledRow:
    """This function will make a labelled pair of one row's values; `ValueError` where they do not allow it."""
    label = _text(values, "label", cure="write ok or bad")
    if label not in {"ok", "bad"}:
        raise _Refused("label", f"is {label!r}", "write ok or bad")
    source, target, answer = _sides(values)
    languages = (_language(values, "src_lang"), _language(values, "tgt_lang"))
    kind = _optional(values, "kind") or UNNAMED
    is_bad = label == "bad"
    pair = Pair(source, target, *languages, answer)
    return LabelledRow(pair, is_bad, kind if is_bad else CLEAN, _optional(values, "origin"))


def _text(values: Mapping[str, object], name: str, *, cure: str) -> str:
    value = values.get(name)
    if value is None:
        raise _Refused(name, "is missing", cure)
    if not isinstance(value, str):
        raise _Refused(name, f"is a {type(value).__name__}, not a text", cure)
    return value


def _language(values: Mapping[str, object], name: str) -> str:
    cure = "write the language's tag, such as en or sw"
    tag = _text(values, name, cure=cure).strip()
    if not tag:
        raise _Refused(name, "is empty", cure)
    return tag


def _optional(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    if value is not None and not isinstance(value, str):
        raise _Refused(name, f"is a {type(value).__name__}, not a text", "write a text or leave it out")
    return value or ""


def _sides(values: Mapping[str, object]) -> tuple[dict[str, str], dict[str, str], str | None]:
    """Fields of both sides and the letter of the right option, from the items where the row has them."""
    given = values.get("source_item"), values.get("target_item")
    if given == (None, None):
        source = _text(values, "source", cure="write the source text")
        target = _text(values, "target", cure="write the translation, empty where there is none")
        return *_split_alike(source, target), None
    ours, theirs = item_fields(given[0], "source_item"), item_fields(given[1], "target_item")
    first = _answer(given[0], ours)
    return ours, theirs, first if first is not None else _answer(given[1], theirs)


def item_fields(item: object, name: str) -> dict[str, str]:
    """This function will return an item's question and `option_a`, `option_b`, … from whichever shape it has:
    options as a list, by letter, or as columns; `ValueError` names the field at fault."""
    if not isinstance(item, Mapping):
        cure = 'write {"question": …, "options": […]}'
        raise _Refused(name, f"is {_kind(item)}, not an object", cure)
    question = next((item[one] for one in _QUESTIONS if item.get(one) is not None), None)
    fields = {"question": _said(question, f"{name}.question")} if question is not None else {}
    choices = next(((one, item[one]) for one in _CHOICES if item.get(one) is not None), None)
    if choices is not None:
        fields |= _choices(choices[1], f"{name}.{choices[0]}")
    for column in item:
        if column.startswith("option_") and column not in fields:
            fields[column] = _said(item[column], f"{name}.{column}")
    if not fields:
        raise _Refused(name, "has no question and no options", 'write {"question": …, "options": […]}')
    return fields


def _choices(choices: object, name: str) -> dict[str, str]:
    if isinstance(choices, Mapping):
        if isinstance(choices.get("text"), list):
            return _choices(choices["text"], name)
        named = choices.items()
    elif isinstance(choices, list):
        named = {str(LETTERS[place]): one for place, one in enumerate(choices[: len(LETTERS)])}.items()
    else:
        raise _Refused(name, f"is {_kind(choices)}", "write a list of texts, or an object by letter")
    return {_option_name(str(key)): _said(one, f"{name}.{key}") for key, one in named}


def _option_name(key: str) -> str:
    if key.isdigit() and int(key) < len(LETTERS):
        return f"option_{LETTERS[int(key)]}"
    return key if key.startswith("option_") else f"option_{key.strip('(). ').lower()}"


def _said(value: object, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return _said(value.get("text"), f"{name}.text")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _Refused(name, f"is {_kind(value)}, not a text", "write a text")
    return str(value)


def _kind(value: object) -> str:
    return "missing" if value is None else f"a {type(value).__name__}"


def _answer(item: object, fields: Mapping[str, str]) -> str | None:
    """The letter of the right option, given as index, letter or the option's own text; None where it is not."""
    given = item.get("answer", item.get("label")) if isinstance(item, Mapping) else None
    names = options(fields)
    if isinstance(given, str) and given.isdigit() and given not in fields.values():
        given = int(given)
    if isinstance(given, int) and not isinstance(given, bool) and 0 <= given < len(names):
        return names[given].removeprefix("option_").upper()
    if not isinstance(given, str):
        return None
    if f"option_{given.strip().lower()}" in names:
        return given.strip().upper()
    matching = [name for name in names if fields[name] == given]
    return matching[0].removeprefix("option_").upper() if len(matching) == 1 else None


def _split_alike(source: str, target: str) -> tuple[dict[str, str], dict[str, str]]:
    """Question and options where the source writes them as lettered lines and the target most of them too."""
    ours, theirs = _lettered(source), _lettered(target)
    if len(ours) >= 3 and len(theirs) >= 2 and set(theirs) <= set(ours):
        return ours, theirs
    return {"question": source}, {"question": target}


def _lettered(text: str) -> dict[str, str]:
    rising: list[re.Match[str]] = []
    for hit in _LETTERED.finditer(text):
        expected = hit[1] in "AB" if not rising else hit[1] > rising[-1][1]
        if hit.start() and expected:
            rising.append(hit)
    if not rising:
        return {"question": text}
    ends = [*(hit.start() for hit in rising[1:]), len(text)]
    found = {"question": text[: rising[0].start()].strip()}
    for hit, end in zip(rising, ends, strict=True):
        found[f"option_{hit[1].lower()}"] = text[hit.end() : end].strip()
    return found
