"""Readers: every format gives the same rows, keeps bytes, names the line of what it refuses."""

from __future__ import annotations

import csv
import gzip
import json
import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.formats import FileError, RawRow, RowError, base, delimited, lines, open_rows

STORABLE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
ROWS = st.lists(st.fixed_dictionaries({"id": STORABLE, "question": STORABLE}), min_size=1, max_size=6)


def write(path: Path, data: str | bytes) -> Path:
    raw = data.encode() if isinstance(data, str) else data
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


def write_csv(path: Path, rows: list[dict[str, str]], delimiter: str = ",") -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    return path


def good(path: Path) -> list[dict[str, object]]:
    rows = list(open_rows(path))
    assert all(isinstance(row, RawRow) for row in rows), rows
    return [row.values for row in rows if isinstance(row, RawRow)]


def refusals(path: Path) -> list[RowError]:
    return [row for row in open_rows(path) if isinstance(row, RowError)]


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_every_format_of_text_gives_the_same_rows(rows: list[dict[str, str]]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        comma = write_csv(folder / "a.csv", rows)
        paths = [
            write(folder / "a.jsonl", text),
            write(folder / "b.jsonl.gz", text),
            comma,
            write(folder / "b.csv.gz", comma.read_bytes()),
            write_csv(folder / "a.tsv", rows, "\t"),
        ]
        for path in paths:
            assert good(path) == rows, path.name


@settings(max_examples=5, deadline=None)  # each starts a process
@given(ROWS)
def test_parquet_gives_the_rows_that_were_written(rows: list[dict[str, str]]) -> None:
    with TemporaryDirectory() as name:
        path = Path(name) / "a.parquet"
        pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=2)
        assert good(path) == rows


def test_a_row_knows_the_line_it_starts_on(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'id,question\r\n1,"two\r\nlines"\r\n\r\n2,one\r\n')
    assert [row.line for row in open_rows(path)] == [2, 5]


def test_a_parquet_row_is_numbered_from_one_across_batches(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [str(n) for n in range(600)]}), tmp_path / "a.parquet")
    assert [row.line for row in open_rows(tmp_path / "a.parquet")] == list(range(1, 601))


def test_carriage_returns_survive_in_json_and_in_quoted_cells(tmp_path: Path) -> None:
    text = "one\r\ntwo\rthree\u2028four\u0085five"
    as_json = write(tmp_path / "a.jsonl", json.dumps({"q": text}, ensure_ascii=False) + "\r\n")
    as_csv = write(tmp_path / "a.csv", f'q\r\n"{text}"\r\n')
    assert good(as_json) == good(as_csv) == [{"q": text}]


def test_a_byte_order_mark_is_left_out_and_only_at_the_start(tmp_path: Path) -> None:
    assert good(write(tmp_path / "a.jsonl", b'\xef\xbb\xbf{"q": "\xef\xbb\xbfx"}\n')) == [{"q": "\ufeffx"}]
    assert good(write(tmp_path / "a.csv", b"\xef\xbb\xbfq\nx\n")) == [{"q": "x"}]


def test_blank_lines_and_a_missing_last_line_feed_are_no_errors(tmp_path: Path) -> None:
    assert good(write(tmp_path / "a.jsonl", '\n{"q": 1}\n  \n{"q": 2}')) == [{"q": 1}, {"q": 2}]


