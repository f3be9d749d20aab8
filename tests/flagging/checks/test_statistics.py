import json

import pytest

from flagging.checks import Pair, SetStatistics, measure
from flagging.checks.statistics import MINIMUM_PAIRS
from tests.flagging.checks.helpers import findings, pair

PLACES = ["lake", "river", "valley", "island", "forest", "desert", "village", "harbour", "castle", "garden"]
ORTE = ["der See", "der Fluss", "das Tal", "die Insel", "der Wald", "die Wüste", "das Dorf", "der Hafen"]
ASKED = [
    ("Where exactly does the old {} lie today?", "Wo genau liegt {} heute eigentlich noch?"),
    ("Which people lived near the {} long ago?", "Welche Menschen lebten früher nahe bei {}?"),
    ("How many visitors see the {} every year?", "Wie viele Besucher sehen jedes Jahr {}?"),
    ("Why was the {} given its present name?", "Warum bekam {} den heutigen Namen?"),
]


def german_set() -> list[Pair]:
    """A small set of made-up questions, long enough to measure."""
    return [
        pair(asked.format(place) + " " * (round_ % 2), frage.format(ort))
        for round_ in range(2)
        for place in PLACES
        for ort in ORTE[:2]
        for asked, frage in ASKED
    ]


@pytest.fixture(scope="module")
def statistics() -> SetStatistics:
    return measure(german_set())


def test_no_pair_of_an_even_set_is_an_outlier(statistics):
    for one in german_set():
        given = pair(one.source, one.target, statistics=statistics)
        assert not findings("truncation", given)
        assert not findings("wrong_language", given)


@pytest.mark.parametrize("target", ["Wo genau", "Wo genau liegt der", "Wo?"])
def test_a_text_far_shorter_than_the_set_is_cut_short(statistics, target):
    given = pair("Where exactly does the old lake lie today?", target, statistics=statistics)
    (found,) = findings("truncation", given)
    assert found.params["z"] < 0


def test_a_lost_question_mark_makes_a_short_text_suspect(statistics):
    source, short = "Where exactly does the old lake lie today?", "Wo genau liegt der See heute noch"
    assert findings("truncation", pair(source, short, statistics=statistics))
    assert not findings("truncation", pair(source, short + "?", statistics=statistics))


def test_without_statistics_or_with_few_pairs_nothing_is_cut_short():
    few = measure(german_set()[: MINIMUM_PAIRS - 1])
    source, target = "Where exactly does the old lake lie today?", "Wo"
    assert not findings("truncation", pair(source, target))
    assert not findings("truncation", pair(source, target, statistics=few))


@pytest.mark.parametrize(
    "target",
    ["Kutoka wapi ziwa hilo linapatikana kwa sasa?", "Gdzie dokładnie leży dziś to stare jezioro?"],
)
def test_words_spelt_unlike_the_set_are_in_a_wrong_language(statistics, target):
    given = pair("Where exactly does the old lake lie today?", target, statistics=statistics)
    assert findings("wrong_language", given)


def test_statistics_come_back_from_json_as_they_were(statistics):
    assert SetStatistics.from_json(json.loads(json.dumps(statistics.to_json()))) == statistics


def test_a_set_measures_the_same_twice():
    assert measure(german_set()) == measure(iter(german_set()))


def test_short_options_are_not_measured():
    assert not measure([pair({"option_a": "oak"}, {"option_a": "Eiche"})]).fields
