"""Imports over HTTP: who may, what is answered, and what a worker makes of what was sent."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from common import clock, jobs
from common.models import Job
from corpus.actions import upload_work, uploads
from corpus.models import Benchmark, Import, Item, ReportedRow, StagedRow, Translation
from people.actions import grant_role
from people.models import Role
from people.scopes import Scope
from people.tokens import make_token
from tests.conftest import Cast
from tests.corpus.conftest import german, row

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/imports/"
BOTH = [Scope.IMPORTS_READ, Scope.IMPORTS_WRITE]


def lines(*rows: object) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in rows)


@dataclass
class Sender:
    """A program with somebody's token."""

    token: str
    client: Client

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, address: str, **given: Any) -> Any:
        return self.client.get(address, headers=self.headers, **given)

    def send(self, *files: tuple[str, bytes], key: str | None = "", **options: Any) -> Any:
        data = {"kind": "items", "benchmark": "quiz", "language": "en", **options}
        data["files"] = [SimpleUploadedFile(name, content) for name, content in files]
        data = {name: value for name, value in data.items() if value is not None}
        keys = {} if key is None else {"Idempotency-Key": key or str(uuid4())}
        return self.client.post(ADDRESS, data, headers={**self.headers, **keys})


@pytest.fixture
def sender(cast: Cast) -> Callable[..., Sender]:
    def make(person: Any, scopes: Any = BOTH) -> Sender:
        now = clock.now()
        row, token = make_token(
            contributor=person, name="t", scopes=scopes, expires_at=now + timedelta(days=1), now=now
        )
        assert row.pk
        return Sender(token, Client())

    return make


@pytest.fixture
def mia(sender: Callable[..., Sender], cast: Cast) -> Sender:
    return sender(cast.mia)


def work(answer: Any) -> Job:
    """This function will do what a worker does with the import that an answer names."""
    job = Job.objects.get(public_id=answer.json()["id"])
    upload_work.work_on_upload(job.pk, clock=clock.now)
    job.refresh_from_db()
    return job


def stored() -> list[str]:
    """This function will return the files that lie in the storage of uploads."""
    try:
        return list(storages["uploads"].listdir(uploads.FOLDER)[1])
    except FileNotFoundError:
        return []


# Sending


def test_a_file_is_kept_and_asked_to_be_imported(mia: Sender) -> None:
    answer = mia.send(("rows.jsonl", lines(row(0))))
    assert answer.status_code == 202
    told = answer.json()
    assert answer["Location"] == told["url"] == f"http://testserver{ADDRESS}{told['id']}/"
    assert (told["state"], told["workspace"], told["kind"], told["rows_done"]) == (
        "waiting",
        "lab",
        "items",
        0,
    )
    assert told["files"][0]["name"] == "rows.jsonl"
    (kept,) = stored()
    assert "rows" not in kept
    assert not Item.objects.exists()


def test_a_worker_imports_it_once_and_removes_the_file(mia: Sender, cast: Cast) -> None:
    answer = mia.send(
        ("rows.jsonl", lines(row(0), row(1, option_a="2"))), licence="MIT", source_url="https://a.example"
    )
    for _ in range(2):
        work(answer)
    done = Import.objects.get()
    assert (done.created_by, done.job.public_id.hex) == (cast.mia, answer.json()["id"].replace("-", ""))
    assert (done.files, done.source.licence, done.source.url) == (["rows.jsonl"], "MIT", "https://a.example")
    told = mia.get(answer["Location"]).json()
    assert (told["state"], told["rows_done"], told["error"]) == ("finished", 2, None)
    assert {name: count for name, count in told["counts"].items() if count} == {"read": 2, "created": 2}
    assert told["warnings"] == {"equal-options": 1}
    assert stored() == []
    assert Benchmark.objects.get().workspace == cast.workspace


