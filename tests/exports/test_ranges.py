"""Which bytes a Range header names, and which tags a condition does (RFC 9110)."""

import io

import pytest

from exports.ranges import Part, UnsatisfiableRangeError, names_tag, wanted_range

SIZE = 100


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("bytes=0-9", (0, 10)),
        ("bytes=10-", (10, 100)),
        ("bytes=-7", (93, 100)),
        ("bytes=5-99999999", (5, 100)),
        ("bytes=-99999999", (0, 100)),
        ("bytes=3-3", (3, 4)),
        ("Bytes = 3-3 ", (3, 4)),
    ],
)
def test_a_range_is_half_open_and_ends_with_the_file(header: str, found: tuple[int, int]) -> None:
    assert wanted_range(header, SIZE) == found


@pytest.mark.parametrize(
    "header",
    [
        "bytes=5-3",
        "lines=0-1",
        "bytes=",
        "bytes=-",
        "bytes=0-1,5-6",
        "bytes=a-b",
        "bytes=٣-٤",
        f"bytes={'9' * 4000}-",
    ],
)
def test_a_range_that_is_none_is_passed_over(header: str) -> None:
    assert wanted_range(header, SIZE) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=-0", "bytes=99999999-999999999"])
def test_a_range_behind_the_end_cannot_be_satisfied(header: str) -> None:
    with pytest.raises(UnsatisfiableRangeError):
        wanted_range(header, SIZE)


def test_an_empty_file_has_no_range() -> None:
    with pytest.raises(UnsatisfiableRangeError):
        wanted_range("bytes=0-0", 0)


def test_a_weak_tag_is_the_same_only_where_weak_will_do() -> None:
    assert names_tag('"a", W/"b"', '"b"', weakly=True)
    assert not names_tag('"a", W/"b"', '"b"', weakly=False)
    assert names_tag("*", '"b"', weakly=False)


def test_a_part_is_read_in_blocks_and_closes_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exports.ranges.BLOCK", 4)
    stream = io.BytesIO(b"0123456789")
    part = Part(stream, 1, 8)
    assert list(part) == [b"1234", b"567"]
    part.close()
    assert stream.closed
