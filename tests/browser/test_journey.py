"""The whole path on real rows: import, a campaign, Ana and Ben at the workbench, Rui's decision, the release."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.core.management import call_command
from playwright.sync_api import BrowserContext, Page, expect

from annotation.actions.campaigns import add_member
from annotation.models import Annotation, Campaign, Kind
from review.models import Settlement

# Published rows with a carriage return in the question, white space at edges, two of each at least.
ROWS = (
    "college_mathematics/dev/2", "formal_logic/dev/0", "formal_logic/dev/2", "marketing/dev/0", "nutrition/dev/0",
)  # fmt: skip
TEXTS = ("question", "option_a", "option_b", "option_c", "option_d")


def real_rows(shared_data: Path, tag: str) -> dict[str, dict[str, str]]:
    with gzip.open(shared_data / "global-mmlu-dev" / f"{tag}.dev.jsonl.gz", "rb") as lines:
        rows = {row["sample_id"]: row for row in map(json.loads, lines)}
    return {sample_id: rows[sample_id] for sample_id in ROWS}


def imported(folder: Path, tag: str, rows: dict[str, dict[str, str]]) -> str:
    """A file of the chosen rows, the columns of texts and answers alone."""
    path = folder / f"{tag}.jsonl"
    wanted = ("sample_id", "subject", "subject_category", *TEXTS, "answer")
    lines = [json.dumps({name: row[name] for name in wanted}) for row in rows.values()]
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


@pytest.fixture
def source(shared_data) -> dict[str, dict[str, str]]:
    return real_rows(shared_data, "en")


@pytest.fixture
def swahili(shared_data) -> dict[str, dict[str, str]]:
    return real_rows(shared_data, "sw")


@pytest.fixture
def campaign(transactional_db, cast, now, tmp_path, source, swahili) -> Campaign:
    quiet = {"verbosity": 0, "stdout": (tmp_path / "said").open("w")}
    call_command("import_items", imported(tmp_path, "en", source), benchmark="real", language="en", **quiet)
    call_command(
        "import_translations", imported(tmp_path, "sw", swahili),
        benchmark="real", language="sw", system="published", **quiet,
    )  # fmt: skip
    call_command("open_campaign", "real", benchmark="real", languages="sw", sensitivity_overlap=1, **quiet)
    campaign = Campaign.objects.get(slug="real")
    for person, standing in ((cast.ana, "professional"), (cast.ben, "community")):
        for language in ("sw", "en"):
            add_member(
                campaign=campaign,
                contributor=person,
                language=language,
                standing=standing,
                by=cast.mia,
                now=now,
            )
    return campaign


def start(page: Page, kind: Kind) -> None:
    page.locator(f"form[action*='/{kind}/'] button").click()
    arrived(page)


def arrived(page: Page) -> None:
    expect(page.locator("#bench h1")).to_be_visible()
    page.wait_for_timeout(300)


def answer(page: Page, *keys: str) -> str:
    """Presses keys that judge the item on the page, waits for the next one, and returns which was judged."""
    judged = page.locator("#bench h1").inner_text()
    for key in keys:
        page.keyboard.press(key)
    expect(page.locator("#bench h1").filter(has_text=judged)).to_have_count(0)
    page.wait_for_timeout(300)
    return judged


def untouched_edit_of_one_option(page: Page) -> str:
    """Opens every field for editing and changes the last letter of option D alone."""
    page.keyboard.press("e")
    page.locator("[name=text-option_d]").press("End")
    page.keyboard.type("!")
    return answer(page, "Control+Enter")


def another_person(context: BrowserContext, as_person, name: str) -> Page:
    context.clear_cookies()
    return as_person(name)


def test_from_real_rows_to_a_release_that_says_who_verified_what(
    campaign, cast, as_person, context, tmp_path, source, swahili
):
    # Ana edits the first two, accepts a third; Ben rejects the fourth and accepts the last.
    page = as_person("ana")
    start(page, Kind.VERIFICATION)
    edited = [untouched_edit_of_one_option(page) for _ in range(2)]
    accepted = answer(page, "a")
    page.keyboard.press("s")
    page.keyboard.press("9")
    expect(page.locator(".message--success")).to_be_visible()
    page = another_person(context, as_person, "ben")
    start(page, Kind.VERIFICATION)
    rejected = answer(page, "r", "1")
    answer(page, "a")
    page.goto(page.url.split("/work/")[0])
    start(page, Kind.SENSITIVITY)
    for _ in ROWS:
        answer(page, "1", "Enter")
    assert Annotation.objects.filter(contributor=cast.ben, answers__tags=["cultural"]).count() == len(ROWS)

    # Rui writes the text of what Ben rejected, and looks again at whatever was drawn for revision.
    page = another_person(context, as_person, "rui")
    page.get_by_role("link", name="Review", exact=True).click()
    page.locator(".case__link").filter(has_text=rejected).click()
    expect(page.locator("#bench h1")).to_have_text(rejected)
    page.locator("input[name=decision][value=write]").check()
    page.locator("[name=text-option_a]").press("End")
    page.keyboard.type(" (Rui)")
    page.locator("#reason").fill("The term is not used in Swahili.")
    page.locator("[data-submit]").click()
    expect(page.locator("#bench h1").filter(has_text=rejected)).to_have_count(0)
    assert Settlement.objects.get().decided_by == cast.rui

    target = tmp_path / "release"
    call_command("make_release", "real", "1.0", output=target, stdout=(tmp_path / "said").open("w"))
    released = {row["sample_id"]: row for row in rows_of(target / "sw")}
    provenance = {row["sample_id"]: row for row in rows_of(target / "provenance") if row["language"] == "sw"}
    for sample_id, row in swahili.items():
        wanted = {name: row[name] for name in TEXTS}
        if sample_id in edited:
            # The text area shows no white space after the last letter: the key came before it or after it.
            wanted["option_d"] = released[sample_id]["option_d"]
            assert wanted["option_d"].replace("!", "") == row["option_d"]
        if sample_id == rejected:
            wanted["option_a"] = released[sample_id]["option_a"]
            assert wanted["option_a"].replace(" (Rui)", "") == row["option_a"]
        assert {name: released[sample_id][name] for name in TEXTS} == wanted
    assert [row["question"] for row in rows_of(target / "en")] == [
        source[row["sample_id"]]["question"] for row in rows_of(target / "en")
    ]
    assert provenance[rejected]["status"] == "settled"
    assert {provenance[accepted]["status"], provenance[edited[0]]["status"]} == {"verified"}
    assert provenance[edited[0]]["verified_by"] == "professional"
    assert len(rows_of(target / "annotations")) == 2 * len(ROWS)


def rows_of(folder: Path) -> list[dict[str, object]]:
    return [row for file in sorted(folder.glob("*.parquet")) for row in pq.read_table(file).to_pylist()]