def test_translations_in_two_files_with_a_mapping(mia: Sender) -> None:
    work(mia.send(("rows.jsonl", lines(row(0), row(1)))))
    first, second = german(0), german(1)
    first["frage"] = first.pop("question")
    second["frage"] = second.pop("question")
    answer = mia.send(
        ("a.jsonl.gz", gzip.compress(lines(first))), ("b.jsonl", lines(second)),
        kind="translations", language="de", system="mt", mapping='{"frage": "question"}',
    )  # fmt: skip
    assert work(answer).state == "finished"
    assert list(Translation.objects.values_list("origin", flat=True)) == ["machine", "machine"]


def test_refused_and_changed_rows_are_told_with_file_line_field_and_cure(mia: Sender) -> None:
    work(mia.send(("rows.jsonl", lines(row(0), row(1)))))
    answer = mia.send(("again.jsonl", lines(row(0, question="New?"), row(1), row(1), row(2, answer="Z"))))
    job = work(answer)
    assert job.result["counts"]["refused"] == 2
    told = mia.get(answer["Location"]).json()["report"]
    assert (told["rows_kept"], told["rows_left_out"]) == (3, 0)
    assert [(one["what"], one["file"], one["line"], one["field"]) for one in told["first"]] == [
        ("refused", "again.jsonl", 4, "answer"),
        ("refused", "again.jsonl", 3, "sample_id"),
        ("changed", "again.jsonl", 1, "question"),
    ]
    assert all(one["cure"] and one["message"] for one in told["first"])
    changed = mia.get(answer["Location"] + "errors/?what=changed").json()
    assert [one["line"] for one in changed["results"]] == [1]
    file = mia.get(answer["Location"] + "errors.jsonl")
    assert [json.loads(line) for line in b"".join(file.streaming_content).splitlines()] == told["first"]


def test_the_rows_come_in_pages_in_the_order_of_the_files(mia: Sender) -> None:
    answer = mia.send(("rows.jsonl", lines(*(row(n, answer="Z") for n in range(5)), row(9))))
    work(answer)
    page = mia.get(answer["Location"] + "errors/?limit=2").json()
    seen = [one["line"] for one in page["results"]]
    while page["next"]:
        page = mia.get(page["next"]).json()
        seen += [one["line"] for one in page["results"]]
    assert seen == [1, 2, 3, 4, 5]


def test_rows_beyond_the_bound_are_counted(mia: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_work, "MOST_REPORTED", 2)
    answer = mia.send(("rows.jsonl", lines(*(row(n, answer="Z") for n in range(5)), row(9))))
    work(answer)
    report = mia.get(answer["Location"]).json()["report"]
    assert (report["rows_kept"], report["rows_left_out"], ReportedRow.objects.count()) == (2, 3, 2)


def test_a_dry_run_tells_all_and_changes_nothing(mia: Sender) -> None:
    answer = mia.send(("rows.jsonl", lines(row(0), row(0))), dry_run="true")
    job = work(answer)
    assert (job.state, job.result["counts"]["created"], job.result["rows_kept"]) == ("finished", 1, 1)
    assert not Item.objects.exists()
    assert not Import.objects.exists()
    assert not Benchmark.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "options", "code", "said"),
    [
        ("a.jsonl", b"%PDF-1.7\n", {}, "file_refused", "a.jsonl: is a PDF"),
        ("a.csv", b"", {}, None, "empty"),
        ("a.csv", b"q\nx\n" * 1100, {}, "file_refused", "the first 1,000 rows are all refused"),
        ("a.jsonl", lines(row(0)), {"kind": "translations", "language": "de", "system": "mt"},
         "import_refused", "There is no benchmark 'quiz' to translate"),
    ],
)  # fmt: skip
def test_an_import_that_cannot_be_done_fails_with_the_reason_and_leaves_nothing(
    mia: Sender, name: str, content: bytes, options: dict[str, str], code: str | None, said: str
) -> None:
    answer = mia.send((name, content), **options)
    if code is None:
        assert answer.status_code == 400
        assert said in answer.json()["message"]
        return
    job = work(answer)
    assert (job.state, job.error["code"]) == ("failed", code)
    assert said in job.error["message"]
    assert job.error["cure"]
    assert stored() == []
    assert not Item.objects.exists()
    assert not StagedRow.objects.exists()
    assert mia.get(answer["Location"]).json()["error"] == job.error


