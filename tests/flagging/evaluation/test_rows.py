"""Rows with known errors, in every shape they come in."""

import json

import pytest

from flagging.evaluation.rows import BadRowError, labelled, read

ROW = {"src_lang": "en", "tgt_lang": "de", "source": "oak", "target": "Eiche", "label": "ok", "kind": "clean"}
FIELDS = {"question": "Which?", "option_a": "oak", "option_b": "rose", "option_c": "moss"}


def with_item(item: object) -> dict[str, object]:
    return ROW | {
        "source_item": item,
        "target_item": {"question": "Was?", "options": ["Eiche", "Rose", "Moos"]},
    }


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        ({"question": "Which?", "options": ["oak", "rose", "moss"], "answer": 1}, "B"),
        ({"question": "Which?", "options": {"A": "oak", "B": "rose", "C": "moss"}, "answer": "B"}, "B"),
        ({"question": "Which?", "choices": ["oak", "rose", "moss"], "answer": "rose"}, "B"),
        ({"question": "Which?", "choices": {"label": ["1"], "text": ["oak", "rose", "moss"]}}, None),
        ({**FIELDS, "answer": "b"}, "B"),
        ({"question": "Which?", "options": [{"text": "oak"}, {"text": "rose"}, {"text": "moss"}]}, None),
    ],
)
def test_an_item_is_read_whatever_its_shape(item, answer):
    row = labelled(with_item(item))
    assert row.pair.source == FIELDS
    assert row.pair.answer == answer


def test_a_row_without_items_is_one_text():
    pair = labelled(ROW).pair
    assert (pair.source, pair.target, pair.answer) == ({"question": "oak"}, {"question": "Eiche"}, None)


def test_lettered_lines_are_options_where_no_items_stand():
    row = ROW | {
        "source": "Which?\nA. oak\nB. rose\nC. moss\nand lichen",
        "target": "Was?\nA. Eiche\nC. Moos\nund Flechten",
    }
    pair = labelled(row).pair
    assert pair.source == {
        "question": "Which?",
        "option_a": "oak",
        "option_b": "rose",
        "option_c": "moss\nand lichen",
    }
    assert pair.target == {"question": "Was?", "option_a": "Eiche", "option_c": "Moos\nund Flechten"}


def test_an_option_that_is_null_is_empty():
    pair = labelled(with_item({"question": "Which?", "options": ["oak", None, 7]})).pair
    assert pair.source == {"question": "Which?", "option_a": "oak", "option_b": "", "option_c": "7"}


def test_a_bad_row_without_a_kind_is_counted_as_unnamed():
    assert labelled(ROW | {"label": "bad", "kind": None}).kind == "unnamed"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"label": "good"}, "label: is 'good'; write ok or bad"),
        ({"label": None}, "label: is missing; write ok or bad"),
        ({"target": 7}, "target: is a int, not a text"),
        ({"tgt_lang": " "}, "tgt_lang: is empty; write the language's tag"),
        ({"source_item": [1], "target_item": {}}, "source_item: is a list, not an object"),
        ({"source_item": {"question": "x", "options": "y"}}, "source_item.options: is a str; write a list"),
        (
            {"source_item": {"question": "x", "options": [[1]]}},
            "source_item.options.a: is a list, not a text",
        ),
        ({"source_item": {"question": "x"}}, "target_item: is missing, not an object"),
        ({"source_item": {}, "target_item": {}}, "source_item: has no question and no options"),
        ({"kind": 3}, "kind: is a int, not a text"),
    ],
)
def test_a_bad_row_is_refused_with_file_line_field_and_cure(tmp_path, change, words):
    file = tmp_path / "rows.jsonl"
    file.write_text(f"{json.dumps(ROW)}\n{json.dumps(ROW | change)}\n", encoding="utf-8")
    with pytest.raises(BadRowError) as caught:
        list(read([file]))
    assert str(caught.value).startswith(f"{file}:2: {words}")
