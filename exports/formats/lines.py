"""Rows as lines of text, JSON or CSV, a column at a time: Arrow joins the cells, Python sees no row.

Every cell is what ``json.dumps(…, ensure_ascii=False)`` or ``csv.writer`` with all cells quoted would write.
"""

import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

MARKER = "'"
"""Put before a CSV cell that a spreadsheet would run."""

# The signs that make a formula, with every character that compatibility normalisation turns into one of them,
# and the minus sign.
SIGNS = "=+@\\-⁺⁻⁼₊₋₌−﬩﹢﹣﹦﹫＋－＝＠"
# Spreadsheets pass over white space, marks of byte order and direction, and control characters before a sign.
RUNS_IN_A_SPREADSHEET = rf"^(?s:{MARKER}|[\t\r\n]|[\s\pZ\p{{Cc}}\p{{Cf}}]*[{SIGNS}])"

ESCAPES = (
    ("\\", "\\\\"),
    ('"', '\\"'),
    ("\n", "\\n"),
    ("\r", "\\r"),
    ("\t", "\\t"),
    ("\b", "\\b"),
    ("\f", "\\f"),
)
HAVE_NO_SHORT_ESCAPE = bytes(code for code in range(0x20) if chr(code) not in "\n\r\t\b\f")


def json_lines(batch: pa.Table) -> pa.Buffer:
    """This function will give one JSON object a row and ``\\n`` after each, in UTF-8."""
    cells: list[Any] = []
    for number, (name, column) in enumerate(zip(batch.column_names, batch.columns, strict=True)):
        opening = "{" if number == 0 else ", "
        cells += [f"{opening}{json.dumps(name)}: ", _json_cells(column.combine_chunks())]
    return _joined([*cells, "}\n"])


def csv_lines(batch: pa.Table) -> pa.Buffer:
    """This function will give one CSV line a row: cells quoted, texts defused, lists as JSON, nothing for null."""
    cells: list[Any] = []
    for number, column in enumerate(batch.columns):
        cells += ['"' if number == 0 else '","', _csv_cells(column.combine_chunks())]
    return _joined([*cells, '"\n'])


def csv_head(schema: pa.Schema) -> bytes:
    """This function will give the line that names the columns."""
    return (",".join(f'"{name}"' for name in schema.names) + "\n").encode()


def defuse_all(texts: pa.Array) -> pa.Array:
    """This function will put ``'`` before each text that starts as a formula does, or with ``'`` itself.

    Thereby taking one leading ``'`` off any text (``exact``) gives the exact text back. A formula starts with one
    of = + - @, in any width or height, be it after spaces, control or invisible characters, or with a tab or line
    break (OWASP, CSV injection).
    """
    runs = pc.match_substring_regex(texts, RUNS_IN_A_SPREADSHEET)
    if not pc.any(runs).as_py():
        return texts
    return pc.if_else(runs, pc.binary_join_element_wise(MARKER, texts, ""), texts)


def defuse(cell: str) -> str:
    """This function will do for one text what ``defuse_all`` does."""
    defused: str = defuse_all(pa.array([cell], pa.string()))[0].as_py()
    return defused


def exact(cell: str) -> str:
    """This function will undo ``defuse``."""
    return cell.removeprefix(MARKER)


def _json_cells(column: pa.Array) -> pa.Array:
    if pa.types.is_string(column.type):
        return _of_each_value(column, lambda texts: pc.fill_null(_quoted(texts), "null"))
    return pc.fill_null(_dumped(column), "null")


def _csv_cells(column: pa.Array) -> pa.Array:
    """Numbers are no texts: a negative one starts with a sign and is no formula."""
    if pa.types.is_string(column.type):
        return _of_each_value(column, lambda texts: _doubled(defuse_all(texts)))
    return _doubled(_dumped(column))


def _of_each_value(column: pa.Array, written: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Most columns say a few things over and over: what is written of a value is found once."""
    few = column.dictionary_encode(null_encoding="encode")
    if len(few.dictionary) * 4 > len(column):
        return written(column)
    return written(few.dictionary).take(few.indices)


def _dumped(column: pa.Array) -> pa.Array:
    """JSON of anything but texts; null stays null."""
    kind = column.type
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind):
        return pc.cast(column, pa.string())
    if pa.types.is_list(kind):
        return _dumped_lists(column)
    return _of_each_value(column, _dumped_by_python)


def _dumped_lists(column: pa.ListArray) -> pa.Array:
    if column.null_count or not pa.types.is_string(column.type.value_type):
        return _dumped_by_python(column)
    words = _of_each_value(column.flatten(), lambda texts: pc.fill_null(_quoted(texts), "null"))
    # Flattening starts at 0, whatever the column was cut from.
    ends = pa.array([0], pa.int32()), pc.cumulative_sum(pc.list_value_length(column)).cast(pa.int32())
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.concat_arrays(ends), words), ", ")
    return pc.binary_join_element_wise("[", joined, "]", "")


def _dumped_by_python(values: pa.Array) -> pa.Array:
    written = [
        None if value is None else json.dumps(value, ensure_ascii=False) for value in values.to_pylist()
    ]
    return pa.array(written, pa.string())


def _quoted(texts: pa.Array) -> pa.Array:
    held = _bytes_of(texts)
    if held.translate(None, HAVE_NO_SHORT_ESCAPE) != held:
        return _dumped_by_python(texts)
    for plain, escape in ESCAPES:
        if plain.encode() in held:
            texts = pc.replace_substring(texts, plain, escape)
    return pc.binary_join_element_wise('"', texts, '"', "")


def _doubled(texts: pa.Array) -> pa.Array:
    texts = pc.fill_null(texts, "")
    return pc.replace_substring(texts, '"', '""') if b'"' in _bytes_of(texts) else texts


def _bytes_of(texts: pa.Array) -> bytes:
    """All texts, one after the other, and perhaps some more: enough to see what none of them holds."""
    held = texts.buffers()[2]
    return b"" if held is None else held.to_pybytes()


def _joined(cells: list[Any]) -> pa.Buffer:
    """The bytes of one array of texts lie one after the other: they are the lines."""
    lines = pc.binary_join_element_wise(*cells, "").cast(pa.large_string())
    return lines.buffers()[2].slice(0, pc.sum(pc.binary_length(lines)).as_py() or 0)