@pytest.mark.parametrize(
    ("options", "field", "said"),
    [
        ({"kind": "votes"}, "kind", "not a valid choice"),
        ({"benchmark": "a b"}, "benchmark", "slug"),
        ({"language": "xx"}, "language", "is not a language this installation knows"),
        ({"mapping": "[1]"}, "mapping", "no JSON object"),
        ({"mapping": "[" * 40_000}, "mapping", "no JSON object"),
        ({"mapping": '{"a": "nope"}'}, None, "is no field"),
        ({"source_url": "javascript:alert(1)"}, "source_url", "address"),
        ({"system": "mt"}, "system", "Only translations"),
        ({"kind": "translations", "language": "de"}, None, "needs the name of the system"),
        ({"url": "https://example.org/rows.jsonl"}, "url", "no such field"),
        ({"workspace": "nowhere"}, None, "nothing here"),
    ],
)  # fmt: skip
def test_options_that_cannot_be_are_refused_at_once(
    mia: Sender, options: dict[str, str], field: str | None, said: str
) -> None:
    answer = mia.send(("rows.jsonl", lines(row(0))), **options)
    assert answer.status_code in (400, 404)
    told = answer.json()
    assert (told["field"], said in told["message"]) == (field, True), told
    assert told["cure"]
    assert not Job.objects.exists()
    assert stored() == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rows.xlsx", "save the sheet as CSV"),
        ("rows.zip", "these are: .jsonl"),
        ("rows.parquet.gz", "is of a kind that is not read"),
        ("../../etc/passwd", "no ending"),
    ],
)
def test_a_file_of_a_kind_that_is_not_read_is_refused_by_its_name(mia: Sender, name: str, said: str) -> None:
    answer = mia.send((name, b"x"))
    assert answer.status_code == 400
    assert said in answer.json()["message"]
    assert answer.json()["field"] == "files.0"


def test_two_files_of_one_name_or_none_are_refused(mia: Sender) -> None:
    assert mia.send().json()["field"] == "files"
    twice = mia.send(("a.jsonl", lines(row(0))), ("a.jsonl", lines(row(1)))).json()
    assert (twice["field"], twice["code"]) == ("files", "name_twice")


