"""Releases after texts were replaced, decisions overtaken, and imports that took no row."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from annotation.actions.claims import give_back
from annotation.actions.submissions import Handed, submit_verification
from annotation.labels import Verdict, VerificationAnswer
from annotation.models import Campaign
from corpus.item_types import digest
from corpus.models import Import, Item, ItemVersion, PublishedVotes, Source
from exports.actions import make_release
from exports.errors import OpenRejectsError, ReleaseError
from exports.models import Release
from tests.exports.conftest import Released, Work
from tests.factories import add_version, make_item, make_translation

pytestmark = pytest.mark.django_db(transaction=True)
FIVE = {"question": "?", **{f"option_{letter}": letter for letter in "abcde"}}
FOUR = {name: text for name, text in FIVE.items() if name != "option_e"}
THREE = {name: text for name, text in FOUR.items() if name != "option_d"}


def item_of(campaign: Campaign, number: int) -> Item:
    return campaign.benchmark.items.get(external_id=f"quiz/test/{number}")


@transaction.atomic
def replace_source(item: Item, work: Work, answer: str = "B") -> None:
    fields = {**item.current_version.fields, "question": "Which planet is nearest to Venus?"}
    item.current_version = ItemVersion.objects.create(
        item=item, number=item.current_version.number + 1, fields=fields, attributes={"answer": answer},
        sha256=digest(fields, {"answer": answer}), created_at=work.later(),
    )  # fmt: skip
    item.save()


@transaction.atomic
def replace_translation(item: Item, work: Work) -> None:
    translation = item.translations.get(language="de")
    fields = {**translation.current_version.fields, "question": "de: neu"}
    translation.current_version = add_version(translation, fields, work.later())
    translation.save()


def brought(campaign: Campaign, work: Work, licence: str) -> Import:
    source = Source.objects.create(
        benchmark=campaign.benchmark, language_id="en", licence=licence, created_at=work.later()
    )
    return Import.objects.create(
        benchmark=campaign.benchmark, source=source, kind="items", started_at=work.later()
    )


def vote(item: Item, imported_by: Import) -> None:
    PublishedVotes.objects.create(
        item=item, item_version=item.current_version, required_knowledge=["regional"] * 3,
        time_sensitive=["No"] * 3, reference=["-"] * 3, culture=[], region=[], country=[], label="CS",
        is_annotated=True, imported_by=imported_by,
    )  # fmt: skip


def test_a_translation_of_a_replaced_question_needs_leave_and_says_so(
    campaign: Campaign, release_rows: Released, work: Work
) -> None:
    replace_source(item_of(campaign, 0), work)
    with pytest.raises(OpenRejectsError, match=r"2 rows are outdated .*quiz/test/0 in ar.*\)"):
        release_rows()
    made = release_rows(allow_open=True)
    provenance = made["provenance"]["de"][0]
    assert (provenance["status"], provenance["open"], provenance["verified_by"]) == ("outdated", True, "none")
    assert provenance["reason"] == "not judged; it translates a source text that was replaced"
    assert made["data"]["de"][0]["answer"] == "B"
    assert made["release"].counts["de"] == {"test": {"outdated": 1, "machine": 3}}
    assert made["release"].text_rule == "2"


def test_a_replaced_question_with_a_new_translation_is_not_outdated(
    campaign: Campaign, release_rows: Released, work: Work, cast: Any
) -> None:
    item = item_of(campaign, 0)
    replace_source(item, work)
    replace_translation(item, work)
    work.verify(0, cast.ana, "accept", language="ar")
    made = release_rows()
    assert made["provenance"]["de"][0]["status"] == "machine"
    assert made["provenance"]["ar"][0]["status"] == "verified"


def test_a_reject_that_was_sent_back_stays_open_until_somebody_judges_anew(
    release_rows: Released, work: Work, cast: Any
) -> None:
    work.verify(0, cast.ana, "reject")
    work.settle(0, cast.rui, "send_back")
    with pytest.raises(OpenRejectsError, match="1 rows are rejected"):
        release_rows()
    provenance = release_rows(allow_open=True)["provenance"]["de"][0]
    assert (provenance["status"], provenance["open"]) == ("rejected_open", True)
    assert provenance["reason"] == "sent back, not judged anew"


def test_a_new_translation_answers_what_was_sent_back(
    campaign: Campaign, release_rows: Released, work: Work, cast: Any
) -> None:
    work.verify(0, cast.ana, "reject")
    work.settle(0, cast.rui, "send_back")
    replace_translation(item_of(campaign, 0), work)
    assert release_rows()["provenance"]["de"][0]["status"] == "machine"


def test_a_judgement_of_a_slot_set_aside_counts_no_longer(
    release_rows: Released, work: Work, cast: Any
) -> None:
    slot = work.verify(0, cast.ana, "accept").slot
    slot.set_aside_at = work.later()
    slot.save()
    made = release_rows()
    assert made["provenance"]["de"][0]["status"] == "machine"
    assert [row["state"] for row in made["annotations"]] == ["sent_back"]


def test_a_judgement_that_came_too_late_is_in_the_table_and_counts_nowhere(
    release_rows: Released, work: Work, cast: Any
) -> None:
    slot = work.slot("verification", 0, "de", cast.ana)
    give_back(slot=slot, by=cast.ana)
    work.slot("verification", 0, "de", cast.mia)
    work.verify(0, cast.ben, "accept")
    late = submit_verification(
        slot=slot, answer=VerificationAnswer(Verdict.REJECT, reason="fluency"), handed=Handed(uuid4(), 1, 1),
        by=cast.ana, now=work.later(),
    )  # fmt: skip
    assert late.slot.is_extra
    made = release_rows()
    assert made["provenance"]["de"][0]["status"] == "verified"
    assert made["provenance"]["de"][0]["verdicts"] == ["accept"]
    assert sorted(row["state"] for row in made["annotations"]) == ["current", "extra"]


def test_an_exclusion_from_all_languages_outlives_a_translation_and_no_source_text(
    campaign: Campaign, release_rows: Released, work: Work, cast: Any
) -> None:
    for number, outcome in ((0, "exclude_all"), (1, "exclude_language"), (2, "exclude_all")):
        work.settle(number, cast.rui, outcome)
        replace_translation(item_of(campaign, number), work)
    replace_source(item_of(campaign, 2), work)
    made = release_rows(allow_open=True)
    assert [sorted(made["data"][name]) for name in ("ar", "de", "en")] == [[1, 2, 3]] * 3


def test_an_item_with_five_options_is_left_out_of_every_language_and_listed(
    campaign: Campaign, release_rows: Released, work: Work
) -> None:
    item = make_item(campaign.benchmark, "quiz/test/9", FIVE, "E", work.later())
    make_translation(item, "de", FIVE, work.later())
    made = release_rows()
    assert all(sorted(rows) == [0, 1, 2, 3] for rows in made["data"].values())
    assert made["release"].options["left_out"] == [
        {"sample_id": "quiz/test/9", "language": name, "status": "unfit", "reason": "unfit: 5 options"}
        for name in ("en", "ar", "de")
    ]


def test_a_translation_that_lacks_an_option_is_left_out_of_its_language_alone(
    campaign: Campaign, release_rows: Released, work: Work
) -> None:
    item = make_item(campaign.benchmark, "quiz/test/9", FOUR, "A", work.later())
    make_translation(item, "de", THREE, work.later())
    make_translation(item, "ar", FOUR, work.later())
    made = release_rows()
    assert [sorted(made["data"][name]) for name in ("ar", "de", "en")] == [
        [0, 1, 2, 3, 9], [0, 1, 2, 3], [0, 1, 2, 3, 9],
    ]  # fmt: skip
    (left_out,) = made["release"].options["left_out"]
    assert (left_out["language"], left_out["reason"]) == ("de", "unfit: 3 options")


def test_the_command_counts_what_it_left_out(
    campaign: Campaign, work: Work, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    make_item(campaign.benchmark, "quiz/test/9", FIVE, "E", work.later())
    make_item(campaign.benchmark, "quiz/test/10", FOUR, "A", work.later())
    call_command("make_release", "mini", "1.0", output=str(tmp_path / "release"))
    assert "5 rows are left out (2 missing, 3 unfit)" in " ".join(capsys.readouterr().out.split())


def test_votes_are_released_with_the_text_that_was_voted_on_alone(
    campaign: Campaign, release_rows: Released, work: Work
) -> None:
    imported = brought(campaign, work, "CC-BY-4.0")
    for number in (0, 1):
        vote(item_of(campaign, number), imported)
    replace_source(item_of(campaign, 0), work)
    made = release_rows(allow_open=True)
    told = [
        (made["data"]["en"][n]["required_knowledge"], made["data"]["en"][n]["cultural_sensitivity_label"],
         made["data"]["en"][n]["is_annotated"], made["provenance"]["en"][n]["label_source"])
        for n in (0, 1)
    ]  # fmt: skip
    assert told == [
        ("[]", "-", False, "votes on an older text"),
        ("['regional', 'regional', 'regional']", "CS", True, "published"),
    ]


def test_only_sources_that_a_released_row_came_by_are_named(
    campaign: Campaign, release_rows: Released, work: Work
) -> None:
    brought(campaign, work, "took no row")
    item = item_of(campaign, 0)
    item.current_version.imported_by = brought(campaign, work, "MIT")
    # Versions never change; only a test that makes them by hand may say afterwards who imported one.
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        item.current_version.save()
        cursor.execute("SET session_replication_role = DEFAULT")
    vote(item_of(campaign, 1), brought(campaign, work, "CC-BY-4.0"))
    made = release_rows()["release"]
    assert made.licence == "CC-BY-4.0, MIT"
    assert [row["language_id"] for row in made.options["sources"]] == ["ar", "de", "en", "en"]


def test_of_two_who_make_one_version_at_once_the_second_is_told(campaign: Campaign, work: Work) -> None:
    def make(**options: Any) -> Release:
        return make_release(campaign=campaign, version="1.0", by=None, now=work.later(), **options)

    def in_between(done: int, total: int) -> None:
        def run() -> None:
            make()
            connection.close()

        other = threading.Thread(target=run)
        other.start()
        other.join(timeout=20)

    with pytest.raises(ReleaseError, match=r"release 1\.0 of mini is there already"):
        make(progress=in_between)
    assert Release.objects.count() == 1
