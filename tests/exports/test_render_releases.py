"""Rendering from the rows alone, and the record of what was rendered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annotation.models import Campaign
from exports.actions import render
from exports.errors import ChangedBytesError, ReleaseError
from exports.models import Release, ReleaseFile
from tests.exports.conftest import Released, Work
from tests.exports.test_render import contents

pytestmark = pytest.mark.django_db(transaction=True)


def rendered(release: Release, target: Path, work: Work, *formats: str) -> dict[str, bytes]:
    render(release=release, target=target, formats=formats, by=None, now=work.later())
    return contents(target)


def test_what_changes_after_a_release_changes_none_of_its_bytes(
    release_rows: Released, campaign: Campaign, work: Work, cast: Any, tmp_path: Path
) -> None:
    release = release_rows()["release"]
    before = rendered(release, tmp_path / "before", work)
    work.verify(0, cast.ana, "edit", question="changed since")
    work.tag(0, cast.ana, "cultural")
    Campaign.objects.filter(pk=campaign.pk).update(name="Renamed")
    release = Release.objects.get(pk=release.pk)
    assert rendered(release, tmp_path / "after", work) == before


def test_every_file_but_the_manifest_is_recorded_once(
    release_rows: Released, work: Work, tmp_path: Path
) -> None:
    release = release_rows()["release"]
    files = rendered(release, tmp_path / "one", work)
    rendered(release, tmp_path / "two", work, "csv")
    recorded = list(ReleaseFile.objects.filter(release=release).values_list("path", flat=True))
    assert set(files) - {"manifest.json"} == {path for path in recorded if not path.startswith("csv/")}
    assert len(recorded) == len(set(recorded)) == 9


def test_a_file_that_comes_out_otherwise_is_refused_and_the_target_stays_as_it_was(
    release_rows: Released, work: Work, tmp_path: Path
) -> None:
    release = release_rows()["release"]
    rendered(release, tmp_path / "first", work)
    path = "jsonl/de/test.jsonl"
    ReleaseFile.objects.create(release=release, path=path, sha256="0" * 64, size=1, rows=1)
    with pytest.raises(ChangedBytesError, match=r"jsonl/de/test\.jsonl renders to other bytes"):
        rendered(release, tmp_path / "second", work, "jsonl")
    assert [folder.name for folder in tmp_path.iterdir()] == ["first"]


def test_a_place_with_something_else_is_refused(release_rows: Released, work: Work, tmp_path: Path) -> None:
    release = release_rows()["release"]
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ReleaseError, match="holds something else"):
        rendered(release, tmp_path, work)


def test_the_manifest_names_the_versions_of_rules_and_guidelines(
    release_rows: Released, work: Work, tmp_path: Path
) -> None:
    release = release_rows()["release"]
    manifest = json.loads(rendered(release, tmp_path / "release", work)["manifest.json"])
    assert manifest["versions"] == {
        "guidelines": 1, "label_rule": "1", "text_rule": "2", "code": release.code_version,
    }  # fmt: skip
    assert manifest["counts"]["de"] == {"test": {"machine": 4}}
    assert [language["export_name"] for language in manifest["languages"]] == ["ar", "de", "en"]
