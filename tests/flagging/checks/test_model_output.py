import pytest

from tests.flagging.checks.helpers import findings, item, pair


@pytest.mark.parametrize(
    "target",
    [
        "Wo liegt der See? der See? der See? der See? der See?",
        "Wie viele Enten sind in den Seen? Wie viele Enten sind in den Seen? Wie viele Enten sind in den Seen?",
        "ما اسم النهر النهر النهر النهر النهر",
        "湖在哪里里里湖在哪里湖在哪里湖在哪里湖在哪里",
        "झील कहाँ है? कहाँ है? कहाँ है? कहाँ है? कहाँ है",
        "ทะเลสาบอยู่ที่ไหนไหนไหนไหนไหน",
        "ሐይቁ የት የት የት የት የት ነው",
    ],
)
def test_a_loop_is_flagged(target):
    (found,) = findings("repetition_loop", pair("Where does the lake lie?", target))
    (span,) = found.spans
    unit = target[span.start : span.start + len(str(found.params["text"]))]
    assert found.params["times"] >= 3
    assert target.count(unit) >= 3


def test_a_text_said_twice_is_a_loop():
    once = "Wo liegt der größte See des Landes? "
    assert findings("repetition_loop", pair("Where is the largest lake?", once + once))


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Where does the lake lie?", "Wo liegt der See?"),
        ("The strand is AGAGAGAGAGAG.", "Der Strang ist AGAGAGAGAGAG."),
        ("Blank: ______________", "Lücke: ______________"),
        ("0.33333333333", "0,33333333333"),
        ("ha ha ha ha ha", "ha ha ha ha ha"),
        ("They sang.", "Sie sangen la la la."),
        ("a, b, a, b, a, b", "a、b、a、b、a、b"),
        ("I only; II only; I and II", "केवल I; केवल II; केवल I और II"),
    ],
)
def test_repeats_of_the_source_codes_and_rows_of_signs_are_no_loops(source, target):
    assert not findings("repetition_loop", pair(source, target))


@pytest.mark.parametrize(
    ("target", "language"),
    [
        ("Here is the translation: Wo liegt der See?", "de"),
        ("Sure! Wo liegt der See?", "de"),
        ("Certainly, here's the translated text:\nWo liegt der See?", "de"),
        ("Translation: ทะเลสาบอยู่ที่ไหน", "th"),
        ("Hier ist die Übersetzung: Wo liegt der See?", "de"),
        ("以下是翻译：湖在哪里？", "zh-Hans"),
        ("当然！湖在哪里？它在哪个国家？", "zh-Hans"),
        ("الترجمة: أين تقع البحيرة؟", "ar"),
        ("अनुवाद: झील कहाँ है?", "hi"),
        ("Вот перевод вопроса: Где находится озеро?", "ru"),
        ("I'm sorry, but I can't help with that request.", "sw"),
        ("As an AI language model, I cannot answer this.", "yo"),
        ("Lo siento, no puedo traducir este texto.", "es"),
        ("抱歉，我无法完成这个请求，请换一个。", "zh-Hans"),
        ("Ziwa liko wapi? (Note: the word lake was translated literally.)", "sw"),
        ("Le lac est où ? I hope this helps!", "fr"),
        ("```\nWo liegt der See?\n```", "de"),
        ("The requested text follows below. ทะเลสาบอยู่ที่ไหน", "th"),
    ],
)
def test_words_of_a_model_about_its_work_are_flagged(target, language):
    assert findings("preamble", pair("Where does the lake lie?", target, language))


@pytest.mark.parametrize(
    ("source", "target", "language"),
    [
        ("Where does the lake lie?", "Wo liegt der See?", "de"),
        ("The translation of mRNA ends at:", "Die Translation der mRNA endet bei:", "de"),
        ("Sure! That is a lake.", "Sicher! Das ist ein See.", "de"),
        ("Which of these is true: the lake is deep?", "Was stimmt: der See ist tief?", "de"),
        ("Microsoft Windows was released in:", "Microsoft Windows được phát hành vào:", "vi"),
        ("He said sorry to her", "Er sagte: es tut mir leid", "de"),
        ("BBC News reported a flood.", "BBC News: बाढ़ की ख़बर आई।", "hi"),
    ],
)
def test_a_plain_translation_has_no_preamble(source, target, language):
    assert not findings("preamble", pair(source, target, language))


def test_an_option_that_says_good_is_an_answer():
    assert not findings("preamble", pair(item("Q?", "good."), item("问？", "好的。"), "zh-Hans"))
