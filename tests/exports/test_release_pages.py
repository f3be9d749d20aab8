"""The pages of releases: for those who manage the workspace, and for nobody else."""

from __future__ import annotations

import io
import re
from typing import Any
from uuid import uuid4

import pyarrow.parquet as pq
import pytest
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse

from common.models import Job
from exports.formats.tables import FORMATS
from exports.models import Release, ReleaseFile
from exports.publishing import publish_files, publish_release
from exports.storing import key_of
from tests.exports.conftest import Released, Work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def release(release_rows: Released, work: Work, cast: Any) -> Release:
    work.verify(0, cast.ana, "edit", question="=HYPERLINK()")
    work.verify(1, cast.ben, "reject")
    work.verify(2, cast.ben, "reject")
    work.settle(2, cast.rui, "exclude_language")
    made: Release = release_rows(allow_open=True)["release"]
    return made


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def addresses(release: Release) -> list[str]:
    return [
        reverse("release", args=[release.public_id]),
        reverse("release_table", args=[release.public_id, "jsonl", "de", "test"]),
    ]


def test_a_manager_finds_the_release_in_the_list(release: Release, cast: Any) -> None:
    page = signed_in(cast.mia).get(reverse("releases"))
    assert reverse("release", args=[release.public_id]) in page.content.decode()


@pytest.mark.parametrize("name", ["ana", "ben", "rui", "oz"])
def test_those_who_do_not_manage_see_no_release(release: Release, cast: Any, name: str) -> None:
    client = signed_in(getattr(cast, name))
    assert str(release.public_id) not in client.get(reverse("releases")).content.decode()
    assert [client.get(address).status_code for address in addresses(release)] == [404, 404]


def test_a_stranger_is_sent_to_sign_in(release: Release) -> None:
    for address in (reverse("releases"), *addresses(release)):
        answer = Client().get(address)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (
            302,
            reverse("account_login"),
        )


def test_the_page_tells_counts_and_what_is_left_out(release: Release, cast: Any) -> None:
    page = signed_in(cast.mia).get(reverse("release", args=[release.public_id]))
    german = next(line for line in page.context["lines"] if line.tag == "de")
    assert (german.rows, german.verified, german.unverified, german.open) == (3, 1, 1, 1)
    assert "1 row is left out of a language" in page.content.decode()


def written(release: Release, cast: Any, work: Work, format_name: str) -> Any:
    """Ask for a German file, let a worker do what that asked for, and ask again."""
    client = signed_in(cast.mia)
    address = reverse("release_table", args=[release.public_id, format_name, "de", "test"])
    job = Job.objects.get(public_id=client.get(address).headers["Location"].rstrip("/").rpartition("/")[2])
    publish_files(job.pk, now=work.later())
    return client.get(address)


def test_a_parquet_file_is_sent_with_its_rows(release: Release, cast: Any, work: Work) -> None:
    answer = written(release, cast, work, "parquet")
    table = pq.read_table(io.BytesIO(b"".join(answer.streaming_content)))
    assert table.column("sample_id").to_pylist() == ["quiz/test/0", "quiz/test/1", "quiz/test/3"]
    assert "test-00000-of-00001.parquet" in answer.headers["Content-Disposition"]


def test_a_csv_file_is_sent_defused(release: Release, cast: Any, work: Work) -> None:
    answer = written(release, cast, work, "csv")
    assert '"\'=HYPERLINK()"' in b"".join(answer.streaming_content).decode()


@pytest.mark.parametrize(
    ("format_name", "config", "split"), [("xlsx", "de", "test"), ("csv", "fr", "test"), ("csv", "de", "dev")]
)
def test_a_file_that_is_not_there_is_not_found(
    release: Release, cast: Any, format_name: str, config: str, split: str
) -> None:
    address = reverse("release_table", args=[release.public_id, format_name, config, split])
    assert signed_in(cast.mia).get(address).status_code == 404


def test_a_file_the_storage_lost_is_written_by_a_worker_and_not_by_the_page(
    release: Release, cast: Any, work: Work
) -> None:
    before = b"".join(written(release, cast, work, "csv").streaming_content)
    for file in release.files.all():
        storages["releases"].delete(key_of(release, file.sha256))
    assert b"".join(written(release, cast, work, "csv").streaming_content) == before


def test_a_file_that_renders_to_other_bytes_is_not_sent(release: Release, cast: Any, work: Work) -> None:
    path = FORMATS["jsonl"].path("de", "test")
    ReleaseFile.objects.create(release=release, path=path, sha256="00" * 32, size=1, rows=3)
    assert written(release, cast, work, "jsonl").status_code == 302
    failed = Job.objects.get(failed_at__isnull=False)
    page = signed_in(cast.mia).get(reverse("release_job", args=[failed.public_id])).content.decode()
    assert "use the files that were published" in page


