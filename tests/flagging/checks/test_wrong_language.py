import pytest

from tests.flagging.checks.helpers import findings, item, pair

SOURCE = "Where exactly does the old lake lie in the country today?"


@pytest.mark.parametrize(
    ("target", "language", "guess"),
    [
        ("¿Dónde se encuentra exactamente el viejo lago del país hoy?", "pt", "es"),
        ("Gdzie dokładnie leży dziś w kraju to stare jezioro?", "sw", "pl"),
        ("Wo genau liegt der alte See heute in diesem Land?", "tr", "de"),
        ("دریاچه قدیمی امروز دقیقاً در کجای این کشور قرار دارد؟", "ar", "fa"),
    ],
)
def test_a_longer_question_in_another_language_of_the_script_is_flagged_without_statistics(
    target, language, guess
):
    (found,) = findings("wrong_language", pair(SOURCE, target, language))
    assert found.params["guess"] == guess


@pytest.mark.parametrize(
    ("target", "language"),
    [
        ("Wo genau liegt der alte See heute in diesem Land?", "de"),
        ("Ziwa la zamani liko wapi hasa nchini humo leo?", "sw"),
        ("Nibo gan-an ni adágún àtijọ́ náà wà ní orílẹ̀-èdè náà lónìí?", "yo"),
        ("أين تقع البحيرة القديمة بالضبط في البلاد اليوم؟", "ar"),
        ("Kie precize kuŝas la malnova lago?", "xx-unknown"),
        ("¿Dónde?", "pt"),
    ],
)
def test_the_language_itself_short_text_and_unknown_languages_are_fine(target, language):
    assert not findings("wrong_language", pair(SOURCE, target, language))


def test_options_are_never_judged_by_identification():
    given = pair(item("Q?", "the old lake in the country"), item("P?", "el viejo lago del país vecino"), "pt")
    assert not findings("wrong_language", given)
