"""Releases over the API: asked for, made once by a worker, listed, and downloaded whole or in part."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pyarrow.parquet as pq
import pytest
from django.core.files.storage import storages
from django.db import connection
from django.test import Client

from annotation.models import Campaign
from common.models import Job
from exports.models import Release, ReleaseFile
from exports.orders import order_lost_files
from exports.publishing import publish_files, publish_release
from people.actions import withdraw_role
from people.models import Role
from people.scopes import Scope
from people.tokens import make_token
from tests.documented import Example, Reader, examples
from tests.exports.conftest import Work

pytestmark = pytest.mark.django_db(transaction=True)

RELEASES = "/api/v1/campaigns/mini/releases/"
ALL = ["parquet", "jsonl", "csv"]


class Api:
    """A program with somebody's token."""

    def __init__(self, person: Any, now: Any, *scopes: str) -> None:
        chosen = scopes or (Scope.RELEASES_READ, Scope.RELEASES_WRITE)
        # The views ask the real clock.
        _row, token = make_token(
            contributor=person, name="test", scopes=chosen, expires_at=now + timedelta(days=3650), now=now
        )
        self.headers = {"Authorization": f"Bearer {token}"}
        self.client = Client()

    def get(self, address: str, **headers: str) -> Any:
        return self.client.get(address, headers={**self.headers, **headers})

    def head(self, address: str, **headers: str) -> Any:
        return self.client.head(address, headers={**self.headers, **headers})

    def post(self, address: str, body: Any, key: str | None = None) -> Any:
        headers = {**self.headers, "Idempotency-Key": key or str(uuid4())}
        return self.client.post(address, json.dumps(body), content_type="application/json", headers=headers)


@pytest.fixture
def mia(cast: Any, now: Any) -> Api:
    return Api(cast.mia, now)


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def job_of(answer: Any) -> Job:
    assert answer.status_code == 202, answer.content
    return Job.objects.get(public_id=answer.json()["id"])


@pytest.fixture
def made(campaign: Campaign, mia: Api, work: Work) -> dict[str, Any]:
    """A release in three formats, as the API tells it."""
    job = job_of(mia.post(RELEASES, {"version": "1.0", "formats": ALL}))
    publish_release(job.pk, now=work.later())
    release = Release.objects.get()
    told: dict[str, Any] = mia.get(f"/api/v1/releases/{release.public_id}/").json()
    return told


def address_of(made: dict[str, Any], path: str) -> str:
    return f"/api/v1/releases/{made['id']}/files/{path}"


def test_a_release_is_made_by_a_job_that_tells_how_it_ended(campaign: Campaign, mia: Api, work: Work) -> None:
    answer = mia.post(RELEASES, {"version": "1.0"})
    told = answer.json()
    assert (told["state"], told["release"], told["error"]) == ("waiting", None, None)
    publish_release(job_of(answer).pk, now=work.later())
    ended = mia.get(told["url"]).json()
    release = Release.objects.get()
    assert (ended["state"], ended["release"]) == ("finished", str(release.public_id))
    assert mia.get(f"/api/v1/releases/{ended['release']}/").json()["version"] == "1.0"


def test_a_release_tells_counts_rules_and_files(made: dict[str, Any]) -> None:
    assert made["counts"]["de"] == {"test": {"machine": 4}}
    assert made["rules"]["text"] == "2"
    assert made["campaign"] == "mini"
    paths = {file["path"] for file in made["files"]}
    assert {"README.md", "de/test-00000-of-00001.parquet", "jsonl/de/test.jsonl", "csv/ar/test.csv"} <= paths
    assert len(paths) == 13


def test_every_file_has_the_bytes_it_is_listed_with(made: dict[str, Any], mia: Api) -> None:
    for file in made["files"]:
        answer = mia.get(file["url"])
        content = body_of(answer)
        assert (answer.status_code, len(content)) == (200, file["size"])
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        assert answer.headers["ETag"] == f'"{file["sha256"]}"'
        assert "no-transform" in answer.headers["Cache-Control"].split(", ")
        assert answer.headers["Content-Length"] == str(file["size"])