@pytest.mark.parametrize(
    ("line", "field", "said"),
    [
        (b'{"q": "a"', None, "is not JSON"),
        (b"[1, 2]", None, "not an object"),
        (b'{"q": "\xff"}', None, "is not UTF-8 at byte 7"),
        (b'{"q": "\\ud800"}', "q", "lone surrogate (U+D800)"),
        (b'{"q": "a\\u0000"}', "q", "NUL character (U+0000) at offset 1"),
        (b'{"q": ["a", {"b": "\\udfff"}]}', "q", "lone surrogate (U+DFFF)"),
        (b'{"q": 1, "q": 2}', None, "names 'q' twice"),
        (b'{"q": NaN}', None, "write null"),
        (b'{"q": ' + b"[" * 90_000, None, "nested too deeply"),
    ],
)
def test_a_bad_json_line_is_refused_and_the_rest_is_read(
    tmp_path: Path, line: bytes, field: str | None, said: str
) -> None:
    path = write(tmp_path / "a.jsonl", b'{"q": "before"}\n' + line + b'\n{"q": "after"}\n')
    rows = list(open_rows(path))
    assert [row.values["q"] for row in rows if isinstance(row, RawRow)] == ["before", "after"]
    (error,) = [row for row in rows if isinstance(row, RowError)]
    assert (error.line, error.field) == (2, field)
    assert said in error.told


@pytest.mark.parametrize(
    ("line", "field", "said"),
    [
        (b"1,\xff\n", "q", "is not UTF-8"),
        (b"1,\xed\xa0\x80\n", "q", "is not UTF-8"),
        (b"1,a\x00b\n", "q", "NUL"),
        (b"1\n", None, "has 1 cells where the header names 2"),
        (b"1,2,3\n", None, "has 3 cells"),
        (b'1,"a"b\n', None, "cannot be read"),
    ],
)
def test_a_bad_csv_record_is_refused_and_the_rest_is_read(
    tmp_path: Path, line: bytes, field: str | None, said: str
) -> None:
    path = write(tmp_path / "a.csv", b'id,q\n0,"be\nfore"\n' + line + b"2,after\n")
    rows = list(open_rows(path))
    assert [row.values["id"] for row in rows if isinstance(row, RawRow)] == ["0", "2"]
    (error,) = [row for row in rows if isinstance(row, RowError)]
    assert (error.line, error.field) == (4, field)
    assert said in error.told


def test_a_quote_that_never_closes_is_refused_where_it_opens(tmp_path: Path) -> None:
    (error,) = refusals(write(tmp_path / "a.csv", 'id,q\n1,a\n2,"b\n3,c\n'))
    assert error.line == 3
    assert "never closed (read to line 4)" in error.told


def test_a_parquet_cell_that_is_no_utf_8_is_refused_alone(tmp_path: Path) -> None:
    texts = pa.array([b"a", b"\xff", b"c"], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"id": ["1", "2", "3"], "q": texts}), tmp_path / "a.parquet")
    rows = list(open_rows(tmp_path / "a.parquet"))
    assert [type(row) for row in rows] == [RawRow, RowError, RawRow]
    assert isinstance(rows[1], RowError)
    assert (rows[1].line, rows[1].field) == (2, "q")


def test_a_line_over_the_limit_is_refused_without_being_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LONGEST_RECORD", 50)
    path = write(tmp_path / "a.jsonl.gz", b'{"q": "' + b"x" * 5_000_000 + b'"}\n{"q": "after"}\n')
    rows = list(open_rows(path))
    assert isinstance(rows[0], RowError)
    assert "longer than" in rows[0].message
    assert rows[1] == RawRow(str(path), 2, {"q": "after"})


