"""Negation, references, units, brackets and quotation marks, encodings."""

import pytest

from flagging.checks import Text, by_name
from flagging.checks.base import TextCheck
from tests.flagging.checks.helpers import findings, item, pair

ODD = "Which of these is NOT a tree?"


@pytest.mark.parametrize(
    ("target", "language"),
    [
        ("Was davon ist ein Baum?", "de"),
        ("¿Cuál de estos es un árbol?", "es"),
        ("أي من هذه شجرة؟", "ar"),
        ("这些哪个是树？", "zh-Hans"),
        ("Gani kati ya hizi ni mti?", "sw"),
        ("इनमें से कौन पेड़ है?", "hi"),
    ],
)
def test_a_lost_negation_is_flagged(target, language):
    (found,) = findings("negation", pair(ODD, target, language))
    assert found.params == {"cue": "NOT"}
    assert [ODD[span.start : span.end] for span in found.spans] == ["NOT"]


@pytest.mark.parametrize(
    ("source", "target", "language"),
    [
        (ODD, "Was davon ist KEIN Baum?", "de"),
        (ODD, "¿Cuál de estos no es un árbol?", "es"),
        (ODD, "أي من هذه ليس شجرة؟", "ar"),
        (ODD, "这些哪个不是树？", "zh-Hans"),
        (ODD, "Gani kati ya hizi si mti?", "sw"),
        ("All of these are trees EXCEPT", "जंगल में इन्हें छोड़कर सभी पेड़ हैं", "hi"),
        ("Which is the least likely?", "Lequel est le moins probable ?", "fr"),
        ("Which is a tree?", "Was ist ein Baum?", "de"),
        (ODD, "Texte in einer Sprache ohne Liste", "eo"),
    ],
)
def test_a_kept_negation_or_a_language_without_a_list_is_fine(source, target, language):
    assert not findings("negation", pair(source, target, language))


@pytest.mark.parametrize(
    ("source", "target", "language"),
    [
        ("both A and B", "sowohl B als auch C", "de"),
        ("I and III only", "Nur ich und III", "de"),
        ("Both A and C", "AとBの両方", "ja"),
        ("I, II, and III", "I y III", "es"),
    ],
)
def test_a_reference_to_another_option_is_flagged(source, target, language):
    assert findings("references", pair(item("Which?", source), item("?", target), language))


@pytest.mark.parametrize(
    ("source", "target", "language"),
    [
        ("both A and B", "sowohl A als auch B", "de"),
        ("Both A and B", "AとBの両方", "ja"),
        ("A and B", "А и Б", "ru"),
        ("both A and B", "كل من أ و ب", "ar"),
        ("I and III only", "Nur I und III", "de"),
        ("I, II, and III", "Ⅰ、Ⅱ和Ⅲ", "zh-Hans"),
        ("A and a friend came", "Eine Freundin kam mit", "de"),
    ],
)
def test_the_same_reference_is_fine(source, target, language):
    assert not findings("references", pair(item("Which?", source), item("?", target), language))


def test_another_unit_behind_the_same_number_is_flagged():
    (found,) = findings("units", pair("It weighs 5 kg.", "Es wiegt 5 g."))
    assert found.params == {"source": "5 kg", "target": "5 g"}


@pytest.mark.parametrize(
    ("source", "target", "language"),
    [
        ("It weighs 2.5 kg.", "Es wiegt 2,5 kg.", "de"),
        ("It weighs 5 kg.", "Он весит 5 кг.", "ru"),
        ("It takes 5 m and 5 s, 5 km away", "5 km entfernt, 5 m", "de"),
    ],
)
def test_the_same_unit_is_fine(source, target, language):
    assert not findings("units", pair(source, target, language))


@pytest.mark.parametrize(
    ("target", "language"),
    [("Ein Baum (oder Busch", "de"), ("木（または低木", "ja"), ("Ein „Baum", "de"), ("Un « arbre", "fr")],
)
def test_a_mark_without_a_partner_is_flagged(target, language):
    assert findings("balance", pair('A tree (or "bush")', target, language))


@pytest.mark.parametrize(
    ("source", "target", "language"),
    [
        ("A (tree)", "Ein (Baum)", "de"),
        ('A "tree"', "Ein „Baum“", "de"),
        ('A "tree"', "Un « arbre »", "fr"),
        ('A "tree"', "「木」", "ja"),
        ('The "USA"', 'ה"עץ" של ארה"ב', "he"),
        ("(a) oak (b) rose", "a) Eiche b) Rose", "de"),
        ("The (tree", "Der (Baum", "de"),
        ("the dog's (own) bone", "l'os (propre) d'un chien", "fr"),
        ("on [0, 1) and (more)", "auf [0, 1) und (mehr)", "de"),
    ],
)
def test_partners_in_any_style_and_list_marks_are_fine(source, target, language):
    assert not findings("balance", pair(source, target, language))


def mojibake(text: str) -> bool:
    check = by_name("mojibake")
    assert isinstance(check, TextCheck)
    return any(True for _ in check.run(Text({"question": text}, "de")))


@pytest.mark.parametrize("text", ["Eiche", "é", "“tree”", "дерево", "木の下の犬", "ağaç", "شجرة", "पेड़"])
def test_text_read_in_the_wrong_encoding_is_flagged(text):
    assert not mojibake(text)
    spoilt = text.encode().decode("cp1252", errors="replace")
    assert mojibake(f"Was ist {spoilt}?") is not text.isascii()


@pytest.mark.parametrize("text", ["NÃO É", "28,5° E", "Ænglisc", "àéîõü", "Çà et là"])
def test_letters_that_look_odd_are_fine(text):
    assert not mojibake(text)
