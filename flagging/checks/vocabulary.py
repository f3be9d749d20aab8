"""The few words that checks know by heart. English is the only source language with tables."""

from __future__ import annotations


def words_of(table: str) -> frozenset[str]:
    """This function will return the words of a table that is written as running text."""
    return frozenset(table.split())


def _forms(table: str) -> str:
    """One pattern for all forms of a table, in which an underscore stands for white space."""
    return "|".join(table.replace("_", r"\s+").split())


# Words that bind an English sentence together.
ENGLISH_GLUE = words_of(
    """
    a an and are as at be been but by can did do does for from had has have how if in is it its may might
    must not of on or should than that the their then there these they this those to was were what when
    where which while who whom whose why will with would you your
    """
)
# Glue that also stands inside titles and names, which a translation may keep.
TITLE_GLUE = words_of("a an and as at by de del der di du for from in la le of on or the to van von with")
# Units, functions, types and Latin terms that stay as they are in every language.
KEPT = words_of(
    """
    sin cos tan log ln exp lim max min mod det dim ker deg gcd lcm arcsin arccos arctan sinh cosh tanh
    kg km cm mm nm mg ml mol mmol kj kcal hz khz mhz ghz kpa atm psi rpm mph bpm ppm ppb
    in vitro vivo situ utero et al de novo facto jure priori posteriori hoc pro rata mens rea actus reus
    stare decisis habeas corpus sapiens coli null true false int char void bool float string
    """
)
# Written with a capital, and yet to be translated.
CALENDAR = words_of(
    """
    january february march april june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday
    """
)
# What a program or a model writes for nothing.
ABSENT = words_of("n/a none null nan undefined [] {} nil missing empty")
# What is written beside an option to say that it is the right one.
SAID_CORRECT = _forms(
    r"""
    correct[eoa]? right answer true gold richtig(?:e_antwort)? korrekt vrai juste bonne_réponse correcta respuesta
    corretta certo doğru(?:_cevap)? верно верный правильн\w+ вірно правильно точно 正确(?:答案)? 正確 正解 答え? 答案 답
    정답 صحيحة? الصحيحة? إجابة الإجابة درست پاسخ נכון תשובה सही(?:_उत्तर)? उत्तर সঠিক(?:_উত্তর)? উত্তর సరైన(?:_సమాధానం)?
    సమాధానం σωστ[όήά] ถูก(?:ต้อง)? คำตอบ benar betul jawapan jawaban đúng đáp_án sahihi jibu juist correct_antwoord
    rätt poprawn[ae] správn[áě] corect răspuns teisinga?s? tama jawabi daidai ìdáhùn ezigbo ትክክል(?:ለኛ)? መልስ නිවැරදි පිළිතුර
    туура
    """
)
SAID_OF_ANSWERS = _forms(
    """
    answer correct key solution antwort lösung réponse respuesta risposta resposta răspuns antwoord svar odpowied[źz]
    odpověď ответ відповідь одговор απάντηση cevap yanıt jawaban jawapan đáp_án trả_lời 答案 答え 正解 정답 답 الإجابة
    الجواب پاسخ תשובה उत्तर উত্তর సమాధానం පිළිතුර คำตอบ jibu jawabi ìdáhùn azịza jawaab atsakymas sagot valiny mhinduro
    yankho መልስ жооп
    """
)
