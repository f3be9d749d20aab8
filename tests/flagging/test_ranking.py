from __future__ import annotations

import pytest

from flagging.actions.passes import request_pass
from flagging.models import Candidate
from flagging.progress import see_through
from tests.factories import fields_of, make_benchmark, make_item, make_translation


@pytest.fixture
def benchmark(cast, now):
    """Two items by two systems: mt-alpha left the first in English."""
    benchmark = make_benchmark(cast.workspace, now)
    for number in range(2):
        question = f"Which of these rivers flows through the town of Example {number}?"
        fields = fields_of(question, ("the first", "the second"))
        item = make_item(benchmark, f"quiz/test/{number}", fields, "A", now)
        german = fields_of(
            f"Welcher Fluss fließt durch die Stadt Beispiel {number}?", ("der erste", "der zweite")
        )
        make_translation(item, "de", german if number else fields, now)
        make_translation(item, "de", german, now, system="mt-beta")
    return benchmark


def places(benchmark, now, **settings):
    model_pass = request_pass(benchmark=benchmark, language="de", by=None, now=now, **settings)
    assert see_through(model_pass, lambda line: None)
    rows = Candidate.objects.filter(model_pass=model_pass).order_by(
        "translation_version__translation__item", "place"
    )
    return [
        (
            row.translation_version.translation.item.position,
            row.place,
            row.translation_version.translation.system,
            row.tied,
        )
        for row in rows
    ]


def test_a_broken_translation_stands_behind_one_that_is_not(benchmark, now):
    assert places(benchmark, now)[:2] == [(0, 1, "mt-beta", False), (0, 2, "mt-alpha", False)]


def test_where_nothing_tells_two_apart_it_is_said(benchmark, now):
    assert places(benchmark, now)[2] == (1, 1, "mt-alpha", True)


def test_a_pass_over_some_items_ranks_those_alone(benchmark, now):
    second = benchmark.items.get(position=1)
    assert {place[0] for place in places(benchmark, now, item_ids=[second.pk])} == {1}


def test_one_system_alone_is_not_ranked(benchmark, now):
    benchmark.items.first().translations.model.objects.filter(system="mt-beta").update(
        origin="back-translation"
    )
    assert places(benchmark, now) == []
