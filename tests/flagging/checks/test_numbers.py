import pytest

from flagging.checks.number_words import han_values, roman_value
from flagging.checks.numbers import amounts
from tests.flagging.checks.helpers import findings, pair


@pytest.mark.parametrize(
    ("source", "target", "language"),
    [
        ("It cost 1,000 francs.", "Es kostete 1.000 Franken.", "de"),
        ("It cost 1,000 francs.", "Cela a coûté 1 000 francs.", "fr"),
        ("It cost 1000 francs.", "Kostade 1\u00a0000 franc.", "sv"),
        ("It cost 1,000 francs.", "كلفت ١٬٠٠٠ فرنك.", "ar"),
        ("It cost 100,000 francs.", "इसकी कीमत 1,00,000 फ़्रैंक थी।", "hi"),
        ("It cost 1,250 francs.", "इसकी कीमत १,२५० फ़्रैंक थी।", "hi"),
        ("It cost 37 francs.", "এর দাম ৩৭ ফ্রাঁ।", "bn"),
        ("In 1987 it rained.", "１９８７年に雨が降った。", "ja"),
        ("In 1987 it rained.", "一九八七年下了雨。", "zh-Hans"),
        ("23 birds sat there.", "那里有二十三只鸟。", "zh-Hans"),
        ("Three birds sat there.", "鳥が3羽いた。", "ja"),
        ("A bird sat there.", "鳥が1羽いた。", "ja"),
        ("4 friends met twice.", "Vier Freunde trafen sich 2-mal.", "de"),
        ("7 girls met.", "Семеро девочек встретились.", "ru"),
        ("Of 5.5 million people, half left.", "550万人中有一半离开。", "zh-Hans"),
        ("It has 3 million readers.", "이 책의 독자는 300만 명이다.", "ko"),
        ("On 8 May 1990 it rained.", "1990年5月8日下了雨。", "zh-Hans"),
        ("In the 1990s it rained.", "In den 90er Jahren regnete es.", "de"),
        ("In the 19th century it rained.", "В XIX веке шёл дождь.", "ru"),
        ("Pope Leo XIII wrote it.", "教皇利奥13世写的。", "zh-Hans"),
        ("At 3:30 p.m. it rained.", "Um 15:30 Uhr regnete es.", "de"),
        ("It is 0.5 m long.", "Es ist 0,5 m lang.", "de"),
        ("It cost $15.00.", "15 dolara mal oldu.", "tr"),
        ("x² is 9", "x2 ni 9", "sw"),
        ("Take 1, 2 and 3.", "取1、2、3。", "zh-Hans"),
        ("Every 6 weeks", "kwoolu ishii 6", "om"),
        ("About 9 people came", "Batho ba etlile", "nso"),
        ("Half of them left.", "50 % gingen.", "de"),
        ("In 2015 it rained.", "ฝนตกในปี 2558", "th"),
        ("The share is 20%.", "Sehemu ni 0.2.", "sw"),
        ("The patient's 12 pills", "Die pasiënt se 12 pille &#39;n", "af"),
    ],
)
def test_the_same_number_in_another_writing_is_fine(source, target, language):
    assert not findings("numbers", pair(source, target, language))


@pytest.mark.parametrize(
    ("source", "target", "language", "shown"),
    [
        ("In 1987 it rained.", "1978 regnete es.", "de", ("1987", "1978")),
        ("It took 15 days.", "استغرق ١٧ يوما.", "ar", ("15", "١٧")),
        ("It took 4 days.", "इसमें ७ दिन लगे।", "hi", ("4", "७")),
        ("It took 38 days and 6 nights.", "Es dauerte Tage und 6 Nächte.", "de", ("38", "–")),
        ("It is 2.5 m long.", "长2.6米。", "zh-Hans", ("2.5", "2.6")),
        ("It rained.", "2011 regnete es.", "de", ("–", "2011")),
        ("It holds 250 litres.", "Inachukua lita.", "sw", ("250", "–")),
        ("It has 1,000 readers.", "Es hat 10.000 Leser.", "de", ("1,000", "10.000")),
    ],
)
def test_another_number_or_none_is_flagged_with_both(source, target, language, shown):
    (found,) = findings("numbers", pair(source, target, language))
    assert (found.params["source"], found.params["target"]) == shown


def test_the_numbers_that_differ_are_marked_in_code_points():
    source, target = "𝔸 has 15 sides", "𝔸 hat 17 Seiten"
    (found,) = findings("numbers", pair(source, target))
    texts = {"source": source, "target": target}
    assert [texts[span.side][span.start : span.end] for span in found.spans] == ["15", "17"]


@pytest.mark.parametrize(
    ("numeral", "value"), [("二十三", 23), ("二〇〇七", 2007), ("三百", 300), ("五万", 50000), ("十", 10)]
)
def test_han_numerals_have_values(numeral, value):
    assert value in han_values(numeral)


@pytest.mark.parametrize(("numeral", "value"), [("XIX", 19), ("IV", 4), ("LXXX", 80), ("", 0)])
def test_roman_numerals_have_values(numeral, value):
    assert roman_value(numeral) == value


def test_amounts_are_the_same_in_every_locale():
    assert amounts("1,000 and 7") == amounts("٧ و ١٬٠٠٠") == amounts("1.000 und 7")
