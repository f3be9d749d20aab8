"""Parquet and JSONL give back exactly what went in; CSV defuses what a spreadsheet would run."""

import csv
import io
import json
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from exports.formats.batches import BATCH, batches_of, batches_of_json
from exports.formats.lines import defuse, exact
from exports.formats.schema import ANNOTATIONS, GLOBAL_MMLU, PROVENANCE, RowError, dataset_features
from exports.formats.tables import FORMATS
from tests.exports.release_rows import annotation_row, data_row, provenance_row

PAIR = pa.schema([("a", pa.string()), ("b", pa.string())])
# What breaks lines, quotes or escapes comes up more often than by chance.
awkward = st.sampled_from("\"'\\,;=+-@＝﹦−\t\r\n\b\f\x00\x01\x0b\x1f\x7f\x85\u2028\u2029\ufeff\u202e /u0a")
texts = st.text(st.characters(exclude_categories=["Cs"]) | awkward)
storable = texts.map(lambda text: text.replace("\x00", ""))
pairs = st.lists(st.fixed_dictionaries({"a": storable, "b": storable}), max_size=6)
fast = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫⁼⁺₌₊−⁻₋"
INVISIBLE = ("Zs", "Zl", "Zp", "Cc", "Cf")
FORMULAS = [
    "=1+1", "+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "\r=1", "\n=1", "\t", " =1", "\ufeff=1",
    "\u200b=1", "\u2066=1", "\u00a0\u3000=1", "\x0b=1", "\x00=1", "＝1", " \ufeff＋1", '=HYPERLINK("http://x")',
    "-", "'=1", "'",
]  # fmt: skip


def write(name: str, path: Path, schema: pa.Schema, rows: Iterable[Any]) -> None:
    with FORMATS[name].open(path, schema) as writer:
        for batch in batches_of(schema, rows):
            writer.write(batch)


def read_csv(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))


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
    write("parquet", tmp_path / "t", PAIR, rows)
    assert pq.read_table(tmp_path / "t").to_pylist() == rows


@fast
@given(rows=pairs)
def test_jsonl_is_what_python_writes_a_line_each(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    write("jsonl", tmp_path / "t", PAIR, rows)
    ordered = [{name: row[name] for name in PAIR.names} for row in rows]
    expected = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ordered)
    assert (tmp_path / "t").read_bytes().decode("utf-8") == expected


