"""The labels people give: verdicts, the tree of reasons, severities, sensitivity answers. Pure rules.

Values are stored and released as they stand here; the English wording is marked for translation and
translated when shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


def gettext_noop(message: str) -> str:
    """This function will mark a sentence for the catalogue and return it as it is."""
    return message


class LabelError(ValueError):
    """A label that the rules refuse. `field` names the input, the message says what to do about it.

    The message is a marked English template; `params` fill it after translation.
    """

    def __init__(self, field: str, message: str, **params: Any) -> None:
        super().__init__(message % params)
        self.field, self.template, self.params = field, message, params


class Verdict(StrEnum):
    """What a person says of a translation."""

    ACCEPT = "accept"
    EDIT = "edit"
    REJECT = "reject"
    CANNOT_TRANSLATE = "cannot_translate"


class Severity(StrEnum):
    """How bad the worst error is (MQM's levels)."""

    NEUTRAL = "neutral"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class ReasonLabel:
    """One leaf of the tree of reasons: stored `code`, wording, group heading, and the key that picks it
    (a `KeyboardEvent.code`)."""

    code: str
    label: str
    group: str
    key: str


_ = gettext_noop
ACCURACY, LANGUAGE, BEYOND, UNTRANSLATABLE = (
    _("Accuracy"),
    _("Language"),
    _("Beyond the translation"),
    _("Cannot be translated"),
)
REASONS: tuple[ReasonLabel, ...] = (
    ReasonLabel("accuracy.mistranslation", _("Mistranslation"), ACCURACY, "Digit1"),
    ReasonLabel("accuracy.omission", _("Omission"), ACCURACY, "Digit2"),
    ReasonLabel("accuracy.addition", _("Addition"), ACCURACY, "Digit3"),
    ReasonLabel("accuracy.untranslated", _("Untranslated"), ACCURACY, "Digit4"),
    ReasonLabel("fluency", _("Fluency"), LANGUAGE, "Digit5"),
    ReasonLabel("terminology", _("Terminology"), LANGUAGE, "Digit6"),
    ReasonLabel("locale_convention", _("Locale convention"), LANGUAGE, "Digit7"),
    ReasonLabel("answer_changed", _("The translation changes the answer"), BEYOND, "Digit8"),
    ReasonLabel("source_wrong", _("The source is wrong"), BEYOND, "Digit9"),
    ReasonLabel("other", _("Other (say what in the note)"), BEYOND, "Digit0"),
    ReasonLabel(
        "untranslatable.character",
        _("About a letter or character"),
        UNTRANSLATABLE,
        "Digit1",
    ),
    ReasonLabel(
        "untranslatable.lexeme",
        _("About a word of the source language"),
        UNTRANSLATABLE,
        "Digit2",
    ),
    ReasonLabel(
        "untranslatable.grammar",
        _("About the source language's grammar"),
        UNTRANSLATABLE,
        "Digit3",
    ),
    ReasonLabel("untranslatable.code", _("Code or a tool's output"), UNTRANSLATABLE, "Digit4"),
    ReasonLabel(
        "untranslatable.culture_bound",
        _("Bound to a culture"),
        UNTRANSLATABLE,
        "Digit5",
    ),
)
REASON_BY_CODE: Mapping[str, ReasonLabel] = {reason.code: reason for reason in REASONS}


def reasons_for(verdict: Verdict) -> tuple[ReasonLabel, ...]:
    """This function will return the reasons a verdict may carry, in the order of their keys."""
    if verdict is Verdict.CANNOT_TRANSLATE:
        return tuple(reason for reason in REASONS if reason.group == UNTRANSLATABLE)
    return tuple(reason for reason in REASONS if reason.group != UNTRANSLATABLE)


@dataclass(frozen=True, slots=True)
class VerificationAnswer:
    """A verdict with its grounds. `fields` are the edited texts, whole, of an edit."""

    verdict: Verdict
    fields: Mapping[str, str] | None = None
    reason: str = ""
    severity: str = ""
    note: str = ""


def check_verification(answer: VerificationAnswer, judged: Mapping[str, str]) -> None:
    """This function will raise `LabelError` for a verdict that does not hold together.

    `judged` are the texts the person saw. An edit must change something and keep the same fields; a reject
    and a cannot-be-translated need a reason of their own tree; "other" needs a note.
    """
    allowed = {reason.code for reason in reasons_for(answer.verdict)}
    if answer.verdict in (Verdict.REJECT, Verdict.CANNOT_TRANSLATE) and not answer.reason:
        raise LabelError("reason", _("Choose why: a rejection without a reason helps nobody."))
    if answer.verdict is Verdict.ACCEPT and answer.reason not in ("", "source_wrong"):
        raise LabelError(
            "reason",
            _("An accepted translation has no error to name. Edit or reject it instead."),
        )
    if answer.reason and answer.reason not in allowed:
        raise LabelError(
            "reason",
            _("“%(value)s” is not a reason for this verdict."),
            value=answer.reason,
        )
    check_note(answer.note)
    if answer.severity and answer.severity not in set(Severity):
        raise LabelError("severity", _("“%(value)s” is not a severity."), value=answer.severity)
    if answer.reason == "other" and not answer.note.strip():
        raise LabelError("note", _("Say in the note what is wrong."))
    if answer.verdict is Verdict.EDIT:
        _check_edit(answer.fields or {}, judged)


LONGEST_NOTE = 10_000


def check_note(note: str) -> None:
    """This function will raise `LabelError` for a note that cannot be kept: over 10,000 characters, NUL, lone
    surrogates."""
    if len(note) > LONGEST_NOTE:
        raise LabelError("note", _("A note has at most %(most)d characters."), most=LONGEST_NOTE)
    if not is_storable(note):
        raise LabelError("note", _("This text holds a character that cannot be stored. Type it again."))


def is_storable(text: str) -> bool:
    """This function will say whether PostgreSQL and UTF-8 can hold the text: no NUL, no lone surrogate."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _check_edit(fields: Mapping[str, str], judged: Mapping[str, str]) -> None:
    if set(fields) != set(judged):
        raise LabelError("fields", _("An edit must hold exactly the fields of the translation."))
    if all(fields[name] == judged[name] for name in judged):
        raise LabelError(
            "fields",
            _("Nothing was changed. Accept the translation, or change it first."),
        )
    for name, text in fields.items():
        if not is_storable(text):
            raise LabelError(
                name,
                _("This text holds a character that cannot be stored. Type it again."),
            )
        if not text.strip() and judged[name].strip():
            raise LabelError(
                name,
                _("This field would be empty. Write a text, or reject the translation."),
            )


TAGS = ("cultural", "regional", "dialect")
# Geographic is `regional` in column 10 and `Geographic` in spans.
SPAN_LABELS: Mapping[str, str] = {
    "cultural": "Cultural",
    "regional": "Geographic",
    "dialect": "Dialect",
}
CULTURES = (
    _("Western Culture"), _("Eastern Asia Culture"), _("Middle Eastern Culture"), _("South Asian Culture"),
    _("African Culture"), _("Latin American Culture"), _("Indigenous Culture"), _("Other"),
)  # fmt: skip
REGIONS = (
    _("North America"), _("South America"), _("Europe"), _("Asia"), _("Africa"),
    _("Australia and Oceania"), _("Antarctica"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SensitivitySpan:
    """Words of the English question that carry a tag: half-open code-point offsets, and the words quoted."""

    start: int
    end: int
    label: str
    quote: str


@dataclass(frozen=True, slots=True)
class SensitivityAnswers:
    """What one person says of one source item. No tag and not `not_sure` means "none"."""

    tags: tuple[str, ...] = ()
    not_sure: bool = False
    spans: tuple[SensitivitySpan, ...] = ()
    culture: str = ""
    region: str = ""
    country: str = ""
    time_sensitive: bool = False

    def as_json(self) -> dict[str, Any]:
        """This function will return the answers as the JSON object that is stored."""
        return {
            **asdict(self),
            "tags": list(self.tags),
            "spans": [asdict(span) for span in self.spans],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> SensitivityAnswers:
        """This function will return the answers from their stored JSON object."""
        spans = tuple(SensitivitySpan(**span) for span in stored["spans"])
        return cls(**{**stored, "tags": tuple(stored["tags"]), "spans": spans})


def check_sensitivity(answers: SensitivityAnswers, question: str, countries: Sequence[str] = ()) -> None:
    """This function will raise `LabelError` for answers that do not hold together.

    `question` is the source question the spans are offsets into; each span is compared with the words it
    quotes, so that an offset counted in other units is found at once. `countries` are the known names;
    empty means any.
    """
    for tag in answers.tags:
        if tag not in TAGS:
            raise LabelError("tags", _("“%(value)s” is not a kind of knowledge."), value=tag)
    if answers.not_sure and answers.tags:
        raise LabelError("tags", _("Choose either what is needed or “not sure”, not both."))
    for span in answers.spans:
        _check_span(span, answers.tags, question)
    for field, value, known in (
        ("culture", answers.culture, CULTURES),
        ("region", answers.region, REGIONS),
        ("country", answers.country, countries),
    ):
        if value and known and value not in known:
            raise LabelError(field, _("“%(value)s” is not in the list."), value=value)


def _check_span(span: SensitivitySpan, tags: Sequence[str], question: str) -> None:
    if not 0 <= span.start < span.end <= len(question):
        raise LabelError("spans", _("The marked words lie outside the question. Mark them again."))
    if not is_storable(span.quote):
        raise LabelError("spans", _("The marked words came in incomplete. Mark them again."))
    if question[span.start : span.end] != span.quote:
        raise LabelError(
            "spans",
            _("The marked words are “%(found)s” here and “%(quote)s” in your page. Mark them again."),
            found=question[span.start : span.end],
            quote=span.quote,
        )
    if span.label not in {SPAN_LABELS[tag] for tag in tags}:
        raise LabelError(
            "spans",
            _("Words are marked as %(label)s, but that knowledge is not chosen."),
            label=span.label,
        )
