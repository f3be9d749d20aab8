"""Multiple choice as read from a record: what is taken, what is refused, what is warned of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import item_types
from corpus.item_types import Columns, FieldWarning, Parsed, RefusedRowError

MCQ = item_types.by_name("mcq")
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
ROW: dict[str, object] = {
    "sample_id": "botany/test/7",
    "question": "Which of these is a tree?",
    "option_a": "Oak",
    "option_b": "Moss",
    "option_c": "Fern",
    "answer": "A",
}


def parse(mapping: dict[str, str] | None = None, *, translation: bool = False, **changes: object) -> Parsed:
    return MCQ.parse({**ROW, **changes}, mapping or {}, translation=translation)


def refused(mapping: dict[str, str] | None = None, **changes: object) -> dict[str | None, str]:
    with pytest.raises(RefusedRowError) as raised:
        parse(mapping, **changes)
    return {error.field: error.told for error in raised.value.errors}


def warned(**fields: str) -> list[tuple[str, str]]:
    texts = {"question": "What?", "option_a": "1", "option_b": "2", **fields}
    return [(warning.field, warning.code) for warning in MCQ.warnings(texts)]


def test_a_record_becomes_texts_in_order_an_answer_and_columns() -> None:
    parsed = parse(subject_category="STEM")
    assert list(parsed.fields.items()) == [
        ("question", "Which of these is a tree?"),
        ("option_a", "Oak"),
        ("option_b", "Moss"),
        ("option_c", "Fern"),
    ]
    assert parsed.attributes == {"answer": "A"}
    assert parsed.columns == Columns("botany", "STEM", "test", 7)


def test_columns_of_the_record_come_before_what_the_id_says() -> None:
    assert parse(subject="b", split="dev", position="3").columns == Columns("b", "", "dev", 3)


def test_an_id_of_another_form_says_nothing_of_subject_or_split() -> None:
    assert parse(sample_id="q-17").columns == Columns("", "", "", None)


def test_a_whole_number_is_an_id_and_an_option() -> None:
    parsed = parse(sample_id=None, id=12, option_a=4)
    assert (parsed.external_id, parsed.fields["option_a"]) == ("12", "4")


def test_columns_are_renamed_by_the_mapping_which_wins_over_a_column_of_that_name() -> None:
    parsed = parse({"key": "sample_id", "question_sw": "question"}, key="k1", question_sw="Mti ni upi?")
    assert (parsed.external_id, parsed.fields["question"]) == ("k1", "Mti ni upi?")


def test_a_mapping_from_a_column_that_is_not_there_is_named() -> None:
    assert "column 'nope', which the record lacks" in refused({"nope": "question"})["question"]


@pytest.mark.parametrize("name", ["choices", "options"])
@pytest.mark.parametrize("value", [["Oak", "", 3], '["Oak", "", 3]'])
def test_options_may_come_as_a_list_or_as_its_json(name: str, value: object) -> None:
    fields = parse(**{name: value}, option_a=None, option_b=None, option_c=None).fields
    assert [fields[option] for option in MCQ.options(fields)] == ["Oak", "", "3"]


@pytest.mark.parametrize("answer", ["B", "b", 1, "1"])
def test_the_answer_may_be_a_letter_or_a_number_from_zero(answer: object) -> None:
    assert parse(answer=answer).attributes == {"answer": "B"}


def test_ten_options_are_read_and_their_answer_may_be_the_last() -> None:
    parsed = MCQ.parse({"id": "1", "question": "?", "choices": list("abcdefghij"), "answer": 9}, {})
    assert MCQ.options(parsed.fields)[-1] == "option_j"
    assert parsed.attributes == {"answer": "J"}


def test_empty_cells_after_option_d_are_absent_and_before_it_are_blank_options() -> None:
    fields = parse(option_d="", option_e="", option_f="").fields
    assert MCQ.options(fields) == ["option_a", "option_b", "option_c", "option_d"]


def test_a_translation_may_leave_the_answer_out_and_a_source_may_not() -> None:
    assert parse(translation=True, answer=None).attributes == {}
    assert "is missing" in refused(answer=None)["answer"]


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"sample_id": None}, "sample_id", "has no id"),
        ({"sample_id": ""}, "sample_id", "has no id"),
        ({"sample_id": " x"}, "sample_id", "edge white space"),
        ({"sample_id": "x" * 201}, "sample_id", "has 201 characters; 200 are the most"),
        ({"question": None}, "question", "is missing"),
        ({"question": 1.5}, "question", "is a float, not text: 1.5"),
        ({"question": "a\x00"}, "question", "NUL"),
        ({"option_b": "\ud800"}, "option_b", "lone surrogate"),
        ({"option_b": None}, "option_b", "is missing, and option_c is there"),
        ({"option_b": None, "option_c": None}, "option_b", "is missing: an item has 2 to 10 options"),
        ({"option_a": None, "option_b": None, "option_c": None}, "option_a", "is missing: an item has 2"),
        ({"choices": ["x", "y"]}, None, "gives its options twice"),
        ({"choices": ["x"]}, "choices", "not a list of 2 to 10 texts"),
        ({"choices": "['x', 'y']"}, "choices", "write a list of texts (in CSV: as JSON)"),
        ({"answer": "D"}, "answer", "is 'D', which is no option; the options are A to C, or 0 to 2"),
        ({"answer": 3}, "answer", "is 3, which is no option"),
        ({"answer": -1}, "answer", "which is no option"),
        ({"answer": True}, "answer", "which is no option"),
        ({"answer": "AB"}, "answer", "which is no option"),
        ({"answer": "\u0663"}, "answer", "which is no option"),
        ({"position": "1.0"}, "position", "not a whole number"),
        ({"position": 2**31}, "position", "not a whole number"),
    ],
)
def test_a_record_is_refused_with_field_and_reason(
    changes: dict[str, object], field: str | None, said: str
) -> None:
    assert said in refused(**changes)[field]


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert set(refused(sample_id=None, question=None, answer="Z")) == {"sample_id", "question", "answer"}


@pytest.mark.parametrize(
    ("fields", "warnings"),
    [
        ({}, []),
        ({"option_b": ""}, [("option_b", "blank-option")]),
        ({"option_b": "1"}, [("option_a", "equal-options")]),
        ({"option_b": "1", "option_c": "1"}, [("option_a", "equal-options")]),
        ({"question": "W\x96t?"}, [("question", "control-character")]),
        ({"question": "W\r\nt?"}, [("question", "carriage-return")]),
        ({"question": "W\u202et?"}, [("question", "bidi-override")]),
        ({"option_a": " 1"}, [("option_a", "edge-whitespace")]),
        ({"question": " "}, [("question", "blank-field")]),
    ],
)
def test_odd_texts_are_warned_of_by_field_and_code(
    fields: dict[str, str], warnings: list[tuple[str, str]]
) -> None:
    assert warned(**fields) == warnings


def test_a_warning_says_what_it_found_and_where() -> None:
    found = MCQ.warnings({"question": "W\x96t", "option_a": "1", "option_b": "1"})
    assert found[0] == FieldWarning("question", "control-character", "control character U+0096 at offset 1")
    assert found[1].message == "equal to option_b"


@given(TEXT, TEXT, TEXT)
def test_texts_are_kept_byte_for_byte(question: str, first: str, second: str) -> None:
    fields = parse(question=question, option_a=first, option_b=second).fields
    assert (fields["question"], fields["option_a"], fields["option_b"]) == (question, first, second)


def test_a_version_has_one_form_whatever_the_order_of_its_keys() -> None:
    one = item_types.canonical({"question": "é\r", "option_a": "x"}, {"answer": "A"})
    other = item_types.canonical({"option_a": "x", "question": "é\r"}, {"answer": "A"})
    expected = '{"attributes":{"answer":"A"},"fields":{"option_a":"x","question":"é\\r"}}'
    assert one == other == expected.encode()


def test_a_digest_is_32_bytes_and_tells_texts_and_answers_apart() -> None:
    digests = {
        item_types.digest({"question": "x"}, {"answer": "A"}),
        item_types.digest({"question": "x "}, {"answer": "A"}),
        item_types.digest({"question": "x"}, {"answer": "B"}),
        item_types.digest({"question": "x"}, {}),
    }
    assert len(digests) == 4
    assert {len(digest) for digest in digests} == {32}


def test_an_unknown_item_type_names_those_there_are() -> None:
    with pytest.raises(item_types.UnknownItemTypeError, match="'essay' is no item type; there are: mcq"):
        item_types.by_name("essay")
