"""Known errors put into good translations, so that checks can be measured on any language there is data for.

    python -m bench.injected [--data DIR] [--seed 1] [--languages de,sw] [--table language] [--show KIND]

Takes the published dev split (DIR, else ISOGLOSS_DATA, else ../shared/data): of every two rows one stays as it
is and the other gets one error. Rates are printed per kind of error and per language.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from bench.checks import data_directory, item_fields, read_rows
from flagging.checks import Pair
from flagging.checks.base import options
from flagging.checks.scripts import same_script
from flagging.evaluation.checks import Tally, evaluate
from flagging.evaluation.rows import CLEAN, LabelledRow

Fields = dict[str, str]
# Spoken so much alike that their texts may pass for one another.
SISTERS = ({"id", "ms"},)

PREAMBLES = (
    "Here is the translation:\n\n{}",
    "Sure! Here's the translated text: {}",
    "Translation: {}",
    "Certainly. The question in {name} would be:\n{}",
    "I've translated the question into {name} for you:\n\n{}",
    "Of course, here you go:\n{}",
    "Below you will find the {name} version of the question.\n\n{}",
    "{}\n\nNote: I translated this as literally as possible.",
    "{}\n\nLet me know if you need any other translations!",
    "**Translation ({name}):**\n{}",
    "Okay, let me translate this step by step. {}",
    "```\n{}\n```",
    "As requested, the {name} translation is given below:\n{}",
    "The translated question is as follows: {}",
)
REFUSALS = (
    "I'm sorry, but I can't help with that request.",
    "I cannot translate this text because it contains harmful content.",
    "As an AI language model, I am unable to provide a translation.",
    "Sorry, I am not able to answer this question.",
)
OWN_PREAMBLES = {
    "de": "Hier ist die Übersetzung: {}",
    "fr": "Voici la traduction : {}",
    "es": "Aquí está la traducción: {}",
    "pt": "Aqui está a tradução: {}",
    "it": "Ecco la traduzione: {}",
    "nl": "Hier is de vertaling: {}",
    "sv": "Här är översättningen: {}",
    "pl": "Oto tłumaczenie: {}",
    "cs": "Zde je překlad: {}",
    "ro": "Iată traducerea: {}",
    "ru": "Вот перевод: {}",
    "uk": "Ось переклад: {}",
    "sr": "Ево превода: {}",
    "el": "Ορίστε η μετάφραση: {}",
    "tr": "İşte çeviri: {}",
    "id": "Berikut terjemahannya: {}",
    "ms": "Berikut ialah terjemahannya: {}",
    "vi": "Đây là bản dịch: {}",
    "zh": "以下是翻译：{}",
    "ja": "以下が翻訳です：{}",
    "ko": "다음은 번역입니다: {}",
    "ar": "إليك الترجمة: {}",
    "fa": "در اینجا ترجمه آمده است: {}",
    "he": "הנה התרגום: {}",
    "hi": "यहाँ अनुवाद है: {}",
    "bn": "এখানে অনুবাদ দেওয়া হলো: {}",
    "te": "ఇక్కడ అనువాదం ఉంది: {}",
    "ne": "यहाँ अनुवाद छ: {}",
    "si": "මෙන්න පරිවර්තනය: {}",
    "sw": "Hii hapa tafsiri: {}",
    "am": "ትርጉሙ ይኸውና፦ {}",
    "ha": "Ga fassarar: {}",
    "yo": "Èyí ni ìtumọ̀ náà: {}",
    "ig": "Nke a bụ ntụgharị asụsụ: {}",
    "so": "Waa kan tarjumaadda: {}",
    "lt": "Štai vertimas: {}",
    "fil": "Narito ang salin: {}",
    "ky": "Мына котормо: {}",
    "mg": "Indro ny fandikana: {}",
    "sn": "Heino shanduro: {}",
    "ny": "Nawa matanthauzidwe: {}",
}
MARKS = (
    "{} (correct)", "{} ✓", "{} (correct answer)", "{} ✔️", "{} *", "**{}**", "{} [correct]", "{} ✅",
    "{} <- correct", "{} (right answer)", "✓ {}", "{} (answer)", "→ {}", "{} (Correct!)", "{} — correct",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where an error is put: the item, its translation, the whole set, other languages, and chance."""

    source: Fields
    target: Fields
    answer: str
    language: str
    row: int
    rows: list[Fields]
    others: Mapping[str, list[Fields]]
    random: Random

    def other_language(self, *, alike: bool = False) -> list[Fields]:
        """This function will return the rows of a language of the same script, or of any."""
        sisters = next((pair for pair in SISTERS if self.language in pair), set[str]())
        names = [name for name in self.others if name not in {self.language, "en"} and name not in sisters]
        if alike:
            names = [name for name in names if same_script(name, self.language)] or names
        return self.others[self.random.choice(sorted(names))]

    def option(self) -> str:
        """This function will return an option whose source has letters enough to be translated."""
        names = [one for one in options(self.source) if self.source[one] != self.target[one]]
        wordy = [one for one in names if sum(map(str.isalpha, self.source[one])) >= 4]
        return self.random.choice(wordy) if wordy else ""