def test_the_manifest_lists_the_files(made: dict[str, Any], mia: Api) -> None:
    manifest = json.loads(body_of(mia.get(address_of(made, "manifest.json"))))
    listed = {file["path"]: file["sha256"] for file in manifest["files"]}
    assert listed == {file["path"]: file["sha256"] for file in made["files"]}
    assert manifest["release"] == made["id"]


def test_the_three_formats_hold_the_same_rows(made: dict[str, Any], mia: Api) -> None:
    def fetch(path: str) -> bytes:
        return body_of(mia.get(address_of(made, path)))

    rows = pq.read_table(io.BytesIO(fetch("de/test-00000-of-00001.parquet"))).to_pylist()
    assert [json.loads(line) for line in fetch("jsonl/de/test.jsonl").splitlines()] == rows
    read = csv.DictReader(io.StringIO(fetch("csv/de/test.csv").decode(), newline=""))
    assert [row["question"] for row in read] == [row["question"] for row in rows]


def test_the_lists_hold_the_release(made: dict[str, Any], mia: Api) -> None:
    for address in (RELEASES, "/api/v1/releases/"):
        assert [row["id"] for row in mia.get(address).json()["results"]] == [made["id"]]


def test_a_list_goes_on_by_cursor(campaign: Campaign, mia: Api, work: Work) -> None:
    for version in ("1", "2", "3"):
        publish_release(job_of(mia.post(RELEASES, {"version": version})).pk, now=work.later())
    first = mia.get("/api/v1/releases/?limit=2").json()
    second = mia.get(first["next"]).json()
    assert [row["version"] for row in first["results"] + second["results"]] == ["3", "2", "1"]
    assert second["next"] is None


def test_who_does_not_manage_finds_nothing(made: dict[str, Any], cast: Any, now: Any) -> None:
    job = Job.objects.get()
    addresses = [
        RELEASES, f"/api/v1/releases/{made['id']}/", f"/api/v1/releases/jobs/{job.public_id}/",
        address_of(made, "README.md"), address_of(made, "manifest.json"),
    ]  # fmt: skip
    for person in (cast.ana, cast.rui, cast.oz):
        api = Api(person, now)
        unknown = api.get(f"/api/v1/releases/{uuid4()}/")
        answers = [api.get(address) for address in addresses]
        assert {(answer.status_code, answer.content) for answer in answers} == {(404, unknown.content)}
        assert api.get("/api/v1/releases/").json()["results"] == []
        assert api.post(RELEASES, {"version": "2.0"}).status_code == 404
        assert api.post(f"/api/v1/releases/{made['id']}/files/", {}).status_code == 404
    assert Job.objects.count() == 1


def test_a_token_to_read_makes_nothing(campaign: Campaign, cast: Any, now: Any) -> None:
    answer = Api(cast.mia, now, Scope.RELEASES_READ).post(RELEASES, {"version": "1.0"})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_a_token_to_make_reads_no_file(made: dict[str, Any], cast: Any, now: Any) -> None:
    answer = Api(cast.mia, now, Scope.RELEASES_WRITE).get(address_of(made, "README.md"))
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_a_request_that_cannot_be_meant_is_refused_by_field(campaign: Campaign, mia: Api) -> None:
    refused = (
        ({}, "version"),
        ({"version": "../1"}, "version"),
        ({"version": " 1"}, "version"),
        ({"version": "1" * 41}, "version"),
        ({"version": "1", "formats": ["xlsx"]}, "formats.0"),
        ({"version": "1", "allow_open": "yes"}, "allow_open"),
        ({"version": "1", "colour": "red"}, "colour"),
    )
    for body, field in refused:
        answer = mia.post(RELEASES, body)
        assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert not Job.objects.exists()


def test_a_version_that_is_taken_is_refused_at_once(made: dict[str, Any], mia: Api) -> None:
    answer = mia.post(RELEASES, {"version": "1.0"})
    assert (answer.status_code, answer.json()["code"]) == (409, "version_taken")


def test_the_same_key_asks_once(campaign: Campaign, mia: Api) -> None:
    first = mia.post(RELEASES, {"version": "1.0"}, key="k")
    again = mia.post(RELEASES, {"version": "1.0"}, key="k")
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert mia.post(RELEASES, {"version": "1.1"}, key="k").json()["code"] == "key_reused"
    assert Job.objects.count() == 1