def test_what_is_too_long_is_refused_unread(mia: Sender, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    answer = mia.send(("a.jsonl", lines(row(0))))
    assert (answer.status_code, answer.json()["code"]) == (413, "files_too_long")
    answer = mia.client.post(
        ADDRESS, b"x", content_type="multipart/form-data; boundary=b", headers=mia.headers,
        CONTENT_LENGTH=str(10**12),
    )  # fmt: skip
    assert answer.status_code == 413
    settings.UPLOAD_MAX_BYTES = 10**9
    assert mia.send(("a.jsonl", lines(row(0))), licence="x" * 3_000_000).status_code == 413


def test_a_broken_body_is_a_refusal(mia: Sender) -> None:
    kinds = {
        "multipart/form-data": 400, "multipart/form-data; boundary=b": 400, "application/json": 415,
    }  # fmt: skip
    for kind, status in kinds.items():
        answer = mia.client.post(ADDRESS, b"--b\r\nxx", content_type=kind, headers=mia.headers)
        assert answer.status_code == status, kind
        assert set(answer.json()) >= {"code", "message", "field", "cure"}


def test_what_a_spreadsheet_would_run_is_kept_as_the_text_it_is(mia: Sender) -> None:
    runs = "=cmd|'/C calc'!A0"
    options = {"option_a": "@SUM(1)", "option_b": "+1", "option_c": "-1"}
    content = f"sample_id,question,option_a,option_b,option_c,answer\na/b/1,{runs},@SUM(1),+1,-1,A\n".encode()
    assert work(mia.send(("a.csv", content))).state == "finished"
    assert Item.objects.get().current_version.fields == {"question": runs, **options}


# The same import sent twice


def test_the_same_import_with_the_same_key_is_one_job(mia: Sender) -> None:
    first = mia.send(("a.jsonl", lines(row(0))), key="k")
    again = mia.send(("a.jsonl", lines(row(0))), key="k")
    assert (again.status_code, again["Idempotency-Replayed"]) == (202, "true")
    assert again.json() == first.json()
    assert (Job.objects.count(), len(stored())) == (1, 1)
    for answer in (
        mia.send(("a.jsonl", lines(row(1))), key="k"),
        mia.send(("b.jsonl", lines(row(0))), key="k"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "key_reused")
    assert mia.send(("a.jsonl", lines(row(0))), key=None).json()["code"] == "key_missing"


def test_a_sixth_unfinished_import_is_refused_and_its_key_stays_free(mia: Sender) -> None:
    for number in range(5):
        answer = mia.send(("a.jsonl", lines(row(number))))
    full = mia.send(("a.jsonl", lines(row(9))), key="k")
    assert (full.status_code, full.json()["code"]) == (429, "too_many_imports")
    assert len(stored()) == 5
    work(answer)
    assert mia.send(("a.jsonl", lines(row(9))), key="k").status_code == 202


# Rights


def test_others_find_nothing(mia: Sender, sender: Callable[..., Sender], cast: Cast) -> None:
    answer = mia.send(("a.jsonl", lines(row(0))))
    addresses = [
        ADDRESS,
        answer["Location"],
        answer["Location"] + "errors/",
        answer["Location"] + "errors.jsonl",
    ]
    unknown = mia.get(f"{ADDRESS}{uuid4()}/").json()
    for person in (cast.ana, cast.rui, cast.oz):
        program = sender(person)
        for address in addresses:
            got = program.get(address)
            assert (got.status_code, got.json()) == (404, unknown)
        assert program.send(("a.jsonl", lines(row(0)))).status_code == 404
    for address in addresses:
        assert Client().get(address).status_code == 401
        assert sender(cast.mia, [Scope.IMPORTS_WRITE]).get(address).json()["code"] == "scope_missing"
    assert sender(cast.mia, [Scope.IMPORTS_READ]).send(("a.jsonl", b"x")).json()["code"] == "scope_missing"
    assert Job.objects.count() == 1


def test_a_manager_of_another_workspace_sees_and_touches_their_own_alone(
    mia: Sender, sender: Callable[..., Sender], cast: Cast, now: datetime
) -> None:
    from common.models import Workspace

    work(mia.send(("a.jsonl", lines(row(0)))))
    other = Workspace.objects.create(slug="other", name="Other", created_at=now)
    grant_role(contributor=cast.oz, workspace=other, name="manager", by=None, now=now)
    oz = sender(cast.oz)
    assert oz.get(ADDRESS).json()["results"] == []
    assert oz.send(("a.jsonl", lines(row(0))), workspace="lab").status_code == 404
    job = work(oz.send(("a.jsonl", lines(german(0))), kind="translations", language="de", system="mt"))
    assert "there are: none" in job.error["message"]
    assert len(mia.get(ADDRESS).json()["results"]) == 1


def test_who_manages_two_workspaces_names_one(mia: Sender, cast: Cast, now: datetime) -> None:
    from common.models import Workspace

    other = Workspace.objects.create(slug="other", name="Other", created_at=now)
    grant_role(contributor=cast.mia, workspace=other, name="owner", by=None, now=now)
    assert mia.send(("a.jsonl", lines(row(0)))).json()["code"] == "workspace_missing"
    assert mia.send(("a.jsonl", lines(row(0))), workspace="other").json()["workspace"] == "other"


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_right_withdrawn_undoes_what_was_asked_for(
    mia: Sender, cast: Cast, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def withdraw() -> None:
        Role.objects.filter(contributor=cast.mia).update(withdrawn_at=clock.now())

    answer = mia.send(("a.jsonl", lines(row(0))))
    if when == "before":
        withdraw()
    else:
        monkeypatch.setattr(upload_work.JobWatch, "on_promotion", lambda _self: withdraw())
    job = work(answer)
    assert (job.state, job.error["code"]) == ("failed", "right_withdrawn")
    assert not Item.objects.exists()
    assert not StagedRow.objects.exists()
    assert stored() == []


# Workers


def test_a_second_delivery_finds_the_first_at_work_and_leaves_it(
    mia: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = mia.send(("a.jsonl", lines(row(0))))
    monkeypatch.setattr(jobs, "_call", lambda function, _job: function != "pg_try_advisory_lock")
    assert work(answer).state == "waiting"
    assert len(stored()) == 1


def test_an_import_that_breaks_is_tried_again_and_leaves_no_file_here(
    mia: Sender, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(upload_work.tempfile, "gettempdir", lambda: str(tmp_path))
    answer = mia.send(("a.jsonl", lines(row(0))))

    def broken(**_: Any) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(upload_work, "run_import", broken)
        work(answer)
    assert list(tmp_path.iterdir()) == []
    assert work(answer).state == "finished"
    assert Item.objects.count() == 1


def test_an_upload_that_is_gone_or_damaged_fails_the_import(mia: Sender) -> None:
    gone = mia.send(("a.jsonl", lines(row(0))))
    storages["uploads"].delete(f"{uploads.FOLDER}/{stored()[0]}")
    assert work(gone).error["code"] == "upload_gone"
    damaged = mia.send(("a.jsonl", lines(row(0))))
    path = Path(storages["uploads"].path(f"{uploads.FOLDER}/{stored()[0]}"))
    path.chmod(0o600)
    path.write_bytes(lines(row(1)))
    assert work(damaged).error["code"] == "upload_damaged"


def test_uploads_that_nobody_needs_are_swept_away_when_they_are_old(mia: Sender) -> None:
    answer = mia.send(("a.jsonl", lines(row(0))))
    left = storages["uploads"].save(f"{uploads.FOLDER}/upload.csv", SimpleUploadedFile("x", b"x"))
    assert uploads.remove_leftovers(now=clock.now()) == 0
    assert uploads.remove_leftovers(now=clock.now() + uploads.LEFT_OVER_AFTER * 2) == 1
    assert not storages["uploads"].exists(left)
    assert work(answer).state == "finished"


def test_instants_are_told_as_everywhere_in_the_api(mia: Sender) -> None:
    answer = mia.send(("a.jsonl", lines(row(0))))
    work(answer)
    told = mia.get(f"{ADDRESS}{answer.json()['id']}/").json()
    for name in ("requested_at", "started_at", "ended_at"):
        assert told[name].endswith("Z")
        assert datetime.fromisoformat(told[name]).utcoffset() == timedelta(0)


def test_what_an_import_needs_that_was_given_up_is_kept_for_a_day(mia: Sender) -> None:
    job = Job.objects.get(public_id=mia.send(("a.jsonl", lines(row(0)))).json()["id"])
    given_up = jobs.JobRefusedError(jobs.GAVE_UP, "It broke.", cure="Look into the log.")
    jobs.fail(job.pk, given_up, now=clock.now())
    upload_work.work_on_upload(job.pk, clock=clock.now)
    assert uploads.remove_leftovers(now=clock.now() + timedelta(hours=23)) == 0
    assert uploads.remove_leftovers(now=clock.now() + timedelta(hours=25)) == 1


def test_the_database_takes_one_import_a_job(mia: Sender, now: datetime) -> None:
    from django.db import IntegrityError

    answer = mia.send(("a.jsonl", lines(row(0))))
    job = work(answer)
    done = Import.objects.get(job=job)
    with pytest.raises(IntegrityError), transaction.atomic():
        Import.objects.create(
            benchmark=done.benchmark,
            source=done.source,
            kind=done.kind,
            started_at=now,
            promoted_at=now,
            job=job,
        )
