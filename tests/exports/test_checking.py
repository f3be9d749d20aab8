"""What a release tells of its checks: kept when it is made, rendered the same ever after."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotation.actions.check_settings import forget_weight, weigh_check
from annotation.models import Campaign
from common.models import Workspace
from corpus.models import Translation
from exports.actions import render
from exports.checking import NO_EVIDENCE
from exports.formats.card import render_card
from exports.formats.info import CheckingInfo, PassInfo, ScorerInfo, WeighedInfo
from exports.formats.manifest import render_manifest
from exports.models import Release
from exports.queries import info_of
from flagging.models import Fit, ModelPass, Score, ScorerBuild, Suspicion
from tests.conftest import NOW
from tests.exports.conftest import Released, Work
from tests.exports.release_rows import info


@pytest.fixture
def model_pass(campaign: Campaign, work: Work) -> ModelPass:
    """A finished pass over German, scored by one model."""
    found = ModelPass.objects.create(
        benchmark=campaign.benchmark, language_id="de", detectors={"truncation": 2, "preamble": 1},
        scorers=["metricx"], requested_at=work.now, finished_at=work.now,
    )  # fmt: skip
    build = ScorerBuild.objects.create(
        digest="ab" * 32, detector="metricx", first_used_at=work.now,
        about={
            "repository": "google/metricx", "revision": "c" * 40, "dtype": "bfloat16",
            "libraries": {"torch": "2.8"}, "device": "cuda", "settings": {},
        },
    )  # fmt: skip
    for row in Translation.objects.filter(language="de"):
        Suspicion.objects.create(
            model_pass=found, translation_version_id=row.current_version_id, tier=0, value=0, signal=0
        )
        Score.objects.create(
            model_pass=found, translation_version_id=row.current_version_id, detector="metricx", build=build,
            text_digest=b"0" * 16, value=0.5,
        )  # fmt: skip
    return found


def test_it_names_the_pass_its_detectors_and_the_models_that_scored(
    release_rows: Released, model_pass: ModelPass
) -> None:
    source, arabic, german = release_rows()["release"].options["checking"]
    assert (source["language"], source["passes"], arabic["passes"]) == ("en", [], [])
    [told] = german["passes"]
    assert (told["id"], told["texts"]) == (str(model_pass.public_id), 4)
    assert told["detectors"] == {"preamble": 1, "truncation": 2}
    assert told["scorers"] == [
        {
            "name": "metricx", "model": "google/metricx", "commit": "c" * 40, "dtype": "bfloat16",
            "libraries": {"torch": "2.8"}, "digest": "ab" * 32,
        }
    ]  # fmt: skip


def test_it_says_what_was_tuned_or_silenced_where_and_why(
    release_rows: Released, campaign: Campaign, work: Work, cast: Any
) -> None:
    for language, weight in ((None, "silent"), ("de", "notice")):
        weigh_check(
            campaign=campaign, detector="truncation", language=language, weight=weight,
            reason=f"because {weight}", by=cast.mia, now=work.now,
        )  # fmt: skip
    _, arabic, german = release_rows()["release"].options["checking"]
    assert arabic["weighed"] == [
        {
            "check": "truncation", "itself": "suspect", "weight": "silent", "reason": "because silent",
            "all_languages": True,
        }
    ]  # fmt: skip
    assert [(one["weight"], one["all_languages"]) for one in german["weighed"]] == [("notice", False)]


def test_a_release_renders_to_the_same_bytes_whatever_is_set_or_found_later(
    release_rows: Released, campaign: Campaign, model_pass: ModelPass, work: Work, cast: Any, tmp_path: Path
) -> None:
    said: dict[str, Any] = {"campaign": campaign, "detector": "truncation", "language": None, "by": cast.mia}
    weigh_check(**said, weight="silent", reason="Too loud.", now=work.now)
    release: Release = release_rows()["release"]
    render(release=release, target=tmp_path / "one", formats=[], by=None, now=work.now)
    forget_weight(**said, now=work.now)
    ModelPass.objects.create(
        benchmark=campaign.benchmark, language_id="de", detectors={}, requested_at=work.now,
        finished_at=work.now,
    )  # fmt: skip
    render(release=release, target=tmp_path / "two", formats=[], by=None, now=work.now)
    for name in ("README.md", "manifest.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert "`truncation` (`suspect` by itself) was silenced: `Too loud.`" in (
        tmp_path / "one" / "README.md"
    ).read_text("utf-8")
    manifest = json.loads((tmp_path / "one" / "manifest.json").read_text("utf-8"))
    assert manifest["checking"] == release.options["checking"]


def test_a_release_made_before_this_was_told_says_nothing_of_it(release_rows: Released) -> None:
    release: Release = release_rows()["release"]
    del release.options["checking"]
    told = info_of(release)
    assert told.checking == () and "checking" not in json.loads(render_manifest(told, []))
    assert "How the texts were checked" not in render_card(told, [])


def test_the_sentence_of_trust_is_kept_as_it_was_said(release_rows: Released) -> None:
    def learned(sentence: str) -> None:
        Fit.objects.create(
            workspace=Workspace.objects.get(), language_id="de", kind="calibration", parameters={},
            report={"trust": {"sentence": sentence}}, switched_on=False, verdict_ids=[], fitted_at=NOW,
        )  # fmt: skip

    learned("Trusted: as of the first.")
    release: Release = release_rows()["release"]
    learned("Trusted: as of a later one.")
    assert [told["trust"] for told in release.options["checking"]] == [
        None, NO_EVIDENCE, "Trusted: as of the first.",
    ]  # fmt: skip
    assert "- `de`: Trusted: as of the first." in render_card(info_of(release), [])


def test_what_a_manager_typed_is_no_mark_up_in_the_card() -> None:
    scorer = ScorerInfo("judge", "a/b", "", "float32", {}, "00")
    told = CheckingInfo(
        "de", (PassInfo("p", "", 3, {"x": 1}, (scorer,)),),
        (WeighedInfo("x", "broken", "notice", "<script>`# a\n\n# b", False),), None,
    )  # fmt: skip
    card = render_card(replace(info(), checking=(told,)), [])
    assert "  - `x` (`broken` by itself) weighed `notice`: `<script>'# a # b`" in card
    assert "`judge` (`a/b` at no commit, `float32`)" in card


def test_the_page_of_a_release_tells_it_too(
    release_rows: Released, campaign: Campaign, model_pass: ModelPass, work: Work, client: Any, cast: Any
) -> None:
    weigh_check(
        campaign=campaign, detector="truncation", language="de", weight="silent", reason="Too <loud>.",
        by=cast.mia, now=work.now,
    )  # fmt: skip
    release = release_rows()["release"]
    client.force_login(cast.mia.user)
    page = client.get(f"/releases/{release.public_id}/").content.decode()
    assert "Too &lt;loud&gt;." in page and str(model_pass.public_id) in page and "google/metricx" in page
