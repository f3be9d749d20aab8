"""Parquet and JSONL give back exactly what went in; CSV defuses what a spreadsheet would run."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports.formats.schema import GLOBAL_MMLU, RowError, dataset_features
from exports.formats.tables import BATCH, defuse, exact, write_csv, write_jsonl, write_parquet

PAIR = pa.schema([("a", pa.string()), ("b", pa.string())])
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
pairs = st.lists(st.fixed_dictionaries({"a": texts, "b": texts}), max_size=6)
fast = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)


def test_the_published_schema_has_16_texts_and_a_truth_value() -> None:
    assert GLOBAL_MMLU.types == [pa.string()] * 16 + [pa.bool_()]
    assert " ".join(GLOBAL_MMLU.names) == (
        "sample_id subject subject_category question option_a option_b option_c option_d answer "
        "required_knowledge time_sensitive reference culture region country cultural_sensitivity_label "
        "is_annotated"
    )


@fast
@given(rows=pairs)
def test_parquet_gives_the_rows_back(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    path = tmp_path / "t.parquet"
    assert write_parquet(path, PAIR, rows).rows == len(rows)
    assert pq.read_table(path).to_pylist() == rows


@fast
@given(rows=pairs)
def test_jsonl_gives_the_rows_back_a_line_each(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    path = tmp_path / "t.jsonl"
    write_jsonl(path, PAIR, rows)
    lines = path.read_bytes().decode("utf-8").split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == rows


@fast
@given(rows=pairs)
def test_csv_gives_the_rows_back_once_the_marker_is_taken_off(
    tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    path = tmp_path / "t.csv"
    write_csv(path, PAIR, rows)
    read = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))
    assert [{name: exact(cell) for name, cell in row.items()} for row in read] == rows


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_csv_cell_that_starts_as_a_formula_is_defused(tmp_path: Path, start: str) -> None:
    path = tmp_path / "t.csv"
    write_csv(path, PAIR, [{"a": f"{start}cmd|' /C calc'!A0", "b": "1" + start}])
    [_, row] = csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline=""))
    assert row == [f"'{start}cmd|' /C calc'!A0", "1" + start]


@given(texts)
def test_no_defused_cell_starts_as_a_formula_and_its_text_comes_back(text: str) -> None:
    assert not defuse(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert exact(defuse(text)) == text


def test_csv_writes_lists_as_json(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    schema = pa.schema([("tags", pa.list_(pa.string())), ("sure", pa.bool_())])
    write_csv(path, schema, [{"tags": ["a", "ö"], "sure": None}])
    assert path.read_text("utf-8") == '"tags","sure"\n"[""a"", ""ö""]",""\n'


def test_more_rows_than_a_row_group_are_written_in_groups_of_one_size(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    count = write_parquet(path, PAIR, ({"a": str(n), "b": ""} for n in range(2 * BATCH + 1)))
    read = pq.ParquetFile(path)
    assert [read.metadata.row_group(n).num_rows for n in range(read.num_row_groups)] == [BATCH, BATCH, 1]
    assert count.rows == 2 * BATCH + 1


@pytest.mark.parametrize("write", [write_parquet, write_jsonl, write_csv])
def test_the_order_of_a_rows_keys_changes_no_byte(tmp_path: Path, write: Any) -> None:
    write(tmp_path / "one", PAIR, [{"a": "1", "b": "2"}] * 3)
    write(tmp_path / "two", PAIR, iter([{"b": "2", "a": "1"}] * 3))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("row", [{"a": "1"}, {"a": "1", "b": "2", "c": "3"}])
def test_a_row_that_lacks_or_adds_a_column_is_refused_by_name(tmp_path: Path, row: dict[str, str]) -> None:
    with pytest.raises(RowError, match=r"[bc] missing or not a column"):
        write_jsonl(tmp_path / "t", PAIR, [row])


def test_features_tell_the_client_of_lists_and_structs() -> None:
    span = pa.struct([("start", pa.int32())])
    schema = pa.schema([("x", pa.float64()), ("tags", pa.list_(pa.string())), ("spans", pa.list_(span))])
    assert dataset_features(schema) == [
        {"name": "x", "dtype": "float64"},
        {"name": "tags", "list": "string"},
        {"name": "spans", "list": [{"name": "start", "dtype": "int32"}]},
    ]
