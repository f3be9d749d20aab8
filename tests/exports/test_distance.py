"""Edit distance as the provenance config reports it."""

import pytest

from exports.distance import fields_distance, text_distance


@pytest.mark.parametrize(
    ("before", "after", "edits", "normalised"),
    [
        ("kitten", "sitting", 3, 3 / 7),
        ("", "", 0, 0.0),
        ("", "abc", 3, 1.0),
        ("same", "same", 0, 0.0),
        ("𝛼 decay", "β decay", 1, 1 / 7),
    ],
)
def test_distance_counts_code_points(before: str, after: str, edits: int, normalised: float) -> None:
    distance = text_distance(before, after)
    assert (distance.edits, distance.normalised) == (edits, normalised)


def test_fields_are_summed_before_they_are_normalised() -> None:
    before = {"question": "abcd", "option_a": "x", "option_b": "left alone"}
    after = {"question": "abce", "option_a": "yz", "option_b": "not named"}
    distance = fields_distance(before, after, ["question", "option_a"])
    assert (distance.edits, distance.longest, distance.normalised) == (3, 6, 0.5)
