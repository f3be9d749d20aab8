"""docs/api.md says what the code does: every example is run, every refusal is brought about."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from annotation.actions.campaigns import close, pause, withdraw_member
from annotation.models import Membership, Slot
from common.api.errors import CURES
from common.api.parsers import MOST_BYTES
from tests.annotation.codes import codes_in_source
from tests.annotation.test_api import Program, accept
from tests.documented import DOCUMENT, Reader, examples, section
from tests.factories import add_version

TABLE = re.compile(r"^\|.+\n\| ---.+\n(?:\|.+\n)+", re.MULTILINE)
CODE_HEADS = ("code", "error.code")
ROW = re.compile(r"^\| (\d{3}) \| (.+?) \| (.+?) \|$", re.MULTILINE)


@pytest.fixture
def programs(client, cast, campaign):
    return {name: Program(client, getattr(cast, name)) for name in ("ana", "mia", "oz")}


@pytest.mark.django_db
def test_every_example_of_work_is_answered_as_the_document_says(client, programs):
    def send(example, path, body):
        headers = {**programs[example.sender].headers, **example.headers}
        if example.method == "GET":
            return client.get(path, headers=headers)
        return client.post(path, body, content_type="application/json", headers=headers)

    reader = Reader(send, {})
    told = [*examples("What holds everywhere"), *examples("Campaigns"), *examples("Work")]
    assert len(told) > 15
    for example in told:
        reader.check(example)


def documented() -> dict[str, int]:
    """Code to status, of the table of errors that every room may answer."""
    return {
        code: int(status)
        for status, codes, _meaning in ROW.findall(section("What holds everywhere"))
        for code in re.findall(r"`(\w+)`", codes)
    }


def held(ana):
    return ana.claim().json()["slot"]


def submitted(ana, **said):
    return ana.post(f"slots/{held(ana)}/submission/", {**accept(), **said}, key=str(uuid4()))


def replaced(ana):
    slot = Slot.objects.get(public_id=held(ana))
    translation = slot.task.item.translations.get()
    translation.current_version = add_version(translation, {"question": "neu"}, slot.claimed_at)
    translation.save()
    return submitted(ana)


def reused(ana):
    slot, key = held(ana), str(uuid4())
    ana.post(f"slots/{slot}/submission/", accept(), key=key)
    return ana.post(f"slots/{slot}/submission/", {**accept(), "note": "other"}, key=key)


def handed_in(ana):
    slot = held(ana)
    ana.post(f"slots/{slot}/submission/", accept(), key=str(uuid4()))
    return ana.post(f"slots/{slot}/submission/", {**accept(), "note": "other"}, key=str(uuid4()))


def lost(ana):
    slot = held(ana)
    ana.post(f"slots/{slot}/give-back/")
    return ana.post(f"slots/{slot}/heartbeat/")


def after(action):
    def call(ana):
        row = Slot.objects.get(public_id=held(ana))
        action(campaign=row.campaign, by=None, now=row.claimed_at)
        return ana.claim()

    return call


def withdrawn(ana):
    slot = held(ana)
    row = Slot.objects.get(public_id=slot)
    place = Membership.objects.get(contributor=row.contributor, language="de")
    withdraw_member(membership=place, by=None, now=row.claimed_at)
    return ana.post(f"slots/{slot}/submission/", accept(), key=str(uuid4()))


def raw(ana, body, **headers):
    return ana.client.post(
        "/api/v1/campaigns/mini/claims/", body, content_type=headers.pop("type", "application/json"),
        headers={**ana.headers, **headers},
    )  # fmt: skip


def wrong(**said):
    return lambda ana: submitted(ana, **said)


REFUSALS = {
    "parse_error": lambda ana: raw(ana, "{"),
    "text_not_storable": lambda ana: raw(ana, '{"kind": "\\ud800"}'),
    "unknown_field": wrong(verdcit="accept"),
    "required": lambda ana: ana.post("campaigns/mini/claims/", {"kind": "verification"}),
    "invalid": wrong(item_version=True),
    "null": wrong(note=None),
    "blank": lambda ana: ana.post(f"slots/{held(ana)}/skip/", {"reason": ""}),
    "invalid_choice": wrong(verdict="fine"),
    "min_value": wrong(item_version=-1),
    "max_value": wrong(item_version=10**40),
    "max_length": wrong(note="x" * 10_001),
    "not_a_list": lambda ana: sensitivity(ana, tags="cultural"),
    "not_a_dict": wrong(verdict="edit", fields=[]),
    "repeated": lambda ana: sensitivity(ana, tags=["cultural", "cultural"]),
    "cursor_invalid": lambda ana: ana.get("slots/?cursor=cD1hYmM="),
    "limit_invalid": lambda ana: ana.get("slots/?limit=101"),
    "key_missing": lambda ana: ana.post(f"slots/{held(ana)}/submission/", accept()),
    "key_unusable": lambda ana: ana.post(f"slots/{held(ana)}/submission/", accept(), key="x" * 201),
    "bad_request": lambda ana: raw(ana, "{}", host="evil.example"),
    "not_authenticated": lambda ana: raw(ana, "{}", Authorization=""),
    "authentication_failed": lambda ana: raw(ana, "{}", Authorization="Bearer isog_unknown"),
    "scope_missing": lambda ana: Program(ana.client, ana.person, "campaigns:read").claim(),
    "permission_denied": lambda ana: ana.claim(language="fr"),
    "not_found": lambda ana: ana.post(f"slots/{uuid4()}/give-back/"),
    "method_not_allowed": lambda ana: ana.get("campaigns/mini/claims/"),
    "not_acceptable": lambda ana: raw(ana, "{}", Accept="text/csv"),
    "key_reused": reused,
    "text_replaced": replaced,
    "handed_in": handed_in,
    "slot_lost": lost,
    "nothing_to_undo": lambda ana: ana.post(f"slots/{held(ana)}/undo/", key=str(uuid4())),
    "campaign_paused": after(pause),
    "campaign_closed": after(close),
    "body_too_long": lambda ana: raw(ana, '"' + "x" * MOST_BYTES + '"'),
    "unsupported_media_type": lambda ana: raw(ana, "a,b", type="text/csv"),
    "label_invalid": wrong(verdict="reject"),
    "no_such_queue": lambda ana: ana.claim(kind="sensitivity"),
}
# Where a release is rendered to a folder that holds something else.
BY_COMMAND_ALONE = {"release_refused"}
# Brought about in tests/common: too many requests, a fault of ours, a twin that takes too long.
ELSEWHERE = {"throttled", "internal_error", "twin_in_flight"}


def sensitivity(ana, **said):
    slot = ana.claim("sensitivity", "en").json()["slot"]
    return ana.post(f"slots/{slot}/submission/", {"item_version": 1, "tags": [], **said}, key=str(uuid4()))


@pytest.mark.django_db
@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_of_the_table_is_answered_with_its_status_and_a_cure(code, programs):
    answer = REFUSALS[code](programs["ana"])
    told = answer.json()
    assert (answer.status_code, told["code"]) == (documented()[code], code)
    assert {"code", "message", "field", "cure"} <= set(told)
    assert told["message"] and told["cure"] not in ("", told["message"])
    assert answer.headers["Content-Type"] == "application/json"


def codes_of_all_tables() -> set[str]:
    """The codes in every column of the document that is headed `code` or `error.code`."""
    found: set[str] = set()
    for table in TABLE.findall(DOCUMENT.read_text("utf-8")):
        head, _line, *rows = [[cell.strip(" `") for cell in row.split(" | ")] for row in table.splitlines()]
        column = next((place for place, cell in enumerate(head) if cell.strip("| `") in CODE_HEADS), None)
        if column is not None:
            found |= {code for row in rows for code in re.findall(r"\b[a-z_]{4,}\b", row[column])}
    return found


def test_the_tables_have_every_code_that_the_source_has_and_no_other():
    in_source = codes_in_source() | set(CURES)
    assert len(in_source) > 40
    assert in_source - codes_of_all_tables() == BY_COMMAND_ALONE
    # The framework's own codes of fields are brought about above.
    assert codes_of_all_tables() - in_source <= set(REFUSALS)


def test_the_table_of_errors_has_every_code_and_no_other():
    assert set(documented()) == set(REFUSALS) | ELSEWHERE
    assert set(CURES) <= set(documented())
