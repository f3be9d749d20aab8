"""What was written on one of several translations while another is looked at: it travels with the form.

A draft is what belongs to one translation alone: mended texts, and what was wrong with it. Note and report on the
source are about the item, and stay in the form as they are.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import QueryDict

from annotation.candidates import Candidate
from annotation.forms import Said, said_in
from annotation.labels import REASON_BY_CODE, UNTRANSLATABLE, Severity, Verdict, is_storable

Draft = dict[str, Any]


def drafts(post: QueryDict, offered: Sequence[Candidate]) -> dict[str, Draft]:
    """This function will return the drafts that a form carries, by the keys of candidates; what cannot be one is
    left out."""
    try:
        sent = json.loads(post.get("drafts", "") or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(sent, dict):
        return {}
    return {one.key: draft for one in offered if (draft := _draft(sent.get(one.key), one))}


def as_json(kept: dict[str, Draft]) -> str:
    """This function will return drafts as a form carries them; "" for none."""
    return json.dumps(kept, ensure_ascii=False) if kept else ""


def swapped(
    post: QueryDict, offered: Sequence[Candidate], *, shown: Candidate, to: Candidate
) -> tuple[Said, str]:
    """This function will return what the form shows once it stands on `to` instead of `shown`, and the drafts it
    carries then: nothing that was written is lost."""
    said, kept = said_in(post, shown.fields), drafts(post, offered)
    kept.pop(shown.key, None)
    draft = {"texts": dict(said.texts), "reason": said.reason, "severity": said.severity}
    if any(draft.values()):
        kept[shown.key] = draft
    own = kept.pop(to.key, {"texts": {}, "reason": "", "severity": ""})
    return replace(said, verdict=_verdict(own), **own), as_json(kept)


def _draft(sent: object, one: Candidate) -> Draft | None:
    if not isinstance(sent, dict) or not isinstance(sent.get("texts"), dict):
        return None
    texts = {
        name: text
        for name, text in sent["texts"].items()
        if name in one.fields and isinstance(text, str) and is_storable(text)
    }
    reason, severity = sent.get("reason"), sent.get("severity")
    return {
        "texts": texts,
        "reason": reason if isinstance(reason, str) and reason in REASON_BY_CODE else "",
        "severity": severity if isinstance(severity, str) and severity in set(Severity) else "",
    }


def _verdict(draft: Draft) -> str:
    """What somebody was about to say, so that the form opens where they left it."""
    if draft["texts"]:
        return Verdict.EDIT.value
    if not draft["reason"]:
        return ""
    against = REASON_BY_CODE[draft["reason"]].group == UNTRANSLATABLE
    return (Verdict.CANNOT_TRANSLATE if against else Verdict.REJECT).value