def test_open_rejects_are_the_jobs_error(campaign: Campaign, mia: Api, work: Work, cast: Any) -> None:
    work.verify(1, cast.ben, "reject")
    answer = mia.post(RELEASES, {"version": "1.0"})
    publish_release(job_of(answer).pk, now=work.later())
    told = mia.get(answer.json()["url"]).json()
    assert (told["state"], told["error"]["code"], told["release"]) == ("failed", "open_rejects", None)
    assert "allow_open" in told["error"]["cure"]
    assert not Release.objects.exists()
    again = job_of(mia.post(RELEASES, {"version": "1.0", "allow_open": True}))
    publish_release(again.pk, now=work.later())
    assert Release.objects.get().version == "1.0"


def test_whoever_manages_no_more_makes_no_release(
    campaign: Campaign, mia: Api, work: Work, cast: Any
) -> None:
    job = job_of(mia.post(RELEASES, {"version": "1.0"}))
    withdraw_role(role=Role.objects.get(contributor=cast.mia), by=None, now=work.now)
    publish_release(job.pk, now=work.later())
    job.refresh_from_db()
    assert job.error["code"] == "permission_denied"
    assert not Release.objects.exists()


def test_a_job_run_twice_makes_one_release(campaign: Campaign, mia: Api, work: Work) -> None:
    job = job_of(mia.post(RELEASES, {"version": "1.0"}))
    for _ in range(2):
        publish_release(job.pk, now=work.later())
    assert Release.objects.count() == 1
    assert ReleaseFile.objects.count() == 5


def test_a_job_for_a_version_made_meanwhile_says_so(campaign: Campaign, mia: Api, work: Work) -> None:
    first, second = (job_of(mia.post(RELEASES, {"version": "1.0"})) for _ in range(2))
    publish_release(first.pk, now=work.later())
    publish_release(second.pk, now=work.later())
    second.refresh_from_db()
    assert second.error["code"] == "version_taken"
    assert Release.objects.count() == 1


def test_more_formats_are_rendered_later(
    made: dict[str, Any], campaign: Campaign, mia: Api, work: Work
) -> None:
    publish_release(job_of(mia.post(RELEASES, {"version": "2.0"})).pk, now=work.later())
    second = Release.objects.get(version="2.0")
    answer = mia.post(f"/api/v1/releases/{second.public_id}/files/", {"formats": ["csv"]})
    publish_files(job_of(answer).pk, now=work.later())
    assert body_of(mia.get(f"/api/v1/releases/{second.public_id}/files/csv/de/test.csv"))


def test_a_range_is_sent_alone(made: dict[str, Any], mia: Api) -> None:
    address = address_of(made, "README.md")
    whole = body_of(mia.get(address))
    for wanted, start, end in (("bytes=2-9", 2, 10), ("bytes=-7", len(whole) - 7, len(whole))):
        answer = mia.get(address, Range=wanted)
        assert (answer.status_code, body_of(answer)) == (206, whole[start:end])
        assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(whole)}"
        assert answer.headers["Content-Length"] == str(end - start)
    behind = mia.get(address, Range="bytes=99999999-")
    assert (behind.status_code, behind.json()["code"]) == (416, "range_not_satisfiable")
    assert behind.headers["Content-Range"] == f"bytes */{len(whole)}"


def test_a_range_counts_only_for_the_file_it_was_begun_on(made: dict[str, Any], mia: Api) -> None:
    address = address_of(made, "README.md")
    tag = mia.head(address).headers["ETag"]
    statuses = [
        mia.get(address, **{"Range": "bytes=0-1", "If-Range": condition}).status_code
        for condition in (tag, '"other"', f"W/{tag}", "Mon, 02 Nov 2026 09:00:00 GMT")
    ]
    assert statuses == [206, 200, 200, 200]


