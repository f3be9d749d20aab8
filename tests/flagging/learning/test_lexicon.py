"""A lexicon learned on a set's own pairs."""

from itertools import product

import numpy as np
import pytest

from flagging.learning.lexicon import FIGURES, Lexicon
from flagging.learning.words import units

WORDS = {"red": "rot", "blue": "blau", "house": "haus", "tree": "baum", "river": "fluss", "old": "alt"}
PAIRS = [
    (f"the {colour} {thing} {number}", f"das {WORDS[colour]} {WORDS[thing]} {number}")
    for colour, thing, number in product(("red", "blue", "old"), ("house", "tree", "river"), range(5))
]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.fit(PAIRS)


def test_a_translation_scores_above_another_text(lexicon):
    assert lexicon.score("the red tree", "das rot baum") > 0 > lexicon.score("the red tree", "blau fluss alt")


def test_swapped_options_stand_off_the_diagonal(lexicon):
    scores = lexicon.similarity(["red house", "blue tree"], ["blau baum", "rot haus"])
    assert scores.argmax(axis=1).tolist() == [1, 0]


def test_a_pair_seen_once_proves_nothing_about_itself():
    alone = Lexicon.fit([*PAIRS, ("quark", "banane")])
    assert alone.score("quark", "banane") < 0.1 < alone.score("house", "haus")


def test_a_unit_kept_as_it_is_counts_for_the_pair(lexicon):
    assert lexicon.score("Zyx 77", "Zyx 77") > lexicon.score("Zyx 77", "Abc 12")


def test_empty_and_unknown_texts_have_finite_figures(lexicon):
    figures = lexicon.figures([("", ""), ("", "rot"), ("qqq", "wwww"), ("red", "")])
    assert figures.shape == (4, 2 * len(FIGURES)) and np.isfinite(figures).all()


def test_no_pairs_make_a_lexicon_that_knows_nothing():
    assert np.isfinite(Lexicon.fit([]).score("red", "rot"))


def test_the_same_pairs_give_the_same_scores(lexicon):
    assert np.array_equal(Lexicon.fit(PAIRS).scores(PAIRS), lexicon.scores(PAIRS))


def test_unspaced_scripts_are_cut_into_letter_pairs():
    assert units("北京大学 2024") == ["北京", "京大", "大学", "2024"]


def test_spaced_words_are_cut_to_stems():
    assert units("Translations, translated") == ["transl", "transl"]