Injection = Callable[[Place], Fields | None]
INJECTIONS: dict[str, Injection] = {}


def injection(function: Injection) -> Injection:
    """This function will list an injection under its name. None from it: the row cannot bear the error."""
    INJECTIONS[function.__name__] = function
    return function


def _changed(place: Place, name: str, text: str) -> Fields | None:
    same = " ".join(text.split()) == " ".join(place.target[name].split())
    return None if same else place.target | {name: text}


def _question(place: Place, text: str) -> Fields | None:
    return _changed(place, "question", text)


@injection
def untranslated_all(place: Place) -> Fields | None:
    return dict(place.source) if place.option() else None


@injection
def untranslated_question(place: Place) -> Fields | None:
    return _question(place, place.source["question"])


@injection
def untranslated_option(place: Place) -> Fields | None:
    name = place.option()
    return _changed(place, name, place.source[name]) if name else None


@injection
def half_untranslated(place: Place) -> Fields | None:
    ours, theirs = place.source["question"].split(), place.target["question"]
    if len(ours) < 8 or len(theirs) < 12:
        return None
    half = theirs[: len(theirs) // 2]
    if " " in half.strip():
        half = half.rsplit(" ", 1)[0]
    return _question(place, f"{half} {' '.join(ours[len(ours) // 2 :])}")


@injection
def wrong_language_question(place: Place) -> Fields | None:
    other = place.other_language()[place.row]["question"]
    return _question(place, other) if len(other) > 15 else None


@injection
def wrong_language_alike(place: Place) -> Fields | None:
    other = place.other_language(alike=True)[place.row]["question"]
    return _question(place, other) if len(other) > 15 else None


@injection
def wrong_language_option(place: Place) -> Fields | None:
    name = place.option()
    if not name:
        return None
    other = place.other_language()[place.row][name]
    return None if other == place.source[name] else _changed(place, name, other)


@injection
def wrong_language_option_alike(place: Place) -> Fields | None:
    name = place.option()
    if not name:
        return None
    other = place.other_language(alike=True)[place.row][name]
    return None if other == place.source[name] else _changed(place, name, other)


@injection
def option_missing(place: Place) -> Fields | None:
    name = place.random.choice(options(place.target))
    if place.random.random() < 0.3:
        return {key: text for key, text in place.target.items() if key != name}
    return place.target | {name: place.random.choice(("", " ", "N/A", "-", "…"))}


@injection
def options_collide(place: Place) -> Fields | None:
    one, two = place.random.sample(options(place.target), 2)
    same = place.source[one].strip().lower() == place.source[two].strip().lower()
    return None if same or not place.target[two].strip() else place.target | {one: place.target[two]}


@injection
def repetition_loop(place: Place) -> Fields | None:
    text, chance = place.target["question"].rstrip(), place.random
    words = text.split()
    if len(words) < 6:
        cut = max(3, len(text) // chance.choice((3, 4, 6)))
        return _question(place, text + text[-cut:] * chance.choice((4, 5, 8)))
    tail = " ".join(words[-chance.choice((1, 2, 3, 5)) :])
    return _question(place, text + (" " + tail) * chance.choice((4, 6, 9)))


@injection
def llm_preamble(place: Place) -> Fields | None:
    form = place.random.choice(PREAMBLES)
    return _question(place, form.format(place.target["question"], name=place.language.upper()))


@injection
def preamble_own_language(place: Place) -> Fields | None:
    form = OWN_PREAMBLES.get(place.language)
    return _question(place, form.format(place.target["question"])) if form else None


@injection
def refusal(place: Place) -> Fields | None:
    return _question(place, place.random.choice(REFUSALS))


@injection
def answer_leak(place: Place) -> Fields | None:
    name = f"option_{place.answer.lower()}"
    return _changed(place, name, place.random.choice(MARKS).format(place.target[name]))


@injection
def answer_leak_in_question(place: Place) -> Fields | None:
    form = place.random.choice(("{} Answer: {}", "{} ({})", "{}\nAnswer: {}", "{} The correct answer is {}."))
    return _question(place, form.format(place.target["question"], place.answer))


def _truncated(place: Place, shares: tuple[float, float]) -> Fields | None:
    text = place.target["question"].strip()
    if len(place.source["question"]) < 40 or len(text) < 16:
        return None
    cut = text[: int(len(text) * place.random.uniform(*shares))].rstrip()
    return _question(place, cut)


@injection
def truncated_by_half(place: Place) -> Fields | None:
    return _truncated(place, (0.3, 0.6))


@injection
def truncated_a_little(place: Place) -> Fields | None:
    return _truncated(place, (0.6, 0.8))


@injection
def source_appended(place: Place) -> Fields | None:
    source, target = place.source["question"], place.target["question"]
    form = place.random.choice(("{1} ({0})", "{0}\n{1}", "{1}\n{0}", "{1} / {0}"))
    return _question(place, form.format(source, target)) if len(source.split()) >= 4 else None


@injection
def options_swapped(place: Place) -> Fields | None:
    one, two = place.random.sample(options(place.target), 2)
    target = place.target
    return None if target[one] == target[two] else target | {one: target[two], two: target[one]}


@injection
def misaligned_question(place: Place) -> Fields | None:
    return _question(place, place.random.choice(place.rows)["question"])


@injection
def number_changed(place: Place) -> Fields | None:
    text = place.target["question"]
    digits = [at for at, sign in enumerate(text) if sign in "23456789"]
    if not digits:
        return None
    at = place.random.choice(digits)
    other = place.random.choice([one for one in "123456789" if one != text[at]])
    return _question(place, text[:at] + other + text[at + 1 :])


@cache
def _rows(data: Path, language: str) -> list[tuple[str, Fields, str]]:
    path = data / "global-mmlu-dev" / f"{language}.dev.jsonl.gz"
    found = [(row["sample_id"], item_fields(row), row["answer"]) for row in read_rows(path)]
    return sorted(found)


def languages(data: Path) -> list[str]:
    """This function will return the languages there are dev rows for, English left out."""
    found = (path.name.split(".")[0] for path in (data / "global-mmlu-dev").glob("*.dev.jsonl.gz"))
    return sorted(name for name in found if name != "en")


def injected(data: Path, language: str, *, seed: int = 1) -> Iterator[LabelledRow]:
    """This function will yield the dev rows of a language, about half of them with one error each."""
    chance = Random(f"{language} {seed}")
    others = {name: [fields for _, fields, _ in _rows(data, name)] for name in languages(data)}
    kinds = list(INJECTIONS)
    english = _rows(data, "en")
    for number, ((_, source, answer), target) in enumerate(zip(english, others[language], strict=True)):
        place = Place(source, target, answer, language, number, others[language], others, chance)
        kind = chance.choice(kinds) if (number + seed) % 2 else CLEAN
        made = INJECTIONS[kind](place) if kind != CLEAN else None
        pair = Pair(source, target if made is None else made, "en", language, answer)
        yield LabelledRow(pair, made is not None, CLEAN if made is None else kind, "injected")


def tallies(data: Path, names: list[str], seeds: range) -> Tally:
    """This function will run the checks over every language, once for each seed."""
    total = Tally()
    for seed in seeds:
        for name in names:
            one = evaluate(injected(data, name, seed=seed))
            total.seen.update(one.seen)
            total.flagged.update(one.flagged)
            for key, hits in one.by_check.items():
                total.by_check[key].update(hits)
    return total


def print_languages(tally: Tally) -> None:
    """This function will print, per language, false alarms and the kinds whose recall is below nine tenths."""
    for language in tally.languages():
        weak = defaultdict(float)
        for kind in tally.kinds():
            rate = tally.rate(kind, language)
            if rate is not None and rate < 0.9:
                weak[kind] = rate
        told = " ".join(f"{kind}:{rate:.2f}/{tally.count(kind, language)}" for kind, rate in weak.items())
        print(f"{language:4} {tally.rate('', language) or 0:.3f}  {told}")


def main() -> None:
    """This function will print both tables."""
    from flagging.evaluation.table import lines

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--languages", default="")
    given = parser.parse_args()
    data = data_directory(given.data)
    names = given.languages.split(",") if given.languages else languages(data)
    tally = tallies(data, names, range(1, given.seeds + 1))
    print("\n".join(lines(tally)))
    print_languages(tally)


if __name__ == "__main__":
    main()
