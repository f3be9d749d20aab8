"""What a body of JSON may be, and in which words it is refused."""

from __future__ import annotations

import io
import json
import time

import pytest
from rest_framework.exceptions import ParseError

from common.api.errors import ApiError
from common.api.parsers import MOST_BYTES, BoundedJSONParser


def parse(raw):
    return BoundedJSONParser().parse(io.BytesIO(raw if isinstance(raw, bytes) else raw.encode()))


def refusal(raw):
    with pytest.raises((ApiError, ParseError)) as refused:
        parse(raw)
    return refused.value


@pytest.mark.parametrize("document", ['{"a": " x\\n", "b": [1, 2.5, null, true]}', "[]", '"text"', "0"])
def test_a_document_is_read_as_it_stands(document):
    assert parse(document) == json.loads(document)


def test_every_letter_of_every_script_comes_through_byte_for_byte():
    text = {"ar": "\u200fالسؤال\u200e", "am": "ጥያቄ", "emoji": "👩🏽‍🚀", "space": "\u00a0 \u3000"}
    assert parse(json.dumps(text)) == text == parse(json.dumps(text, ensure_ascii=False))


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("{'a': 1}", "no JSON"),
        (b'{"a": "\xff"}', "no JSON in UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "no JSON in UTF-8"),
        (b'\xef\xbb\xbf{"a": 1}', "BOM"),
        ('{"a": NaN}', "NaN is no JSON number"),
        ('{"a": -Infinity}', "-Infinity is no JSON number"),
        ('{"a": 1e999}', "too large"),
        ('{"a": ' + "9" * 5000 + "}", "no JSON"),
        ('{"a": 1, "b": 2, "a": 3}', "'a' stands twice"),
        ("[" * 21 + "]" * 21, "nested deeper than 20"),
        ("[" * 300_000 + "]" * 300_000, "nested too deep"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "nested too deep"),
    ],
)
def test_what_is_no_document_is_refused_with_the_reason(raw, told):
    error = refusal(raw)
    assert (error.status_code, error.get_codes()) == (400, "parse_error")
    assert told in str(error.detail)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ('{"fields": {"option_a": "x\\u0000"}}', "fields.option_a"),
        ('{"spans": [{"quote": "\\ud83d"}]}', "spans[0].quote"),
        ('{"note": "\\udc00\\ud800"}', "note"),
        ('"\\u0000"', None),
        ('{"\\ud800": 1}', None),
    ],
)
def test_text_that_no_database_can_keep_is_refused_by_its_place(raw, field):
    error = refusal(raw)
    assert (error.status_code, error.body["code"], error.body["field"]) == (400, "text_not_storable", field)


def test_a_pair_of_surrogates_is_one_letter_and_taken():
    assert parse('"\\ud83d\\ude80"') == "🚀"


def test_a_body_of_the_largest_size_is_taken_and_one_byte_more_is_not():
    largest = b'"' + b"x" * (MOST_BYTES - 2) + b'"'
    assert len(parse(largest)) == MOST_BYTES - 2
    error = refusal(largest + b" ")
    assert (error.status_code, error.body["code"]) == (413, "body_too_long")


@pytest.mark.parametrize(
    "raw",
    [
        "[" + ",".join(["[]"] * 340_000) + "]",
        "[" + ",".join(["{}"] * 340_000) + "]",
        "{" + ",".join(f'"{number:x}":0' for number in range(100_000)) + ',"0":1}',
        "[" + "9" * 4000 + "]",
    ],
)
def test_the_worst_body_of_a_mebibyte_is_read_or_refused_within_a_second_or_two(raw):
    assert len(raw) < MOST_BYTES or raw.startswith("{")
    before = time.process_time()
    try:
        parse(raw[:MOST_BYTES])
    except ParseError as error:
        assert "JSON" in str(error.detail)
    assert time.process_time() - before < 3
