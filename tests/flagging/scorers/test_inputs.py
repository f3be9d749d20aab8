"""What the models are given, written out by hand."""

from __future__ import annotations

import pytest

from flagging.scorers import ItemPair, entry
from flagging.scorers.texts import (
    NO_SOURCE,
    NO_TARGET,
    NO_WORDS,
    fill,
    is_bare,
    scored_texts,
    unscorable,
    whole,
    word_count,
)
from tests.flagging.scorers.conftest import SAVERS, segment

SOURCE = "The cat sleeps."
TARGET = "Die Katze schläft."
CAPITAL = ItemPair(
    7,
    {"question": "What is the capital of Kenya?", "option_a": "Nairobi", "option_b": "Mombasa"},
    {"question": "Mji mkuu wa Kenya ni upi?", "option_a": "Nairobi", "option_b": "Mombasa"},
    "en",
    "sw",
)


def test_metricx_24_reads_the_source_first():
    asked = fill(entry("metricx-24-hybrid-xl").template, source=SOURCE, target=TARGET)
    assert asked == "source: The cat sleeps. candidate: Die Katze schläft."


def test_metricx_23_reads_the_candidate_first():
    asked = fill(entry("metricx-23-qe-xl").template, source=SOURCE, target=TARGET)
    assert asked == "candidate: Die Katze schläft. source: The cat sleeps."


def test_e5_reads_each_text_as_a_query_and_labse_as_it_is():
    assert fill(entry("multilingual-e5-large").template, text=SOURCE) == "query: The cat sleeps."
    assert fill(entry("labse").template, text=SOURCE) == "The cat sleeps."


def test_braces_in_a_text_stay_braces():
    asked = fill(entry("metricx-24-hybrid-xl").template, source="{source} {0}", target="{target}")
    assert asked == "source: {source} {0} candidate: {target}"


def test_limits_are_the_published_ones():
    assert {entry(f"metricx-23-qe-{size}").max_tokens for size in ("large", "xl", "xxl")} == {1024}
    assert {entry(f"metricx-24-hybrid-{size}").max_tokens for size in ("large", "xl", "xxl")} == {1536}
    assert entry("cometkiwi-22").max_tokens == 512


def decoded(loaded, *text):
    (encoded,) = loaded.scorer.encode([text])
    tokens = loaded.scorer.tokenizer.convert_ids_to_tokens(encoded.ids)
    return "".join(tokens).replace("▁", " ").strip()


def test_metricx_input_ends_without_eos(scorer):
    assert decoded(scorer("metricx-24-hybrid-large"), SOURCE, TARGET).endswith("schläft.")


def test_cometkiwi_reads_the_target_first_and_two_marks_between(scorer):
    said = decoded(scorer("cometkiwi-22"), SOURCE, TARGET)
    assert said == "<s> Die Katze schläft.</s></s> The cat sleeps.</s>"


def test_a_regressor_reads_the_source_first(scorer):
    said = decoded(scorer("qe-xlmr-large"), SOURCE, TARGET)
    assert said == "<s> The cat sleeps.</s></s> Die Katze schläft.</s>"


def test_labse_reads_a_text_between_its_marks(scorer):
    (encoded,) = scorer("labse").scorer.encode([("the heart",)])
    assert scorer("labse").scorer.tokenizer.convert_ids_to_tokens(encoded.ids) == [
        "[CLS]",
        "the",
        "heart",
        "[SEP]",
    ]


def test_the_judge_is_asked_in_its_own_chat_form(scorer):
    loaded = scorer("aya-expanse-8b")
    (encoded,) = loaded.scorer.encode([(SOURCE, TARGET, "English", "German")])
    asked = loaded.scorer.tokenizer.decode(encoded.ids)
    assert asked == (
        "<|user|>Grade the translation from English into German below.\n"
        "\n"
        "1: it says something else, is not in German, or is no translation\n"
        "2: parts of the meaning are lost or wrong\n"
        "3: the meaning is there, with errors a reader would stumble over\n"
        "4: right, with small flaws\n"
        "5: right and fluent\n"
        "\n"
        "English:\n"
        "The cat sleeps.\n"
        "\n"
        "German:\n"
        "Die Katze schläft.\n"
        "\n"
        "Answer with the grade alone, one digit from 1 to 5.<|end|><|assistant|>"
    )


