import pytest

from flagging.checks import WHOLE_ITEM, Span
from tests.flagging.checks.helpers import findings, item, pair

SOURCE = item("Which of these rivers is the longest?", "the river Nile", "a mountain stream", "Danube", "42")


@pytest.mark.parametrize("language", ["de", "sw", "ar", "th", "zh-Hans", "hi"])
def test_an_item_left_as_it_was_is_flagged_once_as_a_whole(language):
    found = findings("untranslated_item", pair(SOURCE, SOURCE, language))
    assert [one.field for one in found] == [WHOLE_ITEM]
    assert not findings("untranslated_field", pair(SOURCE, SOURCE, language))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Which of these rivers is the longest?", "de"),
        ("Who is the Head of State for Norway?", "nl"),
        ("a state with no standing army", "sw"),
        ("population growth", "yo"),
        ("destroyed", "zh-Hans"),
        ("12 March 1999", "th"),
        ("the red fort", "hi"),
        ("What year?", "ar"),
    ],
)
def test_a_copied_text_with_words_to_translate_is_flagged(text, language):
    copied = pair(item("A?", text, "zwei"), item("B?", text, "drei"), language)
    assert [one.field for one in findings("untranslated_field", copied)] == ["option_a"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Marie Curie", "de"),
        ("Bosnia and Herzegovina", "de"),
        ("H2SO4", "ar"),
        ("x = 2y + sin(t)", "hi"),
        ("12 kg", "th"),
        ("5.5 mol", "ja"),
        ("for (int i = 0; i < n; i++)", "zh-Hans"),
        ("Homo sapiens", "ar"),
        ("musculus quadratus lumborum", "bn"),
        ("https://example.org/a-long-path", "am"),
        ("Hotel", "de"),
        ("radio", "fr"),
        ("Aa × Bb", "ko"),
        ("1,000", "sw"),
    ],
)
def test_names_formulas_units_and_codes_may_stay(text, language):
    kept = pair(item("A?", text, "zwei"), item("B?", text, "drei"), language)
    assert not findings("untranslated_field", kept)


def test_the_whole_field_is_marked():
    copied = pair(item("Why do the birds sing?", "a"), item("Why do the birds sing?", "b"), "de")
    (found,) = findings("untranslated_field", copied)
    assert found.spans == (Span("target", "question", 0, 22),)


@pytest.mark.parametrize(
    ("source", "target", "language", "kept"),
    [
        (
            "How many birds live on the island today?",
            "How many birds live auf der Insel?",
            "de",
            "How many birds live",
        ),
        ("Who led the team in 1990?", "Who led the टीम का नेतृत्व?", "hi", "Who led the"),
        (
            "Ann went to a store and bought it. Why?",
            "Ann went to a store and bought it. 为什么？",
            "zh-Hans",
            "Ann went to a store and bought it",
        ),
        ("When did the war end?", "When did the война закончилась?", "ru", "When did the"),
    ],
)
def test_words_left_in_a_row_are_flagged_and_marked(source, target, language, kept):
    (found,) = findings("partly_untranslated", pair(source, target, language))
    (span,) = found.spans
    assert target[span.start : span.end] == kept


@pytest.mark.parametrize(
    ("source", "target", "language"),
    [
        ("Who wrote The Lord of the Rings in 1954?", "Wer schrieb 1954 The Lord of the Rings?", "de"),
        ("Who sang “I will always love you” first?", "最初谁唱了“I will always love you”？", "zh-Hans"),
        ("Which states border the Federal Republic of Germany?", "ما الدول المجاورة لألمانيا؟", "ar"),
        ("Is the Bank of England in London?", "Liegt die Bank of England in London?", "de"),
        ("What does print(x) do in Python?", "Python में print(x) क्या करता है?", "hi"),
    ],
)
def test_titles_quotations_and_names_inside_a_translation_are_fine(source, target, language):
    assert not findings("partly_untranslated", pair(source, target, language))


@pytest.mark.parametrize(
    ("source", "target", "language"),
    [
        ("How tall is the tower?", "Wie hoch ist der Turm? (How tall is the tower?)", "de"),
        ("What is amnesia? ", "Amnezi nedir?  (What is amnesia? )", "tr"),
        ("How tall is the tower?", "塔有多高？ How tall is the tower", "zh-Hans"),
        ("How tall is the tower?", "How tall is the tower? — ما ارتفاع البرج؟", "ar"),
        ("Wie hoch ist der Turm?", "How tall is the tower? [Wie hoch ist der Turm?]", "en"),
    ],
)
def test_the_source_beside_its_translation_is_flagged(source, target, language):
    source_language = "de" if language == "en" else "en"
    given = pair(source, target, language, source_language=source_language)
    assert findings("source_appended", given)


@pytest.mark.parametrize(
    ("source", "target", "language"),
    [
        ("How tall is the tower?", "Wie hoch ist der Turm?", "de"),
        ("How tall is the tower?", "How tall is the tower?", "de"),
        ("Memory", "ማህደረ ትውስታ (Memory)", "am"),
        ("2 + 2", "2 + 2 =", "th"),
    ],
)
def test_a_translation_a_bare_copy_or_a_term_in_brackets_is_no_appended_source(source, target, language):
    assert not findings("source_appended", pair(source, target, language))


def test_a_term_behind_a_translated_option_is_a_gloss():
    given = pair(item("A?", "forced air volume"), item("ሀ?", "የአየር መጠን (forced air volume)"), "am")
    assert not findings("source_appended", given)
