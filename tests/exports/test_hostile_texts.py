"""Texts that want to be more than texts, in every imported and typed field, through a whole release."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from annotation.actions.campaigns import Plan, add_member, open_campaign
from annotation.models import Campaign
from corpus.models import Import, Item, PublishedVotes, Source
from exports.actions import make_release, render
from exports.errors import SplitNameError
from exports.formats.card import render_card
from exports.formats.folder import rendered_folder
from exports.formats.info import Table
from exports.formats.lines import exact
from exports.formats.render import UnsafePathError, write_table
from exports.formats.tables import FORMATS, PARQUET
from exports.formats.yaml_head import yaml_lines
from exports.models import Release, ReleaseRow
from tests.exports.conftest import Work
from tests.exports.release_rows import data_row, info
from tests.factories import fields_of, make_benchmark, make_item, make_translation

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/beacon)",
    "https://evil.example www.evil.example <https://evil.example> a@evil.example",
    "# heading\n- list\n\n---\n| cell | cell |",
    "`code` ``` \\` \\| \\",
    "---\nlicense: mit\n...\n",
    '": {"x": [1, 2',
    "=cmd|' /C calc'!A0",
    ' \ufeff＝HYPERLINK("https://evil.example")',
    "'already quoted",
    'a"b""c,d;e\tf\r\ng',
    "line\u2028separator\u2029paragraph\x85next",
    "\x01\x07\x0b\x1b[31m\x7f\ufffe",
    "\u202egnp.exe\u2066 \u200f",
    "../../../etc/passwd",
    "{{ 7*7 }} {% load x %} ${x}",
)
OPTION = "option_a"


def hostile_campaign(cast: Any, now: datetime) -> Campaign:
    """A question per payload: the payload is its text, its translation and what is said of it."""
    with transaction.atomic():
        benchmark = make_benchmark(cast.workspace, now)
        source = Source.objects.create(
            benchmark=benchmark, language_id="en", system="", origin="human", created_at=now
        )
        imported = Import.objects.create(
            benchmark=benchmark, source=source, kind="annotations", started_at=now, promoted_at=now
        )
        for number, payload in enumerate(PAYLOADS):
            item = make_item(
                benchmark, f"quiz/test/{number}", fields_of(payload, [payload] * 4), payload, now
            )
            Item.objects.filter(pk=item.pk).update(subject=payload, subject_category=payload)
            make_translation(item, "de", fields_of(payload + "!", [payload] * 4), now, system="mt-alpha")
            PublishedVotes.objects.create(
                item=item, item_version=item.current_version, required_knowledge=[payload], time_sensitive=[payload],
                reference=[payload], culture=[payload], region=[payload], country=[payload], label=payload,
                is_annotated=True, imported_by=imported,
            )  # fmt: skip
        licence, url, maker = ("\n".join(PAYLOADS[start::3])[:200] for start in range(3))
        Source.objects.update(licence=licence, url=url, maker=maker)
    plan = Plan(slug="mini", benchmark=benchmark, languages={"de": None}, verification_overlap=1)
    campaign = open_campaign(plan=plan, by=cast.mia, now=now)
    add_member(
        campaign=campaign, contributor=cast.ana, language="de", standing="community", by=cast.mia, now=now
    )
    Campaign.objects.filter(pk=campaign.pk).update(name=PAYLOADS[0] + PAYLOADS[6] + PAYLOADS[7])
    return Campaign.objects.get(pk=campaign.pk)


@pytest.fixture
def release(transactional_db: None, cast: Any, now: datetime) -> Release:
    campaign = hostile_campaign(cast, now)
    work = Work(campaign, now)
    for number, payload in enumerate(PAYLOADS):
        work.verify(number, cast.ana, "edit", question=payload + "?")
    return make_release(campaign=campaign, version="1.0", by=None, now=work.later())


def read(name: str, file: Path) -> list[dict[str, Any]]:
    if name == "parquet":
        return list(pq.read_table(file).to_pylist())
    if name == "jsonl":
        return [json.loads(line) for line in file.read_bytes().decode().removesuffix("\n").split("\n")]
    return list(csv.DictReader(io.StringIO(file.read_bytes().decode(), newline="")))


def test_every_text_comes_out_exact_and_runs_nowhere(
    release: Release, now: datetime, tmp_path: Path, cast: Any
) -> None:
    target = tmp_path / "release"
    render(release=release, target=target, formats=list(FORMATS), by=None, now=now)
    for config, language in (("data", "de"), ("data", "en"), ("provenance", ""), ("annotations", "")):
        rows = ReleaseRow.objects.filter(release=release, config=config, language=language).order_by("number")
        kept = list(rows.values_list("row", flat=True))
        assert len(kept) >= len(PAYLOADS)
        for name in ("parquet", "jsonl"):
            assert read(name, target / FORMATS[name].path(language or config, "test")) == kept
        for cells, row in zip(
            read("csv", target / FORMATS["csv"].path(language or config, "test")), kept, strict=True
        ):
            for column, value in row.items():
                cell = cells[column]
                if isinstance(value, str):
                    assert exact(cell) == value
                    assert not cell.lstrip(" \ufeff").startswith(tuple("=+-@＝＋－＠\t\r\n"))
    assert sorted(path.name for path in target.iterdir()) == [
        "README.md", "annotations", "csv", "de", "en", "jsonl", "manifest.json", "provenance",
    ]  # fmt: skip
    german = {row["question"] for row in read("jsonl", target / "jsonl/de/test.jsonl")}
    assert german == {payload + "?" for payload in PAYLOADS}
    check_card((target / "README.md").read_bytes().decode(), release.options["name"])
    page = Client()
    page.force_login(cast.mia.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    shown = page.get(reverse("release", args=[release.public_id])).content.decode()
    assert "<script>alert" not in shown
    assert "onerror=alert" not in shown.replace("&lt;img src=x onerror=alert", "")


def check_card(card: str, name: str) -> None:
    _, head, body = card.split("---\n", 2)
    assert yaml.safe_load(head)["pretty_name"] == f"{name} 1.0"
    tokens = MarkdownIt("gfm-like", {"linkify": False}).enable("table").parse(body)
    kinds = {inner.type for token in tokens for inner in (token, *(token.children or []))}
    assert not kinds & {"link_open", "image", "html_inline", "html_block", "hr"}
    assert [token.tag for token in tokens if token.type == "heading_open"].count("h1") == 1
    rows = [line for line in body.split("\n") if line.startswith("|")]
    assert len({line.count("|") for line in rows}) <= 2
    # Outside code no letter of theirs is left that a page could make a link or a tag of.
    prose = [
        inner.content for token in tokens for inner in token.children or [] if inner.type == "text"
    ]  # fmt: skip
    assert not any(
        sign in text for text in prose for sign in ("evil.example", "<script", "javascript:", "\u202e")
    )


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_any_name_is_one_text_to_yaml(name: str) -> None:
    lines = "\n".join(yaml_lines({"a": name, "b": [{"c": name}], "d": [name]}))
    assert yaml.safe_load(lines) == {"a": name, "b": [{"c": name}], "d": [name]}


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_name_stays_one_piece_of_code_in_the_card(name: str) -> None:
    from dataclasses import replace

    card = render_card(replace(info(), name=name), [])
    body = card.split("\n---\n", 1)[1]
    heading = body.strip("\n").split("\n")[0]
    tokens = MarkdownIt().parse(heading)
    assert [token.type for token in tokens] == ["heading_open", "inline", "heading_close"]
    children = {inner.type for inner in tokens[1].children or []}
    assert children <= {"code_inline", "text"}
    assert heading.endswith(" 1.0")


BAD_NAMES = (
    "../../etc",
    "a/b",
    "..",
    ".",
    "",
    "a\\b",
    "C:",
    "test\n",
    "-rf",
    "te st",
    "tést",
    "x" * 101,
    "\u202etest",
)


@pytest.mark.parametrize("name", BAD_NAMES)
@pytest.mark.parametrize("field", ["config", "split"])
def test_a_name_that_leads_out_of_the_folder_writes_nothing(tmp_path: Path, name: str, field: str) -> None:
    places = {"config": "de", "split": "test", field: name}
    table = Table(places["config"], places["split"], lambda: iter([data_row("ar", "test", 0)]))
    with (
        pytest.raises(UnsafePathError, match="is no name for a file"),
        rendered_folder(tmp_path / "r", release="1") as folder,
    ):
        write_table(folder, table, PARQUET)
    assert list(tmp_path.iterdir()) == []


def test_a_split_that_is_no_file_name_makes_no_release(
    transactional_db: None, campaign: Campaign, now: datetime
) -> None:
    Item.objects.filter(external_id="quiz/test/0").update(split="../../../tmp/x")
    with pytest.raises(SplitNameError, match="is no name for a file"):
        make_release(campaign=campaign, version="1.0", by=None, now=now)
    assert not Release.objects.exists()
    assert not ReleaseRow.objects.exists()
