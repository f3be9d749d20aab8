"""What a set usually does, and what stands out against it."""

import json

import pytest

from flagging.checks import SetRow, SetStatistics, by_name, measure
from flagging.checks.base import SetCheck
from flagging.checks.habits import is_name, is_unlike
from flagging.checks.near import near_twins
from tests.flagging.checks.helpers import findings, item, pair

PEOPLE = [f"{first} {last}" for first in ("Mary", "Peter", "Ruth") for last in ("Stone", "Baker", "Young")]


def greek(source: str) -> str:
    return source.translate(str.maketrans("abcdefghijklmnoprstuvwxyz", "αβκδεφγχιξκλμνοπρστυωωξυζ")).lower()


def greek_set(kept: int = 0) -> SetStatistics:
    """Ninety names in Greek letters, `kept` of them left as they are."""
    names = [
        f"{person}{'aeiou'[number % 5]}{'lmnr'[number % 4]}" for number in range(10) for person in PEOPLE
    ]
    return measure(
        pair(item("Who?", name), item("Ποιος;", name if number < kept else greek(name)), "el")
        for number, name in enumerate(names)
    )


def test_a_name_left_as_it_is_stands_out_where_the_set_writes_names_its_own_way():
    given = pair(item("Who?", "Anna Frost", "oak"), item("Ποιος;", "Anna Frost", "δρυς"), "el")
    assert not findings("name_kept", given)
    for kept, count in ((0, 1), (40, 0)):
        with_set = pair(given.source, given.target, "el", statistics=greek_set(kept))
        assert len(findings("name_kept", with_set)) == count


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Anna Frost", True),
        ("Frost", True),
        ("the Frost", True),
        ("OpenTV", False),
        ("Astra 2A", False),
        ("oak", False),
    ],
)
def test_names_are_told_from_codes_and_words(text, is_one):
    assert is_name(text) is is_one


def test_an_option_kept_here_and_translated_elsewhere_stands_out():
    rows = [pair(item("?", "Big Bear"), item("?", "Großer Bär"))] * 2
    here = pair(item("?", "Big Bear"), item("?", "Big Bear"))
    statistics = measure([*rows, here])
    (found,) = findings("option_unlike_set", pair(here.source, here.target, statistics=statistics))
    assert found.params == {"rows": 2, "other": "großer bär"}


def test_an_option_that_the_set_always_keeps_is_a_notice_only():
    row = pair(item("?", "hockey stick graph"), item("?", "hockey stick graph"), "th")
    for rows, name in ((3, "kept_throughout"), (2, "untranslated_field")):
        given = pair(row.source, row.target, "th", statistics=measure([row] * rows))
        names = [one for one in ("kept_throughout", "untranslated_field") if findings(one, given)]
        assert names == [name]


def test_habits_come_back_from_json_as_they_were():
    statistics = greek_set(5)
    assert SetStatistics.from_json(json.loads(json.dumps(statistics.to_json()))) == statistics


def test_statistics_of_an_earlier_version_are_read():
    old = {key: value for key, value in greek_set().to_json().items() if key in {"fields", "letters"}}
    assert SetStatistics.from_json(old).habits.names == 0


def test_texts_without_a_common_word_or_spelling_are_unlike():
    assert is_unlike("ulusal marşı", ["die nationalhymne"])
    assert not is_unlike("nationalhymnen", ["die nationalhymne"])


WATER = ("Where does the water of the old well come from?", "Woher kommt das Wasser des alten Brunnens?")
STONE = ("Who carried the grey stones up the hill?", "Wer trug die grauen Steine den Berg hinauf?")


def rows(*texts: tuple[str, str]) -> list[SetRow]:
    return [SetRow(number, "question", *text) for number, text in enumerate(texts)]


def found(name: str, given: list[SetRow]) -> list[int]:
    check = by_name(name)
    assert isinstance(check, SetCheck)
    return [number for number, _ in check.run(given)]


def test_of_two_sources_with_one_translation_the_one_it_fits_is_let_be():
    others = [
        ("Is the water of the well cold?", "Ist das Wasser des Brunnens kalt?"),
        ("How old is the water in the well?", "Wie alt ist das Wasser im Brunnen?"),
        ("Who drank the water of the old well?", "Wer trank das Wasser des alten Brunnens?"),
        ("Who carried the stones of the wall?", "Wer trug die Steine der Mauer?"),
        ("Are the grey stones on the hill heavy?", "Sind die grauen Steine am Berg schwer?"),
        *(
            (f"Is it {word}?", f"Ist es {wort}?")
            for word, wort in zip("abcdefghij", "klmnopqrst", strict=True)
        ),
    ]
    given = rows(WATER, (STONE[0], WATER[1]), *others)
    assert found("one_for_many", given) == [1]
    assert found("lent_to_another", given) == [0]


def test_without_evidence_both_are_flagged():
    assert found("one_for_many", rows(WATER, (STONE[0], WATER[1]))) == [0, 1]


def test_nearly_one_translation_of_sources_quite_different_is_flagged():
    near = WATER[1].replace("alten", "sehr alten")
    assert found("nearly_one_for_many", rows(WATER, (STONE[0], near), STONE)) == [0, 1]


def test_nearly_one_translation_of_sources_nearly_one_is_fine():
    near = (WATER[0].replace("old", "very old"), WATER[1].replace("alten", "sehr alten"))
    assert not found("nearly_one_for_many", rows(WATER, near, STONE))


def test_twins_are_found_as_by_comparing_each_with_each():
    texts = [
        frozenset(f"{number % 7} {number % 5} a b c d e f {number % 3} x{number % 11}".split())
        for number in range(60)
    ]
    slow = {
        one: {
            two
            for two in range(60)
            if two != one and len(texts[one] & texts[two]) >= 0.8 * len(texts[one] | texts[two])
        }
        for one in range(60)
    }
    fast = {one: set(twins) for one, twins in near_twins(texts).items()}
    assert fast == {one: twins for one, twins in slow.items() if twins}
