"""Reads what the workbench's forms send. Item text is taken as it comes: no field of Django's touches it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.http import QueryDict

from annotation.actions.submissions import Handed
from annotation.labels import (
    SPAN_LABELS,
    TAGS,
    LabelError,
    SensitivityAnswers,
    SensitivitySpan,
    Verdict,
    VerificationAnswer,
    gettext_noop,
)
from annotation.models import Annotation, Kind
from annotation.textareas import restore

_ = gettext_noop
TEXT_PREFIX = "text-"
# Both are answers to "which knowledge?", neither is a tag that is stored.
NONE, NOT_SURE = "none", "not_sure"
MOST_ACTIVE_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Said:
    """What a form shows as already filled in: what was just sent, or what had been said before an undo."""

    verdict: str = ""
    reason: str = ""
    severity: str = ""
    note: str = ""
    source_wrong: bool = False
    texts: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    spans_json: str = ""
    culture: str = ""
    region: str = ""
    country: str = ""
    time_sensitive: bool = False


def handed(post: QueryDict, system: str = "") -> Handed:
    """This function will return what came with a submission: its key and the versions that were shown, the
    translation's by `system` where there are several.

    Raises `LabelError` where the form was tampered with or cut short.
    """
    try:
        translation_version = post.get("translation_version")
        return Handed(
            key=UUID(str(post["key"])),
            item_version=int(str(post["item_version"])),
            translation_version=int(translation_version) if translation_version else None,
            active_ms=active_ms(post),
            system=system,
        )
    except (KeyError, ValueError):
        raise LabelError("key", _("The form came in incomplete. Load the page again.")) from None


def active_ms(post: QueryDict) -> int:
    """This function will return the active time the page counted since it last said so; 0 where it is no number."""
    value = post.get("active_ms", "")
    return min(int(value), MOST_ACTIVE_MS) if value.isascii() and value.isdigit() else 0


def new_key() -> str:
    """This function will return the key of a page's next submission."""
    return str(uuid4())


def verification_answer(post: QueryDict, judged: Mapping[str, str]) -> VerificationAnswer:
    """This function will return the verdict a form says, its texts whole and with the line breaks of `judged`.

    Fields that were not sent were not touched. Raises `LabelError` for an unknown verdict, and for one that
    would silently drop an edit.
    """
    value = post.get("verdict", "")
    if value not in set(Verdict):
        raise LabelError("verdict", _("Choose what to do with this translation: accept, edit or reject."))
    verdict = Verdict(value)
    texts = dict(_texts(post, judged))
    if verdict is Verdict.ACCEPT and texts != dict(judged):
        raise LabelError(
            "verdict", _("You changed the text. Save it as an edit, or put it back before you accept.")
        )
    reason = post.get("reason", "") or ("source_wrong" if "source_wrong" in post else "")
    return VerificationAnswer(
        verdict=verdict,
        fields=texts if verdict is Verdict.EDIT else None,
        reason=reason,
        severity=post.get("severity", ""),
        note=post.get("note", ""),
    )


def _texts(post: QueryDict, judged: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, original in judged.items():
        submitted = post.get(TEXT_PREFIX + name)
        yield name, original if submitted is None else restore(original, submitted)


def sensitivity_answers(post: QueryDict, question: str) -> SensitivityAnswers:
    """This function will return the answers a form gives about a source item.

    Spans come as JSON from a page with a script, or as quoted words (`quote-<tag>`, one place a line) from one
    without. Raises `LabelError` where no knowledge was chosen, where choices exclude each other, and for words
    that are not in `question`.
    """
    chosen = post.getlist("tags")
    if not chosen:
        raise LabelError("tags", _("Say first which knowledge is needed, “none” or “not sure”."))
    if NONE in chosen and len(chosen) > 1:
        raise LabelError("tags", _("Choose either “none” or what is needed, not both."))
    quoted = [span for tag in TAGS for span in _quoted(post.get(f"quote-{tag}", ""), tag, question)]
    return SensitivityAnswers(
        tags=tuple(tag for tag in chosen if tag not in (NONE, NOT_SURE)),
        not_sure=NOT_SURE in chosen,
        spans=(*_spans(post.get("spans", "")), *quoted),
        culture=post.get("culture", ""),
        region=post.get("region", ""),
        country=post.get("country", ""),
        time_sensitive=post.get("time_sensitive") == "yes",
    )


def _spans(sent: str) -> list[SensitivitySpan]:
    if not sent:
        return []
    try:
        return [_span(span) for span in json.loads(sent)]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise LabelError("spans", _("The marked words came in incomplete. Mark them again.")) from None


def _span(span: Mapping[str, Any]) -> SensitivitySpan:
    start, end, label, quote = span["start"], span["end"], span["label"], span["quote"]
    # A bool is an int to Python, and no offset.
    if type(start) is not int or type(end) is not int or label not in SPAN_LABELS.values():
        raise ValueError(span)
    return SensitivitySpan(start, end, label, str(quote))


def _quoted(lines: str, tag: str, question: str) -> Iterator[SensitivitySpan]:
    for line in lines.splitlines():
        words = line.strip()
        start = question.find(words)
        if words and start < 0:
            raise LabelError(
                "spans", _("“%(value)s” is not in the question. Copy the words exactly."), value=words
            )
        if words:
            yield SensitivitySpan(start, start + len(words), SPAN_LABELS[tag], words)


def said_in(post: QueryDict, judged: Mapping[str, str]) -> Said:
    """This function will return what a refused form said, so that nothing of it has to be typed again."""
    return Said(
        verdict=post.get("verdict", ""),
        reason=post.get("reason", ""),
        severity=post.get("severity", ""),
        note=post.get("note", ""),
        source_wrong="source_wrong" in post,
        texts={name: value for name, value in _texts(post, judged) if value != judged[name]},
        tags=tuple(post.getlist("tags")),
        spans_json=post.get("spans", ""),
        culture=post.get("culture", ""),
        region=post.get("region", ""),
        country=post.get("country", ""),
        time_sensitive=post.get("time_sensitive") == "yes",
    )


def said_before(annotation: Annotation | None, judged: Mapping[str, str]) -> Said:
    """This function will return what somebody had said before they took it back; nothing where there is none."""
    if annotation is None:
        return Said()
    if annotation.slot.kind == Kind.SENSITIVITY:
        return _answers_before(annotation)
    edited = annotation.result_version.fields if annotation.result_version else {}
    return Said(
        verdict=annotation.verdict,
        reason=annotation.reason,
        severity=annotation.severity,
        note=annotation.note,
        texts={name: edited[name] for name in judged if edited.get(name, judged[name]) != judged[name]},
    )


def _answers_before(annotation: Annotation) -> Said:
    answers = SensitivityAnswers.from_json(annotation.answers or {})
    others = (NOT_SURE,) if answers.not_sure else (NONE,)
    spans = answers.as_json()["spans"]
    return Said(
        note=annotation.note,
        tags=answers.tags or others,
        spans_json=json.dumps(spans, ensure_ascii=False) if spans else "",
        culture=answers.culture,
        region=answers.region,
        country=answers.country,
        time_sensitive=answers.time_sensitive,
    )
