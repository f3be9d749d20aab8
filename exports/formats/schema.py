"""The columns of a release: the published 17, and the ``provenance`` and ``annotations`` configs."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pyarrow as pa

Row = Mapping[str, Any]

OPTION_FIELDS = ("option_a", "option_b", "option_c", "option_d")
TEXT_FIELDS = ("question", *OPTION_FIELDS)

GLOBAL_MMLU = pa.schema(
    [
        pa.field(name, pa.string())
        for name in (
            "sample_id",
            "subject",
            "subject_category",
            *TEXT_FIELDS,
            "answer",
            "required_knowledge",
            "time_sensitive",
            "reference",
            "culture",
            "region",
            "country",
            "cultural_sensitivity_label",
        )
    ]
    + [pa.field("is_annotated", pa.bool_())]
)

PROVENANCE = pa.schema(
    [
        ("sample_id", pa.string()),
        ("language", pa.string()),
        ("status", pa.string()),
        ("open", pa.bool_()),
        ("verified_by", pa.string()),
        ("reason", pa.string()),
        ("origin", pa.string()),
        ("system", pa.string()),
        ("edited", pa.bool_()),
        ("edit_distance", pa.int32()),
        ("edit_distance_normalised", pa.float64()),
        ("question_edit_distance", pa.int32()),
        ("question_edit_distance_normalised", pa.float64()),
        ("options_edit_distance", pa.int32()),
        ("options_edit_distance_normalised", pa.float64()),
        ("verdicts", pa.list_(pa.string())),
        ("reasons", pa.list_(pa.string())),
        ("flags", pa.list_(pa.string())),
        ("label_source", pa.string()),
        ("text_sha256", pa.string()),
    ]
)

SPAN = pa.struct([("start", pa.int32()), ("end", pa.int32()), ("label", pa.string())])

ANNOTATIONS = pa.schema(
    [
        ("sample_id", pa.string()),
        ("language", pa.string()),
        ("kind", pa.string()),
        ("annotator", pa.string()),
        ("standing", pa.string()),
        ("verdict", pa.string()),
        ("reason", pa.string()),
        ("severity", pa.string()),
        ("text", pa.string()),
        ("tags", pa.list_(pa.string())),
        ("not_sure", pa.bool_()),
        ("spans", pa.list_(SPAN)),
        ("culture", pa.string()),
        ("region", pa.string()),
        ("country", pa.string()),
        ("time_sensitive", pa.bool_()),
        ("note", pa.string()),
        ("submitted_at", pa.string()),
        ("current", pa.bool_()),
        ("state", pa.string()),
    ]
)

PROVENANCE_CONFIG = "provenance"
ANNOTATIONS_CONFIG = "annotations"
SIDE_SCHEMAS = {PROVENANCE_CONFIG: PROVENANCE, ANNOTATIONS_CONFIG: ANNOTATIONS}


class RowError(ValueError):
    """A row does not fit its schema."""


def schema_of(config: str) -> pa.Schema:
    """This function will give a config's schema; every config but the two side ones is a language."""
    return SIDE_SCHEMAS.get(config, GLOBAL_MMLU)


@cache
def columns_of(config: str) -> tuple[str, ...]:
    """This function will give the names of a config's columns, in order."""
    return tuple(schema_of(config).names)


def in_column_order(columns: tuple[str, ...], row: Row) -> Row:
    """This function will give a row with its cells in the columns' order; RowError where one is missing or new."""
    if tuple(row) == columns:
        return row
    wrong = sorted(set(row) ^ set(columns))
    if wrong:
        raise RowError(f"row {row.get('sample_id', '?')}: {', '.join(wrong)} missing or not a column")
    return {name: row[name] for name in columns}


def dataset_features(schema: pa.Schema) -> list[dict[str, Any]]:
    """This function will give the ``features`` of a ``dataset_info`` block for the ``datasets`` client."""
    return [{"name": field.name, **_feature(field.type)} for field in schema]


def _feature(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_list(kind):
        inner = _feature(kind.value_type)
        return {"list": inner.get("dtype") or inner["struct"]}
    if pa.types.is_struct(kind):
        return {"struct": [{"name": field.name, **_feature(field.type)} for field in kind]}
    return {"dtype": "float64" if pa.types.is_float64(kind) else str(kind)}