@fast
@given(rows=pairs)
def test_csv_is_what_python_writes_of_defused_cells(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    write("csv", tmp_path / "t", PAIR, rows)
    expected = io.StringIO(newline="")
    writer = csv.writer(expected, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(PAIR.names)
    writer.writerows([defuse(row["a"]), defuse(row["b"])] for row in rows)
    assert (tmp_path / "t").read_bytes().decode("utf-8") == expected.getvalue()
    assert [{name: exact(cell) for name, cell in row.items()} for row in read_csv(tmp_path / "t")] == rows


@fast
@given(rows=st.lists(st.fixed_dictionaries({"a": storable, "b": storable}), min_size=1, max_size=6))
def test_rows_read_as_json_text_are_the_rows(rows: list[dict[str, Any]]) -> None:
    lines = [(json.dumps(row, ensure_ascii=False) + "\n").encode() for row in rows]
    assert [row for batch in batches_of_json(PAIR, lines) for row in batch.to_pylist()] == rows


@pytest.mark.parametrize(
    ("schema", "row"),
    [
        (GLOBAL_MMLU, data_row("ar", "test", 1)),
        (
            PROVENANCE,
            {**provenance_row("ar", "test", 1), "edit_distance_normalised": 1e-05, "flags": ['a"b', "c"]},
        ),
        (ANNOTATIONS, annotation_row(1)),
        (ANNOTATIONS, {**annotation_row(2), "tags": [], "spans": [], "time_sensitive": True}),
    ],
)
def test_lines_of_every_config_are_what_python_writes(tmp_path: Path, schema: pa.Schema, row: Any) -> None:
    rows = [{name: row[name] for name in schema.names}] * 3
    write("jsonl", tmp_path / "j", schema, rows)
    write("csv", tmp_path / "c", schema, rows)
    assert [json.loads(line) for line in (tmp_path / "j").read_text("utf-8").splitlines()] == rows
    assert (tmp_path / "j").read_text("utf-8") == (json.dumps(rows[0], ensure_ascii=False) + "\n") * 3
    for read in read_csv(tmp_path / "c"):
        for name, value in rows[0].items():
            written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            assert exact(read[name]) == ("" if value is None else written)


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_csv_cell_that_a_spreadsheet_would_run_is_defused(cell: str) -> None:
    assert defuse(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "1-1", "a=b", " ", "\ufeff", "(=1)", "“=1”", "٣+٤", '"=1"'])
def test_a_cell_that_runs_nowhere_stays_as_it_is(cell: str) -> None:
    assert defuse(cell) == cell


@given(texts)
@example("'")
@example("''=1")
def test_no_defused_cell_starts_as_a_formula_and_its_text_comes_back(text: str) -> None:
    seen = "".join(one for one in defuse(text) if unicodedata.category(one) not in INVISIBLE)
    assert not unicodedata.normalize("NFKC", seen).startswith(tuple(SIGNS))
    assert exact(defuse(text)) == text


@given(texts, texts)
def test_two_texts_never_become_one_cell(one: str, other: str) -> None:
    assert (defuse(one) == defuse(other)) == (one == other)


def test_a_negative_number_is_no_formula(tmp_path: Path) -> None:
    schema = pa.schema([("change", pa.int32()), ("share", pa.float64()), ("text", pa.string())])
    write("csv", tmp_path / "t", schema, [{"change": -3, "share": -0.5, "text": "-3"}])
    assert (tmp_path / "t").read_text("utf-8").splitlines()[1] == '''"-3","-0.5","'-3"'''


def test_csv_writes_lists_as_json_and_nothing_for_null(tmp_path: Path) -> None:
    schema = pa.schema([("tags", pa.list_(pa.string())), ("sure", pa.bool_())])
    write("csv", tmp_path / "t", schema, [{"tags": ["a", "ö"], "sure": None}, {"tags": [], "sure": True}])
    assert (tmp_path / "t").read_text("utf-8") == '"tags","sure"\n"[""a"", ""ö""]",""\n"[]","true"\n'


def test_more_rows_than_a_row_group_are_written_in_groups_of_one_size(tmp_path: Path) -> None:
    write("parquet", tmp_path / "t", PAIR, ({"a": str(n), "b": ""} for n in range(2 * BATCH + 1)))
    read = pq.ParquetFile(tmp_path / "t")
    assert [read.metadata.row_group(n).num_rows for n in range(read.num_row_groups)] == [BATCH, BATCH, 1]


@pytest.mark.parametrize("name", FORMATS)
def test_the_order_of_a_rows_keys_changes_no_byte(tmp_path: Path, name: str) -> None:
    write(name, tmp_path / "one", PAIR, [{"a": "1", "b": "2"}] * 3)
    write(name, tmp_path / "two", PAIR, iter([{"b": "2", "a": "1"}] * 3))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("row", [{"a": "1"}, {"a": "1", "b": "2", "c": "3"}])
def test_a_row_that_lacks_or_adds_a_column_is_refused_by_name(row: dict[str, str]) -> None:
    with pytest.raises(RowError, match=r"[bc] missing or not a column"):
        list(batches_of(PAIR, [row]))


@pytest.mark.parametrize(
    "line", [b'{"a": "1", "b": "2", "c": "3"}\n', b'{"a": 1, "b": "2"}\n', b'{"a": "1"\n']
)
def test_json_text_that_does_not_fit_the_columns_is_refused(line: bytes) -> None:
    with pytest.raises(RowError, match="does not fit its columns"):
        list(batches_of_json(PAIR, [line]))


def test_features_tell_the_client_of_lists_and_structs() -> None:
    span = pa.struct([("start", pa.int32())])
    schema = pa.schema([("x", pa.float64()), ("tags", pa.list_(pa.string())), ("spans", pa.list_(span))])
    assert dataset_features(schema) == [
        {"name": "x", "dtype": "float64"},
        {"name": "tags", "list": "string"},
        {"name": "spans", "list": [{"name": "start", "dtype": "int32"}]},
    ]
