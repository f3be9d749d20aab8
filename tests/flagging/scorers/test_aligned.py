"""Options that stand under another letter, and questions that are another item's."""

from __future__ import annotations

import itertools
import random

import pytest

from flagging.checks import MODEL_CHECKS, by_name, evidence
from flagging.checks.aligned import MisalignedQuestion, OptionsSwapped, best_assignment
from flagging.scorers import ItemPair
from flagging.scorers.meaning import Side, aligned_findings

NAMES = ["option_a", "option_b", "option_c", "option_d"]
ENGLISH = ["the heart", "the liver", "the lung", "the skin"]
GERMAN = ["das Herz", "die Leber", "die Lunge", "die Haut"]


def matrix(order, *, own=0.8, other=0.2):
    """Similarities where translation option j says what source option order[j] says."""
    return [[own if order[column] == row else other for column in range(4)] for row in range(4)]


def swapped(order, *, margin=0.1, **likeness):
    target = [GERMAN[place] for place in order]
    return OptionsSwapped().run(NAMES, matrix(order, **likeness), ENGLISH, target, margin=margin)


def test_options_in_place_are_well():
    assert swapped([0, 1, 2, 3]) is None


def test_two_options_that_changed_places_are_found():
    found = swapped([0, 2, 1, 3])
    assert found.params == {"letters": "B, C", "moved": "C, B", "own": "0.20", "best": "0.80"}
    assert evidence("options_swapped", found.params) == (
        "By meaning, options B, C of the source stand at C, B in the translation (similarity 0.20 in place, 0.80 so)."
    )


def test_options_that_all_moved_on_are_found():
    assert swapped([3, 0, 1, 2]).params["letters"] == "A, B, C, D"


def test_a_gain_below_the_margin_is_no_finding():
    assert swapped([1, 0, 2, 3], own=0.55, other=0.5) is None


def test_spans_mark_the_moved_options_on_both_sides():
    spans = swapped([0, 2, 1, 3]).spans
    assert {(span.side, span.field) for span in spans} == {
        (side, name) for side in ("source", "target") for name in ("option_b", "option_c")
    }
    assert all(span.start == 0 and span.end > 5 for span in spans)


def test_options_that_are_alike_are_never_called_swapped():
    assert OptionsSwapped().run(NAMES[:2], [[0.7, 0.7], [0.7, 0.7]], ENGLISH, GERMAN, margin=0.0) is None


@pytest.mark.parametrize("size", [2, 3, 5])
def test_the_best_assignment_is_that_of_trying_all(size):
    chance = random.Random(size)
    given = [[chance.random() for _ in range(size)] for _ in range(size)]
    total, order = best_assignment(given)
    every = {
        sum(given[row][column] for row, column in enumerate(one)): one
        for one in itertools.permutations(range(size))
    }
    assert total == pytest.approx(max(every))
    assert order == every[max(every)]


def question(*, own, usual=0.8, spread=0.05, closest=0.3):
    text = "Welches Organ pumpt das Blut?"
    return MisalignedQuestion().run(
        "question",
        text,
        own=own,
        usual=usual,
        spread=spread,
        other="Where is it?",
        closest=closest,
        margin=0.1,
    )


def test_a_usual_question_is_well():
    assert question(own=0.75) is None


def test_a_question_that_another_source_fits_better_is_found():
    found = question(own=0.6, closest=0.75)
    assert evidence("misaligned_question", found.params) == (
        "The translation hardly means what the source asks (similarity 0.60, where 0.80 is usual). "
        "Of the other sources “Where is it?” is closest to it (0.75)."
    )


def test_a_question_far_below_the_usual_is_found():
    assert question(own=0.3) is not None


def test_a_question_close_to_its_own_is_well_whatever_else_is_close():
    assert question(own=0.85, closest=0.99) is None


def test_the_checks_of_models_are_known_by_name():
    assert [by_name(check.name) for check in MODEL_CHECKS] == list(MODEL_CHECKS)


def vectors(count):
    """Items whose question n has the direction n, on both sides, and whose options have their own."""
    import torch

    axes = torch.eye(count + 4)
    items, known = [], {}
    for number in range(count):
        source = {
            "question": f"What is the thing of number {number}?",
            "option_a": "the heart",
            "option_b": "the liver",
        }
        target = {"question": f"Was ist das Ding {number}?", "option_a": "das Herz", "option_b": "die Leber"}
        items.append(ItemPair(number, source, target, "en", "de"))
        known |= {source["question"]: axes[number], target["question"]: axes[number]}
    known |= {"the heart": axes[-1], "das Herz": axes[-1], "the liver": axes[-2], "die Leber": axes[-2]}
    return items, known


def findings(items, known):
    sides = {id(item): (Side.of(item, item.source), Side.of(item, item.target)) for item in items}
    found = aligned_findings(items, sides, known.get, margin=0.1)
    return {item.key: [name for name, _ in found[id(item)]] for item in items if id(item) in found}


def test_items_in_order_have_no_findings():
    assert findings(*vectors(30)) == {}


def test_two_questions_that_changed_items_are_found_and_no_others():
    items, known = vectors(30)
    three, four = items[3].target, items[4].target
    items[3] = ItemPair(3, items[3].source, four, "en", "de")
    items[4] = ItemPair(4, items[4].source, three, "en", "de")
    assert findings(items, known) == {3: ["misaligned_question"], 4: ["misaligned_question"]}


def test_options_that_changed_places_are_found_in_an_item_alone():
    items, known = vectors(1)
    target = {**items[0].target, "option_a": "die Leber", "option_b": "das Herz"}
    assert findings([ItemPair(9, items[0].source, target, "en", "de")], known) == {9: ["options_swapped"]}


def test_too_few_questions_do_not_say_what_is_usual():
    items, known = vectors(5)
    items[3] = ItemPair(3, items[3].source, items[4].target, "en", "de")
    assert findings(items, known) == {}


def test_options_of_numbers_and_names_are_left_to_the_other_checks():
    items, known = vectors(1)
    source = {"question": "Which one is it?", "option_a": "Nairobi", "option_b": "12"}
    item = ItemPair(1, source, {**items[0].target, "option_a": "12", "option_b": "Nairobi"}, "en", "de")
    assert findings([item], known | {"Nairobi": known["the heart"], "12": known["the liver"]}) == {}


def test_a_biencoder_brings_its_findings_with_its_scores(scorer):
    """Copies have the cosine one, so that even a random model sees two of them changed."""
    options = {
        "option_a": "the heart",
        "option_b": "Which organ pumps blood through the body of a vertebrate?",
    }
    fields = {"question": "What is the word for it?", **options}
    swap = {**fields, "option_a": fields["option_b"], "option_b": fields["option_a"]}
    items = [ItemPair(1, fields, fields, "en", "de"), ItemPair(2, fields, swap, "en", "de")]
    same, changed = scorer("labse").score(items)
    assert same.findings == ()
    assert [name for name, _ in changed.findings] == ["options_swapped"]
