"""The shape (fields, attributes) and the protocol carry the item types still to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from corpus.item_types import ItemType, Json, Parsed, RefusedRowError, canonical
from corpus.item_types.base import FieldWarning
from corpus.item_types.mcq import Mcq
from corpus.item_types.record import SHARED_NAMES, Record
from corpus.item_types.text_warnings import text_warnings

CODE_SUBSETS = ("hep-python", "hep-js")


@dataclass(frozen=True)
class Texts:
    """A type whose items are a fixed list of texts and a fixed list of attributes."""

    name: str
    texts: tuple[str, ...]
    kept: tuple[str, ...]

    @property
    def accepts(self) -> frozenset[str]:
        return SHARED_NAMES | {*self.texts, *self.kept}

    def parse(
        self, values: Mapping[str, object], mapping: Mapping[str, str], *, translation: bool = False
    ) -> Parsed:
        record = Record(values, mapping)
        external_id = record.external_id()
        columns = record.columns(external_id)
        for name in self.texts:
            if not record.has(name):
                record.refuse(name, "is missing", "give it")
        fields = {name: record.text(name) or "" for name in self.texts}
        attributes: dict[str, Json] = {name: record.text(name) for name in self.kept if record.has(name)}
        record.finish()
        return Parsed(external_id, fields, attributes, columns)

    def field_order(self, fields: Mapping[str, str]) -> list[str]:
        return [name for name in self.texts if name in fields]

    def options(self, fields: Mapping[str, str]) -> list[str]:
        return [name for name in ("chosen", "rejected") if name in fields]

    def translatable(self, fields: Mapping[str, str], attributes: Mapping[str, Json]) -> list[str]:
        return ["prompt"] if attributes.get("subset") in CODE_SUBSETS else self.field_order(fields)

    def warnings(self, fields: Mapping[str, str]) -> list[FieldWarning]:
        return [found for name in self.field_order(fields) for found in text_warnings(name, fields[name])]


@dataclass(frozen=True)
class NativeMcq(Mcq):
    """A question born in its language: multiple choice, and where it belongs."""

    name = "native_mcq"
    kept = ("language", "country", "domain", "regional_feature", "level")

    def parse(
        self, values: Mapping[str, object], mapping: Mapping[str, str], *, translation: bool = False
    ) -> Parsed:
        parsed = Mcq().parse(values, mapping, translation=translation)
        record = Record(values, mapping)
        parsed.attributes.update({name: record.text(name) for name in self.kept if record.has(name)})
        record.finish()
        return parsed


PROMPT: ItemType = Texts("prompt", ("prompt",), ("category", "cluster"))
PREFERENCE: ItemType = Texts(
    "preference", ("prompt", "chosen", "rejected"), ("chosen_model", "rejected_model", "subset")
)
NATIVE: ItemType = NativeMcq()


def test_an_open_prompt_is_one_text_and_its_cluster() -> None:
    parsed = PROMPT.parse(
        {"question_id": "p1", "prompt": "Tell me.", "cluster": "talk"}, {"question_id": "id"}
    )
    assert (parsed.external_id, parsed.fields) == ("p1", {"prompt": "Tell me."})
    assert parsed.attributes == {"cluster": "talk"}


def test_a_preference_pair_of_code_translates_its_prompt_alone() -> None:
    row = {"id": 4, "prompt": "Add.", "chosen": "a+b", "rejected": "a-b", "subset": "hep-python"}
    parsed = PREFERENCE.parse(row, {})
    assert parsed.external_id == "4"
    assert PREFERENCE.translatable(parsed.fields, parsed.attributes) == ["prompt"]
    assert PREFERENCE.options(parsed.fields) == ["chosen", "rejected"]
    assert PREFERENCE.translatable(parsed.fields, {"subset": "chat"}) == ["prompt", "chosen", "rejected"]


def test_a_native_question_keeps_its_region_and_reads_both_published_forms() -> None:
    row = {"id": "n1", "question": "?", "answer": 2, "country": "Peru", "regional_feature": "region explicit"}
    new = NATIVE.parse(row | {"option_a": "1", "option_b": "2", "option_c": "3"}, {})
    old = NATIVE.parse(row | {"choices": ["1", "2", "3"]}, {})
    assert new == old
    assert new.attributes == {"answer": "C", "country": "Peru", "regional_feature": "region explicit"}


def test_every_type_has_one_canonical_form_and_refuses_with_a_field() -> None:
    assert (
        canonical({"prompt": "x"}, {"subset": "chat"})
        == b'{"attributes":{"subset":"chat"},"fields":{"prompt":"x"}}'
    )
    with pytest.raises(RefusedRowError, match="rejected: is missing"):
        PREFERENCE.parse({"id": "1", "prompt": "p", "chosen": "c"}, {})
