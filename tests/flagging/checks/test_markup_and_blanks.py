import pytest

from tests.flagging.checks.helpers import findings, pair


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("_____ wrote it.", "_______ hat es geschrieben."),
        ("_____ wrote it in ____.", "كتبها ____ في ____."),
        ("____ wrote it.", "＿＿＿が書いた。"),
        ("____ wrote it.", "……写的。"),
        ("____ wrote it.", "（　）が書いた。"),
        ("snake_case is a name", "snake_case ist ein Name"),
        ("Who wrote it?", "Wer schrieb es?"),
    ],
)
def test_a_blank_in_any_form_is_kept(source, target):
    assert not findings("blanks", pair(source, target))


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("_____ wrote it.", "Wer hat es geschrieben?"),
        ("From ____ to ____.", "从____。"),
        ("The (blank) wrote it.", "Er schrieb es."),
    ],
)
def test_a_blank_that_is_gone_is_flagged(source, target):
    assert findings("blanks", pair(source, target))


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Dear {{name}}, hello", "Liebe {{Name}}, hallo"),
        ("Say [MASK] now", "Sag [MASKE] jetzt"),
        ("%(count)s birds", "%(anzahl)s Vögel"),
        ("{first} and {second}", "{first} und {zweite}"),
    ],
)
def test_a_changed_placeholder_is_flagged(source, target):
    assert findings("placeholders", pair(source, target))


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Dear {{name}}, hello", "Hallo {{name}}"),
        ("The set {a} and \\frac{a}{bc}", "Die Menge {a} und \\frac{a}{bc}"),
        ("100% sure", "100 % sicher"),
    ],
)
def test_kept_placeholders_and_braces_of_formulas_are_fine(source, target):
    assert not findings("placeholders", pair(source, target))


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Solve $x^2 = 4$.", "Löse $x^2 = 5$."),
        ("\\frac{1}{3}", "\\كسر{1}{3}"),
        ("See https://example.org/a now.", "Siehe https://beispiel.org/a jetzt."),
        ("Run `ls -l` now.", "Führe `ls -I` aus."),
        ("A <b>bold</b> word", "Ein <b>fettes Wort"),
        ("The patient's pills", "Die pasiënt &#39;n pille"),
        ("Give \\(a+b\\).", "أعط (a+b)."),
    ],
)
def test_changed_lost_or_added_markup_is_flagged(source, target):
    assert findings("markup", pair(source, target))


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Solve $x^2 = 4$.", "حل $x^2 = 4$."),
        ("Solve $x^2 = 4$.", "Löse $x^2=4$."),
        ("It cost $20 and $30.", "Es kostete 20 $ und 30 $."),
        ("Let $A = \\text{red}$.", "Sei $A = \\text{rot}$."),
        ("See https://example.org/a.", "见https://example.org/a。"),
        ("If x < 3 and y > 2", "Wenn x < 3 und y > 2"),
        ("Salt & pepper", "Salz & Pfeffer"),
    ],
)
def test_kept_markup_and_money_are_fine(source, target):
    assert not findings("markup", pair(source, target))