def test_a_range_behind_the_end_is_refused(release: Release, cast: Any, work: Work) -> None:
    written(release, cast, work, "csv")
    address = reverse("release_table", args=[release.public_id, "csv", "de", "test"])
    assert signed_in(cast.mia).get(address, headers={"Range": "bytes=99999999-"}).status_code == 416


def test_a_release_that_is_not_there_is_not_found(cast: Any) -> None:
    assert signed_in(cast.mia).get(reverse("release", args=[uuid4()])).status_code == 404


def test_the_list_goes_on_to_older_releases(
    release_rows: Released, cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exports.views.RELEASES_A_PAGE", 1)
    release_rows("1.0")
    release_rows("1.1")
    client = signed_in(cast.mia)
    first = client.get(reverse("releases"))
    assert [release.version for release in first.context["releases"]] == ["1.1"]
    second = client.get(reverse("releases"), {"before": first.context["older"]})
    assert [release.version for release in second.context["releases"]] == ["1.0"]
    assert f"?before={first.context['older']}" in first.content.decode()
    assert second.context["older"] is None


def asked(cast: Any, **changed: Any) -> Any:
    sent = {"campaign": "mini", "version": "1.0", "formats": ["csv"], "key": str(uuid4()), **changed}
    return signed_in(cast.mia).post(reverse("release_make"), sent)


def test_a_manager_makes_a_release_on_the_page(campaign: Any, work: Work, cast: Any) -> None:
    client = signed_in(cast.mia)
    assert 'action="/releases/make/"' in client.get(reverse("releases")).content.decode()
    address = asked(cast).headers["Location"]
    assert 'hx-trigger="every 2s"' in client.get(address).content.decode()
    publish_release(Job.objects.get().pk, now=work.later())
    release = Release.objects.get()
    shown = reverse("release", args=[release.public_id])
    assert client.get(address).headers["Location"] == shown
    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Redirect"] == shown
    download = client.get(reverse("release_table", args=[release.public_id, "csv", "de", "test"]))
    assert download.headers["Content-Security-Policy"].endswith("sandbox")


def test_a_double_click_asks_once(campaign: Any, cast: Any) -> None:
    key = str(uuid4())
    assert asked(cast, key=key).headers["Location"] == asked(cast, key=key).headers["Location"]
    assert Job.objects.count() == 1


def test_what_stands_against_a_release_is_told(campaign: Any, work: Work, cast: Any) -> None:
    work.verify(1, cast.ben, "reject")
    address = asked(cast).headers["Location"]
    publish_release(Job.objects.get().pk, now=work.later())
    page = signed_in(cast.mia).get(address).content.decode()
    assert "rejected and not settled" in page
    assert "every 2s" not in page
    assert "--allow-open" not in page
    assert Job.objects.count() == 1


def test_a_release_with_open_rows_is_asked_for_where_the_refusal_is_told(
    campaign: Any, work: Work, cast: Any
) -> None:
    work.verify(1, cast.ben, "reject")
    address = asked(cast).headers["Location"]
    publish_release(Job.objects.get().pk, now=work.later())
    client = signed_in(cast.mia)
    page = client.get(address).content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert sent["allow_open"] == "yes"
    client.post(reverse("release_make"), sent)
    publish_release(Job.objects.latest("pk").pk, now=work.later())
    made = Release.objects.get()
    assert (made.version, made.options["allow_open"]) == ("1.0", True)


def test_a_version_that_is_none_or_taken_is_told_and_what_was_typed_stays(
    release_rows: Released, cast: Any
) -> None:
    release_rows("1.0")
    for version, told in (
        ("../x", "A version has letters"),
        ("1.0", "Version 1.0 of this campaign is released"),
    ):
        answer = asked(cast, version=version, formats=["jsonl"], allow_open="yes")
        page = answer.content.decode()
        assert answer.status_code == 422
        assert told in page
        assert f'value="{version}"' in page
        assert re.search(r'value="jsonl"\s+checked', page)
        assert not re.search(r'value="csv"\s+checked', page)
        assert re.search(r'name="allow_open"\s+value="yes"\s+checked', page)
    assert not Job.objects.exists()


def test_who_does_not_manage_makes_none_and_sees_no_work(campaign: Any, cast: Any) -> None:
    address = asked(cast).headers["Location"]
    for person in (cast.ana, cast.oz):
        client = signed_in(person)
        assert client.get(address).status_code == 404
        sent = {"campaign": "mini", "version": "2", "key": str(uuid4())}
        assert client.post(reverse("release_make"), sent).status_code == 404
    assert Job.objects.count() == 1
