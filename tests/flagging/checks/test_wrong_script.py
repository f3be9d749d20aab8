import pytest

from flagging.checks import Span
from flagging.checks.scripts import same_script, script_of
from tests.flagging.checks.helpers import findings, pair


@pytest.mark.parametrize(
    ("target", "language"),
    [
        ("ทะเลสาบอยู่ที่ไหน", "zh-Hans"),
        ("湖在哪里？", "de"),
        ("झील कहाँ है?", "th"),
        ("Wo liegt der große See?", "el"),
        ("Где находится озеро?", "sw"),
        ("أين تقع البحيرة؟", "hi"),
        ("この湖はどこにありますか", "zh-Hans"),
        ("大湖位于这个国家的哪个省份之内", "ja"),
        ("Ziwa liko 哪里呢 wapi?", "sw"),
        ("호수는 어디에 있습니까?", "ja"),
    ],
)
def test_text_in_a_script_of_another_language_is_flagged(target, language):
    assert findings("wrong_script", pair("Where does the lake lie?", target, language))


@pytest.mark.parametrize(
    ("source", "target", "language"),
    [
        ("Where does the lake lie?", "Wo liegt der See?", "de"),
        ("Where does the lake lie?", "この湖はどこですか", "ja"),
        ("Where does the lake lie?", "호수는 어디에 있는가", "ko"),
        ("The angle α is π/2.", "Der Winkel α ist π/2.", "de"),
        ("What is DNA?", "ما هو DNA؟", "ar"),
        ("John F. Kennedy", "John F. Kennedy", "ar"),
        ("x + y = 3", "x + y = 3", "hi"),
        ("東京", "東京", "ja"),
        ("The word Москва means", "Das Wort Москва bedeutet", "de"),
        ("50 µm", "50 μm", "sw"),
        ("Where does the lake lie?", "Где находится озеро?", "xx-unknown"),
    ],
)
def test_the_own_script_names_symbols_and_quoted_words_are_fine(source, target, language):
    assert not findings("wrong_script", pair(source, target, language))


def test_the_foreign_letters_are_marked():
    (found,) = findings("wrong_script", pair("Where is the lake?", "Wo ist 湖在哪里 bitte?", "de"))
    assert found.spans == (Span("target", "question", 7, 11),)


@pytest.mark.parametrize(
    ("tag", "script"),
    [("ar", "Arab"), ("zh", "Hans"), ("sr-Latn", "Latn"), ("ja", "Jpan"), ("qq", None)],
)
def test_a_language_has_the_script_of_its_tag_or_of_the_table(tag, script):
    assert script_of(tag) == script


def test_languages_share_a_script_or_are_taken_to():
    assert same_script("en", "sw")
    assert not same_script("en", "hi")
    assert same_script("en", "qq")
