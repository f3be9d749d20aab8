"""What goes into a release: the rules applied to rows of a real database."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from annotation.actions.submissions import undo
from annotation.models import Campaign
from common.models import AuditEvent
from exports.actions import make_release
from exports.errors import OpenRejectsError, ReleaseError
from exports.models import Release, ReleaseRow
from review.models import Settlement
from tests.exports.conftest import Released, Work
from tests.factories import add_version, make_item

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_source_language_and_every_language_hold_all_items(release_rows: Released) -> None:
    made = release_rows()
    assert {language: sorted(rows) for language, rows in made["data"].items()} == {
        "ar": [0, 1, 2, 3], "de": [0, 1, 2, 3], "en": [0, 1, 2, 3],
    }  # fmt: skip
    assert made["release"].counts["de"] == {"test": {"machine": 4}}
    assert made["release"].counts["en"] == {"test": {"source": 4}}


def test_an_untouched_row_carries_the_text_as_imported_and_nobody_verified_it(release_rows: Released) -> None:
    made = release_rows()
    row, provenance = made["data"]["de"][1], made["provenance"]["de"][1]
    assert row["question"] == "de: How many sides has a hexagon?"
    assert (row["answer"], row["cultural_sensitivity_label"], row["is_annotated"]) == ("C", "-", False)
    assert (provenance["status"], provenance["verified_by"]) == ("machine", "none")
    assert (provenance["origin"], provenance["system"], provenance["edited"]) == (
        "machine",
        "mt-alpha",
        False,
    )


def test_an_edit_is_released_with_its_distance_and_editor(
    release_rows: Released, work: Work, cast: Any
) -> None:
    work.verify(0, cast.ana, "edit", question="de: Which planet is nearest to the sun?")
    made = release_rows()
    provenance = made["provenance"]["de"][0]
    assert made["data"]["de"][0]["question"] == "de: Which planet is nearest to the sun?"
    assert (provenance["status"], provenance["verified_by"]) == ("verified", "professional")
    assert (provenance["origin"], provenance["edited"], provenance["edit_distance"]) == ("post-edit", True, 1)
    assert provenance["question_edit_distance_normalised"] == 1 / 39
    assert (provenance["verdicts"], provenance["reasons"]) == (["edit"], ["fluency"])
    assert made["provenance"]["ar"][0]["status"] == "machine"


def test_two_different_edits_leave_the_imported_text_unsettled(
    release_rows: Released, work: Work, cast: Any
) -> None:
    work.verify(0, cast.ana, "edit", question="one")
    work.verify(0, cast.ben, "edit", question="two")
    made = release_rows()
    assert made["data"]["de"][0]["question"].startswith("de: Which planet")
    assert made["provenance"]["de"][0]["status"] == "unsettled"
    assert made["provenance"]["de"][0]["open"] is True


def test_open_rejects_are_refused_and_nothing_is_written(campaign: Campaign, work: Work, cast: Any) -> None:
    work.verify(2, cast.ana, "reject")
    with pytest.raises(OpenRejectsError, match=r"1 rows are rejected .*quiz/test/2 in de\)"):
        make_release(campaign=campaign, version="1.0", by=None, now=work.later())
    assert (Release.objects.count(), ReleaseRow.objects.count()) == (0, 0)


def test_open_rejects_stay_in_with_their_ids_when_allowed(
    release_rows: Released, work: Work, cast: Any
) -> None:
    work.verify(2, cast.ana, "cannot_translate")
    made = release_rows(allow_open=True)
    provenance = made["provenance"]["de"][2]
    assert list(made["data"]["de"]) == list(made["data"]["en"])
    assert (provenance["status"], provenance["verified_by"], provenance["open"]) == (
        "rejected_open", "none", True,
    )  # fmt: skip
    assert made["release"].options["allow_open"] is True


def test_a_picked_judgement_is_released_as_settled(release_rows: Released, work: Work, cast: Any) -> None:
    work.verify(0, cast.ana, "edit", question="Ana's")
    bens = work.verify(0, cast.ben, "edit", question="Ben's")
    work.settle(0, cast.rui, "pick", pick=bens)
    made = release_rows()
    assert made["data"]["de"][0]["question"] == "Ben's"
    assert made["provenance"]["de"][0]["status"] == "settled"
    assert made["provenance"]["de"][0]["verified_by"] == "community"


def test_an_item_excluded_in_one_language_stays_in_the_others_and_is_listed(
    release_rows: Released, work: Work, cast: Any
) -> None:
    work.verify(0, cast.ana, "reject")
    work.settle(0, cast.rui, "exclude_language")
    made = release_rows()
    assert [sorted(made["data"][name]) for name in ("ar", "de", "en")] == [
        [0, 1, 2, 3], [1, 2, 3], [0, 1, 2, 3],
    ]  # fmt: skip
    assert made["release"].options["left_out"] == [
        {
            "sample_id": "quiz/test/0",
            "language": "de",
            "status": "excluded",
            "reason": "excluded in this language",
        }
    ]


def test_an_item_excluded_in_all_languages_is_in_none(release_rows: Released, work: Work, cast: Any) -> None:
    work.verify(0, cast.ana, "reject")
    work.settle(0, cast.rui, "exclude_all")
    made = release_rows()
    assert all(sorted(rows) == [1, 2, 3] for rows in made["data"].values())
    assert [item["language"] for item in made["release"].options["left_out"]] == ["en", "ar", "de"]


def test_a_task_sent_back_counts_only_what_came_after(release_rows: Released, work: Work, cast: Any) -> None:
    work.verify(0, cast.ana, "reject")
    work.settle(0, cast.rui, "send_back")
    work.verify(0, cast.ben, "accept")
    made = release_rows()
    assert made["provenance"]["de"][0]["status"] == "verified"
    assert made["provenance"]["de"][0]["verified_by"] == "community"
    assert [row["state"] for row in made["annotations"]] == ["sent_back", "current"]


def test_a_settlement_that_was_replaced_does_not_count(release_rows: Released, work: Work, cast: Any) -> None:
    anas = work.verify(0, cast.ana, "edit", question="Ana's")
    first = work.settle(0, cast.rui, "exclude_language")
    Settlement.objects.create(
        task=first.task, replaces=first, outcome="pick", picked=anas, result_version=anas.result_version,
        item_version=first.item_version, translation_version=first.translation_version,
        reason="on reflection", decided_by=cast.rui, decided_at=work.later(),
    )  # fmt: skip
    assert release_rows()["data"]["de"][0]["question"] == "Ana's"


def test_a_judgement_of_a_replaced_text_is_kept_as_stale_and_counts_no_longer(
    release_rows: Released, work: Work, cast: Any
) -> None:
    annotation = work.verify(0, cast.ana, "accept")
    translation = annotation.translation_version.translation
    fields = {**annotation.translation_version.fields, "question": "de: neu"}
    translation.current_version = add_version(translation, fields, work.later())
    translation.save()
    made = release_rows()
    assert made["data"]["de"][0]["question"] == "de: neu"
    assert made["provenance"]["de"][0]["status"] == "machine"
    assert [(row["state"], row["current"]) for row in made["annotations"]] == [("stale", False)]


def test_a_judgement_taken_back_is_kept_as_retracted(release_rows: Released, work: Work, cast: Any) -> None:
    annotation = work.verify(0, cast.ana, "accept")
    undo(slot=annotation.slot, by=cast.ana, now=work.later())
    made = release_rows()
    assert made["provenance"]["de"][0]["status"] == "machine"
    assert [row["state"] for row in made["annotations"]] == ["retracted"]


def test_three_sensitivity_judgements_label_the_row_in_every_language(
    release_rows: Released, work: Work, cast: Any
) -> None:
    from annotation.labels import SensitivitySpan

    span = SensitivitySpan(start=22, end=24, label="Geographic", quote="US")
    work.tag(2, cast.ana, "regional", spans=(span,), region="North America", time_sensitive=True)
    work.tag(2, cast.ben, "regional", "cultural")
    work.tag(2, cast.mia)
    made = release_rows()
    for language in ("ar", "de", "en"):
        row = made["data"][language][2]
        assert row["required_knowledge"] == "['regional', 'regional', 'none']"
        assert (
            row["reference"] == "[{'end': 24, 'label': 'Geographic', 'score': None, 'start': 22}, '-', '-']"
        )
        assert (row["region"], row["cultural_sensitivity_label"]) == ("['North America']", "CS")
        assert made["provenance"][language][2]["label_source"] == "rule"
    assert [row["annotator"] for row in made["annotations"]] == [
        cast.ana.pseudonym, cast.ben.pseudonym, cast.mia.pseudonym,
    ]  # fmt: skip
    assert made["annotations"][0]["spans"] == [{"start": 22, "end": 24, "label": "Geographic"}]


def test_an_item_without_a_translation_is_listed_as_missing(
    campaign: Campaign, release_rows: Released
) -> None:
    fields = {"question": "?", **{f"option_{letter}": letter for letter in "abcd"}}
    with transaction.atomic():
        make_item(campaign.benchmark, "quiz/dev/0", fields, "A", campaign.opened_at)
    made = release_rows()
    assert made["release"].counts["en"] == {"dev": {"source": 1}, "test": {"source": 4}}
    assert {(row["language"], row["status"]) for row in made["release"].options["left_out"]} == {
        ("ar", "missing"), ("de", "missing"),
    }  # fmt: skip


def test_a_version_is_released_once(campaign: Campaign, release_rows: Released, work: Work) -> None:
    release_rows()
    with pytest.raises(ReleaseError, match=r"release 1\.0 of mini is there already"):
        make_release(campaign=campaign, version="1.0", by=None, now=work.later())


def test_a_version_that_leads_out_of_a_folder_is_refused(campaign: Campaign, work: Work) -> None:
    with pytest.raises(ReleaseError, match=r"'\.\./1' is no name"):
        make_release(campaign=campaign, version="../1", by=None, now=work.later())


@pytest.mark.parametrize("name", ["ana", "rui", "oz"])
def test_only_a_manager_makes_a_release(campaign: Campaign, work: Work, cast: Any, name: str) -> None:
    with pytest.raises(PermissionDenied):
        make_release(campaign=campaign, version="1.0", by=getattr(cast, name), now=work.later())


def test_a_manager_makes_a_release_and_an_audit_row_says_so(
    campaign: Campaign, work: Work, cast: Any
) -> None:
    release = make_release(campaign=campaign, version="1.0", by=cast.mia, now=work.later())
    event = AuditEvent.objects.get(verb="release.made")
    assert (event.object_id, event.actor_id) == (release.pk, cast.mia.pk)


@pytest.mark.parametrize("table", ["exports_release", "exports_releaserow"])
def test_the_database_lets_no_published_row_change(release_rows: Released, table: str) -> None:
    release_rows()
    with pytest.raises(DatabaseError, match="never changed or removed"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET id = id")