def test_a_quoted_cell_over_the_limit_ends_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "LONGEST_RECORD", 50)
    path = write(tmp_path / "a.csv", 'id,q\n1,"' + "x\n" * 60)
    with pytest.raises(FileError, match=r"a\.csv:2: a quoted cell that opens here runs over"):
        list(open_rows(path))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.pkl", b"\x80\x04K\x01.", "Python pickle"),
        ("a.jsonl", b"\x80\x04K\x01.", "Python pickle"),
        ("a.xlsx", b"PK\x03\x04", "ZIP archive"),
        ("a.json", b"[]", ".jsonl, .ndjson, .csv, .tsv"),
        ("a.txt", b"x", ".jsonl, .ndjson, .csv, .tsv"),
        ("a.parquet", b"q\nx\n", "is not Parquet"),
        ("a.csv", b"PAR1....", "is Parquet, against its name"),
        ("a.parquet", b"PAR1....", "broken or cut off"),
        ("a.csv", b"", "must name the columns"),
        ("a.csv", b"q,q\n", "names the column 'q' badly"),
        ("a.csv", b"q,\xff\n", "badly"),
        ("a.csv", "q\nx\n".encode("utf-16"), "save it as UTF-8"),
        ("a.jsonl", gzip.compress(b"{}"), "let its name end in .gz"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_the_cure(
    tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(FileError) as raised:
        list(open_rows(tmp_path / name))
    assert said in str(raised.value)
    assert name in str(raised.value)


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(FileError, match=r"nowhere\.csv: cannot be opened: No such file"):
        list(open_rows("nowhere.csv"))


def test_a_gz_that_is_none_or_is_cut_off_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(b"q\nx\n")
    with pytest.raises(FileError, match="is not gzip"):
        list(open_rows(tmp_path / "a.csv.gz"))
    whole = gzip.compress(b"".join(b'{"q": %d}\n' % (n * n * 7919) for n in range(50_000)))
    (tmp_path / "b.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    rows = open_rows(tmp_path / "b.jsonl.gz")
    assert isinstance(next(rows), RawRow)
    with pytest.raises(FileError, match=r"b\.jsonl\.gz:\d+: the gzip stream is broken or cut off"):
        list(rows)


def test_a_parquet_that_is_cut_off_in_its_pages_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"q": [str(n * n) for n in range(10_000)]}), path, compression="zstd")
    raw = bytearray(path.read_bytes())
    raw[2000:4000] = bytes(2000)
    path.write_bytes(raw)
    with pytest.raises(FileError, match="broken or cut off"):
        list(open_rows(path))


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, suffix: str) -> None:
    row = {"id": "1", "question": "x" * 1000}
    path = tmp_path / f"a{suffix}"
    if suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist([row] * 20_000), path, use_dictionary=False)
    elif suffix == ".csv":
        write_csv(path, [row] * 20_000)
    else:
        write(path, (json.dumps(row) + "\n") * 20_000)
    tracemalloc.start()
    arrow_before = pa.total_allocated_bytes()
    count, arrow_peak = 0, 0
    for _ in open_rows(path):
        count += 1
        arrow_peak = max(arrow_peak, pa.total_allocated_bytes() - arrow_before)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 20_000
    assert peak + arrow_peak < 12_000_000  # the file holds 20 MB of text


def test_an_error_reads_file_line_field_message() -> None:
    assert str(RowError("a.csv", 3, "q", "is bad")) == "a.csv:3: q: is bad"
    assert str(RowError("a.csv", 3, None, "is bad")) == "a.csv:3: is bad"
    assert base.FileError("a.csv", "is bad").line is None


@pytest.mark.parametrize(
    ("values", "field", "told"),
    [
        ({"id": "1", "question": "a\0b"}, "question", "NUL character"),
        ({"id": "1", "question": "\ud83d", "option_a": "\ude00"}, "question", "lone surrogate"),
        ({"id\ud83d": "1", "\ude00": "x"}, "id\\ud83d", "lone surrogate"),
        ({"id": "1", "options": ["a", {"b": "c\0"}]}, "options", "NUL character"),
        (
            {"id": "1", "x" * (base.LONGEST_COLUMN + 1): "y"},
            "x" * base.LONGEST_COLUMN,
            "is the beginning of a name",
        ),
    ],
)
def test_what_no_column_can_hold_is_told_with_its_field(
    values: dict[str, object], field: str, told: str
) -> None:
    found = base.checked("a.jsonl", 3, values)
    assert isinstance(found, RowError)
    assert (found.field, found.line) == (field, 3)
    assert told in found.message


def test_flat_and_nested_rows_that_are_sound_are_taken_as_they_are() -> None:
    for values in ({"id": 1, "question": "\U0001f600 é\r", "x": None}, {"id": 1, "options": ["a", ["b"]]}):
        assert base.checked("a.jsonl", 1, values) == RawRow("a.jsonl", 1, values)
