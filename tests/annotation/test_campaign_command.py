"""Running a campaign by command."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from annotation.actions.claims import claim
from annotation.actions.submissions import Handed, submit_verification
from annotation.errors import QueueClosedError
from annotation.labels import Verdict, VerificationAnswer
from annotation.models import Kind, Membership, Slot
from common.models import AuditEvent


def run(*words: str) -> str:
    said = StringIO()
    call_command("campaign", *words, stdout=said)
    return said.getvalue()


def take(campaign, person, now, language: str = "de") -> Slot | None:
    kind = Kind.VERIFICATION if language == "de" else Kind.SENSITIVITY
    campaign.refresh_from_db()
    return claim(campaign=campaign, kind=kind, language=language, by=person, now=now)


def test_a_paused_campaign_gives_no_work_until_it_is_resumed(campaign, cast, now) -> None:
    assert run("mini", "pause") == "mini is paused.\n"
    with pytest.raises(QueueClosedError):
        take(campaign, cast.ana, now)
    assert run("mini", "resume") == "mini goes on.\n"
    assert take(campaign, cast.ana, now) is not None


def test_a_closed_campaign_stays_closed_and_the_audit_knows(campaign, cast, now) -> None:
    assert run("mini", "close") == "mini is closed.\n"
    with pytest.raises(QueueClosedError):
        take(campaign, cast.ana, now)
    assert AuditEvent.objects.filter(verb="campaign.closed").count() == 1
    for what in ("resume", "pause", "close"):
        with pytest.raises(CommandError, match="that is for good"):
            run("mini", what)


def test_guidelines_from_a_file_become_the_next_version(campaign, tmp_path: Path) -> None:
    file = tmp_path / "guidelines.md"
    file.write_text("# Read the source first\n", encoding="utf-8")
    assert run("mini", "guidelines", str(file)) == "mini has version 2 of its guidelines.\n"
    assert campaign.guidelines.get(number=2).markdown == "# Read the source first\n"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(CommandError, match="cannot be read as UTF-8"):
        run("mini", "guidelines", str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        run("mini", "guidelines", str(tmp_path / "none.md"))
    file.write_text(" \n")
    with pytest.raises(CommandError, match="is empty"):
        run("mini", "guidelines", str(file))


def test_a_withdrawn_person_holds_nothing_in_that_language_and_keeps_the_other(campaign, cast, now) -> None:
    german, english = take(campaign, cast.ana, now), take(campaign, cast.ana, now, "en")
    bens = take(campaign, cast.ben, now)
    assert run("mini", "withdraw", "Ana@example.org", "--language", "de") == (
        "Ana@example.org no longer works on mini in de.\n"
    )
    german.refresh_from_db()
    assert (german.contributor, german.claimed_at, german.lease_until, german.active_ms) == (
        None,
        None,
        None,
        0,
    )
    held = Slot.objects.exclude(contributor=None).values_list("pk", "contributor")
    assert set(held) == {(english.pk, cast.ana.pk), (bens.pk, cast.ben.pk)}
    left = Membership.objects.get(contributor=cast.ana, withdrawn_at=None)
    assert left.language_id == "en"


def test_what_was_handed_in_stays_with_a_withdrawn_person(campaign, cast, now) -> None:
    slot = take(campaign, cast.ana, now)
    answer = VerificationAnswer(Verdict("accept"))
    submit_verification(slot=slot, answer=answer, handed=Handed(uuid4(), 1, 1), by=cast.ana, now=now)
    assert "in de, en." in run("mini", "withdraw", "ana@example.org")
    slot.refresh_from_db()
    assert slot.contributor == cast.ana


def test_what_is_not_there_is_named(campaign) -> None:
    with pytest.raises(CommandError, match="no campaign 'maxi'"):
        run("maxi", "pause")
    with pytest.raises(CommandError, match=r"'oz@example\.org' has no place in mini in de"):
        run("mini", "withdraw", "oz@example.org", "--language", "de")
    with pytest.raises(CommandError, match="klingon"):
        run("mini", "withdraw", "ana@example.org", "--language", "klingon")