def test_a_question_is_scored_with_its_options_joined():
    assert whole(CAPITAL) == (
        "What is the capital of Kenya?\nNairobi\nMombasa",
        "Mji mkuu wa Kenya ni upi?\nNairobi\nMombasa",
    )
    assert list(scored_texts(CAPITAL)) == [""]


def test_short_options_are_never_scored_alone():
    assert list(scored_texts(CAPITAL, fields=True)) == ["", "question"]


def test_a_long_option_can_be_scored_alone():
    long = "It joined the union late"
    item = ItemPair(
        1, {"question": "Why not?", "option_a": long}, {"question": "Warum?", "option_a": "Spät"}, "en", "de"
    )
    assert scored_texts(item, fields=True)["option_a"] == (long, "Spät")


@pytest.mark.parametrize(
    "text",
    [
        "42",
        "3.5 kg",
        "x = 2y + 1",
        "$\\frac{a}{b}$",
        "Nairobi",
        "Albert Einstein",
        "f(x)",
        "π/2",
        "NaCl",
        "https://a.org/b",
    ],
)
def test_formulas_numbers_and_names_alone_are_not_scorable(text):
    assert is_bare(text)
    assert unscorable(text, text) == NO_WORDS


@pytest.mark.parametrize(
    "text", ["the heart", "What is 2 + 2?", "心臓", "ምንድን ነው", "Solve x = 2 for y", "القلب"]
)
def test_words_are_scorable(text):
    assert not is_bare(text)


def test_a_name_in_a_template_of_words_is_scorable():
    assert unscorable("Who was Albert Einstein?", "Wer war Albert Einstein?") == ""


def test_words_of_scripts_without_spaces_are_counted_too():
    assert word_count("地球は太陽の周りを回る") == 6
    assert word_count("the human heart") == 3


@pytest.mark.parametrize("name", SAVERS)
def test_an_empty_target_has_no_score_and_says_why(name, scorer):
    (score,) = scorer(name).score([segment(SOURCE, "  ")])[0].scores
    assert (score.value, score.note) == (None, NO_TARGET)


@pytest.mark.parametrize("name", SAVERS)
def test_an_empty_source_has_no_score_and_says_why(name, scorer):
    (score,) = scorer(name).score([segment("", TARGET)])[0].scores
    assert (score.value, score.note) == (None, NO_SOURCE)


@pytest.mark.parametrize("name", SAVERS)
def test_a_target_equal_to_its_source_has_a_score(name, scorer):
    (score,) = scorer(name).score([segment(SOURCE, SOURCE)])[0].scores
    assert score.value is not None


def test_equal_texts_have_the_cosine_one(scorer):
    for name in ("labse", "multilingual-e5-large"):
        assert scorer(name).score([segment(SOURCE, SOURCE)])[0].value == pytest.approx(1.0, abs=1e-5)


LONG = "the heart the liver the kidney the lung " * 300


@pytest.mark.parametrize("name", [name for name in SAVERS if name != "qe-modernbert-large"])
def test_a_text_over_the_limit_is_scored_and_said_to_be_cut(name, scorer):
    one, two = scorer(name).score([segment(LONG, "das Herz " * 900), segment(SOURCE, TARGET)])
    assert one.value is not None
    assert (one.scores[0].truncated, two.scores[0].truncated) == (True, False)


@pytest.mark.parametrize(
    "name", ["metricx-24-hybrid-large", "qe-xlmr-large", "cometkiwi-22", "aya-expanse-8b"]
)
def test_no_input_is_over_the_limit(name, scorer):
    text = (LONG, "das Herz " * 900, "English", "German")
    (encoded,) = scorer(name).scorer.encode([text if "aya" in name else text[:2]])
    assert len(encoded.ids) <= scorer(name).entry.max_tokens


def test_metricx_is_cut_as_the_published_code_cuts_it(scorer):
    """With EOS to the limit of 1536, and then without EOS."""
    (encoded,) = scorer("metricx-24-hybrid-large").scorer.encode([(LONG, LONG)])
    assert len(encoded.ids) == 1535


def test_cometkiwi_loses_the_source_first(scorer):
    short = decoded(scorer("cometkiwi-22"), LONG, TARGET)
    assert short.startswith("<s> Die Katze schläft.</s></s> the heart")
    assert not short.endswith("</s>")