def test_a_file_one_has_is_not_sent_again(made: dict[str, Any], mia: Api) -> None:
    address = address_of(made, "README.md")
    tag = mia.head(address).headers["ETag"]
    conditions = {
        ("If-None-Match", tag): 304,
        ("If-None-Match", f'W/{tag}, "x"'): 304,
        ("If-None-Match", "*"): 304,
        ("If-None-Match", '"x"'): 200,
        ("If-Match", tag): 200,
        ("If-Match", '"x"'): 412,
        ("If-Match", f"W/{tag}"): 412,
    }
    for (header, value), status in conditions.items():
        answer = mia.get(address, **{header: value})
        assert (answer.status_code, answer.headers["ETag"]) == (status, tag)
        assert status == 200 or answer.content == b""


def test_head_tells_all_but_the_bytes(made: dict[str, Any], mia: Api) -> None:
    for path in ("README.md", "manifest.json"):
        answer, whole = mia.head(address_of(made, path)), mia.get(address_of(made, path))
        assert (answer.status_code, answer.content) == (200, b"")
        names = ("ETag", "Content-Length", "Content-Type", "Accept-Ranges", "Content-Disposition")
        assert [answer.headers[name] for name in names] == [whole.headers[name] for name in names]


def test_a_file_runs_in_no_browser(made: dict[str, Any], mia: Api) -> None:
    types = {}
    for path in (
        "README.md",
        "csv/de/test.csv",
        "jsonl/de/test.jsonl",
        "manifest.json",
        "de/test-00000-of-00001.parquet",
    ):
        answer = mia.get(address_of(made, path), Accept="text/html")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert (
            answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
        )
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="mini-1.0-')
        types[path] = answer.headers["Content-Type"]
    assert "text/html" not in types.values()
    assert types["csv/de/test.csv"] == "text/csv; charset=utf-8"


def test_a_path_that_is_no_file_is_not_found(made: dict[str, Any], mia: Api) -> None:
    paths = (
        "../../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "/etc/passwd",
        "de",
        "nothing.csv",
        "%00",
        "x" * 2000,
    )
    for path in paths:
        assert mia.get(address_of(made, path)).status_code == 404


def test_a_file_the_storage_lost_is_written_again_to_the_same_bytes(
    made: dict[str, Any], mia: Api, work: Work
) -> None:
    address = address_of(made, "csv/de/test.csv")
    before = body_of(mia.get(address))
    for file in ReleaseFile.objects.all():
        storages["releases"].delete(f"{made['id']}/{file.sha256}")
    lost = mia.get(address)
    assert (lost.status_code, lost.json()["code"]) == (503, "file_not_ready")
    assert int(lost.headers["Retry-After"]) > 0
    mia.get(address)
    job = Job.objects.get(task="exports.render_files")
    publish_files(job.pk, now=work.later())
    assert body_of(mia.get(address)) == before


def test_twenty_who_ask_at_once_for_a_lost_file_ask_for_one_job(
    made: dict[str, Any], cast: Any, now: Any
) -> None:
    release = Release.objects.get()
    together = threading.Barrier(20)

    def ask() -> int:
        try:
            together.wait(timeout=30)
            return order_lost_files(release=release, by=cast.mia, now=now).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as people:
        asked = [people.submit(ask) for _ in range(20)]
    assert len({one.result() for one in asked}) == 1
    assert Job.objects.filter(task="exports.render_files").count() == 1


def test_a_file_that_would_come_out_otherwise_is_not_kept(
    made: dict[str, Any], mia: Api, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in ReleaseFile.objects.all():
        storages["releases"].delete(f"{made['id']}/{file.sha256}")
    address = address_of(made, "README.md")
    mia.get(address)
    monkeypatch.setattr("exports.formats.card.SIZES", ((1000, "other"),))
    publish_files(Job.objects.get(task="exports.render_files").pk, now=work.later())
    job = Job.objects.get(task="exports.render_files")
    assert job.error["code"] == "changed_bytes"
    assert mia.get(address).status_code == 503


def test_every_example_of_releases_is_answered_as_the_document_says(campaign: Campaign, mia: Api) -> None:
    def send(example: Example, path: str, body: str) -> Any:
        headers = {**mia.headers, **example.headers}
        return mia.client.post(path, body, content_type="application/json", headers=headers)

    told = examples("Releases")
    assert told
    for example in told:
        Reader(send, {}).check(example)
